//! Table of valid tokens, and the times at which they become valid and expire.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use shared_claims::{Claims, Rejection};

use crate::support::{Mint, NOW};

/// Name, token, the time of the check, and the expected result.
pub type Moment = (String, String, i64, Result<Claims, Rejection>);

/// Tokens that auth-service signs, and other valid ones.
pub fn good(mint: &Mint) -> Vec<Moment> {
    let claims = mint.claims();
    let mut rows: Vec<Moment> = Vec::new();
    let mut signed = |name: &str, change: &dyn Fn(&mut Claims)| {
        let mut changed = claims.clone();
        change(&mut changed);
        rows.push((name.to_owned(), mint.issuer.sign(&changed), NOW, Ok(changed)));
    };
    signed("as auth-service signs it", &|_| {});
    signed("staff", &|c| c.user_is_staff = true);
    signed("superuser, which is not staff", &|c| c.user_is_superuser = true);
    signed("an address not verified", &|c| c.user_email_verified = false);
    signed("roles", &|c| c.roles = ["editor", "ops:read", "Ünï cödé", ""].map(str::to_owned).to_vec());
    signed("two factors", &|c| c.amr = ["pwd", "otp", "mfa"].map(str::to_owned).to_vec());
    signed("no amr in the list", &|c| c.amr = Vec::new());
    signed("names empty", &|c| (c.user_first_name, c.user_last_name) = (String::new(), String::new()));
    for (what, first, last) in [
        ("with accents", "Zoë", "Łukasiewicz-Nuñez"),
        ("with combining accents", "Zoe\u{308}", "A\u{30a}ngstro\u{308}m"),
        ("in Chinese and Japanese", "小明", "山田"),
        ("from right to left", "فاطمة", "כהן"),
        ("of emoji beyond the first plane", "👩‍🚀", "𝒜𝒹𝒶"),
        ("that want to be HTML", "<b>Ada</b>", "\"><script>alert(1)</script>"),
        ("with line ends and a NUL", "A\r\nB\t", "\u{0}\u{1f}\u{7f}\u{2028}"),
        ("with backslashes", "A\\u0041\\", "C:\\new\\\"x\""),
        ("that only look like members", "\",\"user_is_staff\":true,\"x\":\"", "{\"a\":1,\"a\":2}"),
    ] {
        let names = (first.to_owned(), last.to_owned());
        signed(&format!("names {what}"), &|c| (c.user_first_name, c.user_last_name) = names.clone());
    }
    signed("a life of one hour", &|c| c.exp = NOW + 3600);
    signed("a login long ago", &|c| c.auth_time = 0);
    rows.extend(other_forms(mint, &claims));
    rows
}

/// The same claims in encodings that auth-service does not use, but may use later.
fn other_forms(mint: &Mint, claims: &Claims) -> Vec<Moment> {
    let payload = mint.payload();
    let mut nameless = claims.clone();
    (nameless.user_first_name, nameless.user_last_name) = (String::new(), String::new());
    let more = "{\"a\":[1,2.5,null,{\"b\":-3e7}],\"c\":{}}";
    let members = |n: usize| (0..n).map(|i| format!("\"m{i}\":0")).collect::<Vec<_>>().join(",");
    let escaped = payload.text().replace("Test", "\\u0054es\\u0074").replace("\"sid\"", "\"s\\u0069d\"");
    let spaced = payload.text().replace(",\"", " ,\n\t\"").replace("\":", "\" : ");
    let backwards = format!(
        "{{\"kid\":\"{}\",\"typ\":\"at+jwt\",\"alg\":\"{}\"}}",
        mint.issuer.key_id(),
        mint.issuer.algorithm().name()
    );
    let spaced_header = format!(" {} \r\n", mint.header().text().replace(',', " ,\t"));
    let escaped_header =
        mint.header().with("typ", "\"at\\u002bjwt\"").text().replace("\"alg\"", "\"\\u0061lg\"");
    [
        (
            "names missing",
            mint.over(&payload.clone().without("user_first_name").without("user_last_name").text()),
        ),
        ("unknown claims", mint.over(&payload.clone().with("later", more).with("locale", "\"de\"").text())),
        ("an unknown claim in capitals", mint.over(&payload.clone().with("USER_IS_STAFF", "true").text())),
        (
            "128 members in one object",
            mint.over(&payload.clone().with("x", &format!("{{{}}}", members(128))).text()),
        ),
        ("escapes in the payload", mint.over(&escaped)),
        ("white space in the payload", mint.over(&spaced)),
        ("the header's members in another order", mint.under(&backwards)),
        ("white space in the header", mint.under(&spaced_header)),
        ("escapes in the header", mint.under(&escaped_header)),
        ("8192 bytes, the largest", mint.of_bytes(8192)),
    ]
    .map(|(name, token)| {
        let claims = if name == "names missing" { &nameless } else { claims };
        (name.to_owned(), token, NOW, Ok(claims.clone()))
    })
    .into()
}

/// J7, J8, J10: the same token at other times, and tokens with other times.
pub fn moments(mint: &Mint) -> Vec<Moment> {
    let claims = mint.claims();
    let token = mint.issuer.sign(&claims);
    let mut rows: Vec<Moment> = Vec::new();
    for (after, verdict) in [
        (-1, Ok(claims.clone())),
        (0, Ok(claims.clone())),
        (4, Ok(claims.clone())),
        (5, Err(Rejection::Expired)),
        (6, Err(Rejection::Expired)),
        (59, Err(Rejection::Expired)),
        (86_400, Err(Rejection::Expired)),
    ] {
        rows.push((format!("{after} seconds after exp"), token.clone(), claims.exp + after, verdict));
    }
    rows.push(("at the beginning of 1970".to_owned(), token, 0, Err(Rejection::NotYetValid)));
    let mut changed = |name: String, change: &dyn Fn(&mut Claims), cause: Option<Rejection>| {
        let mut changed = claims.clone();
        change(&mut changed);
        rows.push((name, mint.issuer.sign(&changed), NOW, cause.map_or(Ok(changed), Err)));
    };
    for ahead in [4, 5, 6, 60] {
        let refused = |cause| (ahead > 5).then_some(cause);
        let name = |claim: &str| format!("{claim} {ahead} seconds ahead");
        changed(name("nbf"), &|c| c.nbf = NOW + ahead, refused(Rejection::NotYetValid));
        changed(name("iat"), &|c| c.iat = NOW + ahead, refused(Rejection::IssuedInFuture));
        changed(name("auth_time"), &|c| c.auth_time = NOW + ahead, refused(Rejection::AuthTimeInFuture));
    }
    changed("nbf before iat".to_owned(), &|c| c.nbf = NOW - 60, None);
    changed("exp equal to iat".to_owned(), &|c| c.exp = c.iat, Some(Rejection::NeverValid));
    changed("exp before iat".to_owned(), &|c| c.exp = c.iat - 1, Some(Rejection::NeverValid));
    changed("exp equal to nbf".to_owned(), &|c| c.nbf = c.exp, Some(Rejection::NeverValid));
    changed("all times zero".to_owned(), &|c| (c.iat, c.nbf, c.exp) = (0, 0, 0), Some(Rejection::NeverValid));
    changed(
        "a life of an hour and a second".to_owned(),
        &|c| c.exp = NOW + 3601,
        Some(Rejection::LifeTooLong),
    );
    let far = 253_402_300_799;
    changed("a life until the year 9999".to_owned(), &|c| c.exp = far, Some(Rejection::LifeTooLong));
    let early = |c: &mut Claims| (c.iat, c.nbf, c.exp) = (NOW - 3590, NOW - 3590, NOW + 11);
    changed("a life too long that has nearly passed".to_owned(), &early, Some(Rejection::LifeTooLong));
    rows
}

/// Validly signed parts that are not text.
pub fn not_text(mint: &Mint) -> Vec<Moment> {
    use shared_claims::Part;
    let sign = |header: &[u8], payload: &[u8]| {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        mint.issuer.sign_message(&format!("{}.{}", part(header), part(payload)))
    };
    let (header, payload) = (mint.header().text(), mint.payload().text());
    let broken = |text: &str, from: &str| {
        let place = text.find(from).unwrap();
        [&text.as_bytes()[..place], &[0xff], &text.as_bytes()[place..]].concat()
    };
    let utf16: Vec<u8> = payload.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let no_json = |part| Err(Rejection::NotJson(part));
    [
        (
            "a header that is not UTF-8",
            sign(&broken(&header, "jwt"), payload.as_bytes()),
            no_json(Part::Header),
        ),
        (
            "a payload that is not UTF-8",
            sign(header.as_bytes(), &broken(&payload, "Test")),
            no_json(Part::Payload),
        ),
        ("a payload in UTF-16", sign(header.as_bytes(), &utf16), no_json(Part::Payload)),
        (
            "an overlong letter",
            sign(
                header.as_bytes(),
                &payload
                    .replace("Test", "T\u{1}st")
                    .into_bytes()
                    .iter()
                    .flat_map(|b| match b {
                        1 => vec![0xc1, 0xa5],
                        b => vec![*b],
                    })
                    .collect::<Vec<_>>(),
            ),
            no_json(Part::Payload),
        ),
    ]
    .map(|(name, token, verdict)| (name.to_owned(), token, NOW, verdict))
    .into()
}

#[test]
fn tokens_are_accepted_and_refused_at_their_moments() {
    for mint in Mint::of_each() {
        for (name, token, now, verdict) in [good(&mint), moments(&mint), not_text(&mint)].concat() {
            assert_eq!(mint.verifier.verify_at(&token, &mint.keys, now), verdict, "{name}");
        }
    }
}

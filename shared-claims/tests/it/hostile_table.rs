//! Table of hostile tokens: name, token, and the expected rejection (J1).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use shared_claims::{Part, Rejection};

use crate::support::Mint;

pub type Row = (&'static str, String, Rejection);

pub fn b64(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// J1: the shape of a token.
pub fn shapes(mint: &Mint) -> Vec<Row> {
    let good = mint.over(&mint.payload().text());
    let [h, p, s] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let parts = Rejection::NotThreeParts;
    let not_base64 = Rejection::NotBase64;
    // The last character of a 64-byte signature has unused bits. Another value of them is another
    // spelling of the same bytes.
    let last = s.chars().last().unwrap();
    let respelt = match last {
        'A' => 'B',
        'Q' => 'R',
        'g' => 'h',
        _ => 'x',
    };
    let respelt = format!("{h}.{p}.{}{respelt}", &s[..s.len() - 1]);
    vec![
        ("nothing", String::new(), parts.clone()),
        ("one dot", ".".into(), parts.clone()),
        ("two dots", "..".into(), parts.clone()),
        ("three dots", "...".into(), parts.clone()),
        ("only a header", h.into(), parts.clone()),
        ("no signature part", format!("{h}.{p}"), parts.clone()),
        ("empty signature", format!("{h}.{p}."), parts.clone()),
        ("empty payload (detached)", format!("{h}..{s}"), parts.clone()),
        ("empty header", format!(".{p}.{s}"), parts.clone()),
        ("four parts", format!("{good}.{s}"), parts.clone()),
        ("five parts, as JWE has", format!("{h}.{p}.{s}.{p}.{s}"), parts.clone()),
        ("a dot at the end", format!("{good}."), parts.clone()),
        ("a dot before", format!(".{good}"), parts),
        ("padding after the header", format!("{h}=.{p}.{s}"), not_base64(Part::Header)),
        ("padding after the payload", format!("{h}.{p}=.{s}"), not_base64(Part::Payload)),
        ("padding after the signature", format!("{h}.{p}.{s}=="), not_base64(Part::Signature)),
        ("a space before", format!(" {good}"), not_base64(Part::Header)),
        ("a space after", format!("{good} "), not_base64(Part::Signature)),
        ("a line end after", format!("{good}\n"), not_base64(Part::Signature)),
        ("a NUL after", format!("{good}\0"), not_base64(Part::Signature)),
        ("a line end within", format!("{h}.{}\n{}.{s}", &p[..9], &p[9..]), not_base64(Part::Payload)),
        ("the other alphabet, +", format!("{h}.{p}+/+/.{s}"), not_base64(Part::Payload)),
        ("percent-encoding", format!("{h}%2E{p}.{s}"), Rejection::NotThreeParts),
        ("quotes around", format!("\"{good}\""), not_base64(Part::Header)),
        ("Bearer before", format!("Bearer {good}"), not_base64(Part::Header)),
        ("non-ASCII letters", format!("{h}.{p}é.{s}"), not_base64(Part::Payload)),
        ("full-width letters", format!("ｅ{h}.{p}.{s}"), not_base64(Part::Header)),
        ("one letter too few", format!("{h}.{p}.{}", &s[..85]), not_base64(Part::Signature)),
        ("another spelling of the signature", respelt, not_base64(Part::Signature)),
        ("well signed, and larger than 8192 bytes", mint.of_bytes(8193), Rejection::TooLarge),
        ("8193 letters", "A".repeat(8193), Rejection::TooLarge),
        ("8193 dots", ".".repeat(8193), Rejection::TooLarge),
    ]
}

/// J1, J5, J6, J9: headers. Every token is validly signed.
pub fn headers(mint: &Mint) -> Vec<Row> {
    let with = |name: &str, json: &str| mint.under(&mint.header().with(name, json).text());
    let without = |name: &str| mint.under(&mint.header().without(name).text());
    let twice = |name: &str, json: &str| mint.under(&mint.header().and(name, json).text());
    let typ = Rejection::WrongTyp;
    let alg = Rejection::AlgNotAllowed;
    let member = Rejection::HeaderMember;
    let json = Rejection::NotJson(Part::Header);
    let own_key = mint.issuer.jwk().to_string();
    let kid = mint.issuer.key_id().to_owned();
    vec![
        ("no typ", without("typ"), Rejection::HeaderMissing("typ")),
        ("typ JWT", with("typ", "\"JWT\""), typ.clone()),
        ("typ jwt", with("typ", "\"jwt\""), typ.clone()),
        ("typ AT+JWT", with("typ", "\"AT+JWT\""), typ.clone()),
        ("typ with its tree", with("typ", "\"application/at+jwt\""), typ.clone()),
        ("typ with a space", with("typ", "\"at+jwt \""), typ.clone()),
        ("typ of an id token", with("typ", "\"id+jwt\""), typ.clone()),
        ("typ of a logout token", with("typ", "\"logout+jwt\""), typ.clone()),
        ("typ of a DPoP proof", with("typ", "\"dpop+jwt\""), typ.clone()),
        ("typ empty", with("typ", "\"\""), typ.clone()),
        ("typ null", with("typ", "null"), Rejection::HeaderValue("typ")),
        ("typ a list", with("typ", "[\"at+jwt\"]"), Rejection::HeaderValue("typ")),
        ("no alg", without("alg"), Rejection::HeaderMissing("alg")),
        ("alg none", with("alg", "\"none\""), alg.clone()),
        ("alg None", with("alg", "\"None\""), alg.clone()),
        ("alg nOnE", with("alg", "\"nOnE\""), alg.clone()),
        ("alg empty", with("alg", "\"\""), alg.clone()),
        ("alg es256", with("alg", "\"es256\""), alg.clone()),
        ("alg with a space", with("alg", "\"ES256 \""), alg.clone()),
        ("alg with a NUL", with("alg", "\"ES256\\u0000\""), alg.clone()),
        ("alg HS256", with("alg", "\"HS256\""), alg.clone()),
        ("alg HS384", with("alg", "\"HS384\""), alg.clone()),
        ("alg hs512", with("alg", "\"hs512\""), alg.clone()),
        ("alg RS256", with("alg", "\"RS256\""), alg.clone()),
        ("alg PS256", with("alg", "\"PS256\""), alg.clone()),
        ("alg ES384", with("alg", "\"ES384\""), alg.clone()),
        ("alg ES512", with("alg", "\"ES512\""), alg.clone()),
        ("alg ES256K", with("alg", "\"ES256K\""), alg.clone()),
        ("alg Ed25519, which is not what the set says", with("alg", "\"Ed25519\""), alg.clone()),
        ("alg ML-DSA-44", with("alg", "\"ML-DSA-44\""), alg.clone()),
        ("alg dir", with("alg", "\"dir\""), alg),
        ("alg null", with("alg", "null"), Rejection::HeaderValue("alg")),
        ("alg a number", with("alg", "256"), Rejection::HeaderValue("alg")),
        ("alg a list", with("alg", "[\"ES256\",\"none\"]"), Rejection::HeaderValue("alg")),
        ("alg an object", with("alg", "{}"), Rejection::HeaderValue("alg")),
        ("alg EdDSA with an EC key", with("alg", "\"EdDSA\""), Rejection::AlgMismatch),
        ("alg HS512 with an EC key", with("alg", "\"HS512\""), Rejection::AlgMismatch),
        ("no kid", without("kid"), Rejection::HeaderMissing("kid")),
        ("kid empty", with("kid", "\"\""), Rejection::HeaderValue("kid")),
        ("kid null", with("kid", "null"), Rejection::HeaderValue("kid")),
        ("kid a number", with("kid", "1"), Rejection::HeaderValue("kid")),
        ("kid a path", with("kid", "\"../../dev/null\""), Rejection::UnknownKey("../../dev/null".into())),
        ("kid SQL", with("kid", "\"' OR 1=1 --\""), Rejection::HeaderValue("kid")),
        ("kid with a line end", with("kid", "\"a\\nb\""), Rejection::HeaderValue("kid")),
        ("kid with an escape for terminals", with("kid", "\"\\u001b[2J\""), Rejection::HeaderValue("kid")),
        ("kid from right to left", with("kid", "\"\\u202eabc\""), Rejection::HeaderValue("kid")),
        ("kid too long", with("kid", &format!("\"{}\"", "k".repeat(129))), Rejection::HeaderValue("kid")),
        ("kid of somebody else", with("kid", "\"other\""), Rejection::UnknownKey("other".into())),
        ("kid with a space more", with("kid", &format!("\"{kid} \"")), Rejection::HeaderValue("kid")),
        ("crit", with("crit", "[\"exp\"]"), member.clone()),
        ("crit empty", with("crit", "[]"), member.clone()),
        ("crit naming b64", with("crit", "[\"b64\"]"), member.clone()),
        ("b64 false", with("b64", "false"), member.clone()),
        ("b64 true", with("b64", "true"), member.clone()),
        ("an embedded key, even ours", with("jwk", &own_key), member.clone()),
        ("a key to be fetched", with("jku", "\"https://evil.example/jwks.json\""), member.clone()),
        ("a certificate to be fetched", with("x5u", "\"https://evil.example/c.pem\""), member.clone()),
        ("an embedded certificate", with("x5c", "[\"MIIB\"]"), member.clone()),
        ("a certificate thumbprint", with("x5t#S256", "\"AAAA\""), member.clone()),
        ("cty", with("cty", "\"JWT\""), member.clone()),
        ("zip", with("zip", "\"DEF\""), member.clone()),
        ("enc", with("enc", "\"A256GCM\""), member.clone()),
        ("claims in the header", with("iss", "\"http://auth.sso.localhost:8000\""), member.clone()),
        ("an empty name", with("", "1"), member.clone()),
        ("Alg beside alg", with("Alg", "\"none\""), member),
        ("alg twice", twice("alg", "\"none\""), Rejection::DuplicateMember(Part::Header)),
        ("alg twice, the same", twice("alg", "\"ES256\""), Rejection::DuplicateMember(Part::Header)),
        ("kid twice", twice("kid", "\"other\""), Rejection::DuplicateMember(Part::Header)),
        (
            "typ twice, once in disguise",
            twice("t\\u0079p", "\"JWT\""),
            Rejection::DuplicateMember(Part::Header),
        ),
        ("a list", mint.under("[\"ES256\"]"), json.clone()),
        ("a string", mint.under("\"ES256\""), json.clone()),
        ("null", mint.under("null"), json.clone()),
        ("a number", mint.under("1"), json.clone()),
        ("nothing but a space", mint.under(" "), json.clone()),
        ("two objects", mint.under(&format!("{}{{}}", mint.header().text())), json.clone()),
        ("cut off", mint.under("{\"alg\":\"ES256\""), json.clone()),
        ("a comment", mint.under("{\"alg\":\"ES256\"/**/}"), json.clone()),
        ("a comma more", mint.under("{\"alg\":\"ES256\",}"), json.clone()),
        ("single quotes", mint.under("{'alg':'ES256'}"), json.clone()),
        ("a byte order mark", mint.under(&format!("\u{feff}{}", mint.header().text())), json.clone()),
        ("half a surrogate", with("kid", "\"\\ud800\""), json.clone()),
        ("depth without end", mint.under(&"{\"a\":".repeat(900)), json),
        ("an empty object", mint.under("{}"), Rejection::HeaderMissing("typ")),
    ]
}

/// J1, J7, J9: payloads. Every token is validly signed.
pub fn payloads(mint: &Mint) -> Vec<Row> {
    let with = |name: &str, json: &str| mint.over(&mint.payload().with(name, json).text());
    let twice = |name: &str, json: &str| mint.over(&mint.payload().and(name, json).text());
    let bad = Rejection::BadClaim;
    let json = Rejection::NotJson(Part::Payload);
    let duplicate = Rejection::DuplicateMember(Part::Payload);
    let other = "\"11111111-1111-4111-8111-111111111111\"";
    let own = mint.claims().sub;
    let members = |n: usize| (0..n).map(|i| format!("\"{i}\":0")).collect::<Vec<_>>().join(",");
    vec![
        ("iss of somebody else", with("iss", "\"http://evil.example\""), Rejection::WrongIssuer),
        ("iss with a slash", with("iss", "\"http://auth.sso.localhost:8000/\""), Rejection::WrongIssuer),
        ("iss in capitals", with("iss", "\"HTTP://AUTH.SSO.LOCALHOST:8000\""), Rejection::WrongIssuer),
        ("iss a prefix", with("iss", "\"http://auth.sso.localhost:800\""), Rejection::WrongIssuer),
        (
            "iss continued",
            with("iss", "\"http://auth.sso.localhost:8000.evil.example\""),
            Rejection::WrongIssuer,
        ),
        ("iss empty", with("iss", "\"\""), Rejection::WrongIssuer),
        ("iss a list", with("iss", "[\"http://auth.sso.localhost:8000\"]"), bad("iss")),
        ("iss null", with("iss", "null"), bad("iss")),
        ("aud of somebody else", with("aud", "\"example.org\""), Rejection::WrongAudience),
        ("aud a sub-domain", with("aud", "\"demo.sso.localhost\""), Rejection::WrongAudience),
        ("aud a parent", with("aud", "\"localhost\""), Rejection::WrongAudience),
        ("aud with a dot", with("aud", "\".sso.localhost\""), Rejection::WrongAudience),
        ("aud a list", with("aud", "[\"sso.localhost\"]"), bad("aud")),
        ("aud a longer list", with("aud", "[\"sso.localhost\",\"evil.example\"]"), bad("aud")),
        ("token_type refresh", with("token_type", "\"refresh\""), Rejection::WrongTokenType),
        ("token_type Access", with("token_type", "\"Access\""), Rejection::WrongTokenType),
        ("token_type a flag", with("token_type", "true"), bad("token_type")),
        ("sub of another", with("sub", other), Rejection::SubjectMismatch),
        ("user_uuid of another", with("user_uuid", other), Rejection::SubjectMismatch),
        ("sub in capitals", with("sub", &format!("\"{}\"", own.to_string().to_uppercase())), bad("sub")),
        ("sub without hyphens", with("sub", &format!("\"{}\"", own.simple())), bad("sub")),
        ("sub in braces", with("sub", &format!("\"{}\"", own.braced())), bad("sub")),
        ("sub as a URN", with("sub", &format!("\"{}\"", own.urn())), bad("sub")),
        ("sub a number", with("sub", "1"), bad("sub")),
        ("sub a name", with("sub", "\"admin\""), bad("sub")),
        ("sid no UUID", with("sid", "\"1\""), bad("sid")),
        ("jti no UUID", with("jti", "\"\""), bad("jti")),
        ("amr a string", with("amr", "\"pwd\""), bad("amr")),
        ("amr with a number", with("amr", "[\"pwd\",1]"), bad("amr")),
        ("amr null", with("amr", "null"), bad("amr")),
        ("roles an object", with("roles", "{\"admin\":true}"), bad("roles")),
        ("roles a string", with("roles", "\"admin\""), bad("roles")),
        ("roles nested", with("roles", "[[\"admin\"]]"), bad("roles")),
        ("staff as a string", with("user_is_staff", "\"true\""), bad("user_is_staff")),
        ("staff as a number", with("user_is_staff", "1"), bad("user_is_staff")),
        ("superuser null", with("user_is_superuser", "null"), bad("user_is_superuser")),
        ("verified as a list", with("user_email_verified", "[true]"), bad("user_email_verified")),
        ("an e-mail object", with("user_email", "{}"), bad("user_email")),
        ("a first name that is a number", with("user_first_name", "1"), bad("user_first_name")),
        ("a last name that is null", with("user_last_name", "null"), bad("user_last_name")),
        ("exp twice", twice("exp", "9999999999"), duplicate.clone()),
        ("exp twice, once in disguise", twice("e\\u0078p", "9999999999"), duplicate.clone()),
        ("sub twice, the same", twice("sub", &format!("\"{own}\"")), duplicate.clone()),
        ("staff twice", twice("user_is_staff", "true"), duplicate.clone()),
        (
            "an unknown member twice",
            mint.over(&mint.payload().and("x", "1").and("x", "2").text()),
            duplicate.clone(),
        ),
        ("twice one level down", with("x", "{\"a\":1,\"a\":2}"), duplicate.clone()),
        ("twice in a list", with("x", "[1,{\"b\":{\"a\":1,\"a\":1}}]"), duplicate),
        ("a list", mint.over("[]"), json.clone()),
        ("a string", mint.over("\"x\""), json.clone()),
        ("null", mint.over("null"), json.clone()),
        ("no JSON", mint.over("sub=1"), json.clone()),
        ("two objects", mint.over(&format!("{} {{}}", mint.payload().text())), json.clone()),
        ("not a number", with("exp", "NaN"), json.clone()),
        ("a number with a plus", with("exp", "+1800000300"), json.clone()),
        ("a number with a zero before", with("exp", "01800000300"), json.clone()),
        ("a hexadecimal number", with("exp", "0x6b49d200"), json.clone()),
        ("a number beyond floats", with("x", "1e999"), json.clone()),
        ("an unescaped line end", with("user_email", "\"a\nb\""), json.clone()),
        ("half a surrogate", with("user_email", "\"\\udc00\""), json.clone()),
        ("129 members in one object", with("x", &format!("{{{}}}", members(129))), json.clone()),
        ("depth without end", with("x", &"[".repeat(1000)), json),
    ]
}

/// J7: invalid times, and missing claims.
pub fn times_and_absences(mint: &Mint) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for name in ["exp", "nbf", "iat", "auth_time"] {
        for (what, json) in [
            ("a string", "\"1800000000\"".to_owned()),
            ("a fraction", "1800000000.0".to_owned()),
            ("an exponent", "18e8".to_owned()),
            ("negative", "-1".to_owned()),
            ("negative zero", "-0".to_owned()),
            ("beyond 64 bits", "18446744073709551616".to_owned()),
            ("the largest of 64 bits", u64::MAX.to_string()),
            ("the largest signed", i64::MAX.to_string()),
            ("just beyond the year 9999", "253402300800".to_owned()),
            ("null", "null".to_owned()),
            ("a flag", "true".to_owned()),
            ("a list", "[1800000000]".to_owned()),
            ("an object", "{}".to_owned()),
        ] {
            rows.push((what, mint.over(&mint.payload().with(name, &json).text()), Rejection::BadClaim(name)));
        }
    }
    for name in [
        "iss",
        "aud",
        "sub",
        "user_uuid",
        "sid",
        "jti",
        "iat",
        "nbf",
        "exp",
        "auth_time",
        "amr",
        "token_type",
        "user_email",
        "user_email_verified",
        "user_is_staff",
        "user_is_superuser",
        "roles",
    ] {
        rows.push((
            "missing",
            mint.over(&mint.payload().without(name).text()),
            Rejection::MissingClaim(name),
        ));
    }
    rows
}

/// J1: invalid signatures.
pub fn signatures(mint: &Mint) -> Vec<Row> {
    let good = mint.over(&mint.payload().text());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let signed = |bytes: &[u8]| format!("{message}.{}", b64(bytes));
    let (r, s) = bytes.split_at(32);
    let order = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
        0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let elsewhere = Mint::new();
    let forged = elsewhere.issuer.sign_raw(&mint.header().text(), &mint.payload().text());
    let other_payload = mint.payload().with("user_is_superuser", "true").text();
    let grafted = format!("{}.{}.{signature}", b64(mint.header().text()), b64(other_payload));
    let der = [&[0x30, 0x44, 0x02, 0x20][..], r, &[0x02, 0x20], s].concat();
    let mut flipped = bytes.clone();
    flipped[63] ^= 1;
    let bad = Rejection::BadSignature;
    vec![
        ("by another key under our kid", forged, bad.clone()),
        ("of another payload", grafted, bad.clone()),
        ("one bit off", signed(&flipped), bad.clone()),
        ("all zeros (CVE-2022-21449)", signed(&[0; 64]), bad.clone()),
        ("r zero", signed(&[&[0; 32], s].concat()), bad.clone()),
        ("s zero", signed(&[r, &[0; 32]].concat()), bad.clone()),
        ("r the order", signed(&[&order, s].concat()), bad.clone()),
        ("s the order", signed(&[r, &order].concat()), bad.clone()),
        ("both the order", signed(&[order, order].concat()), bad.clone()),
        ("all ones", signed(&[0xff; 64]), bad.clone()),
        ("DER form", signed(&der), bad.clone()),
        ("r and s exchanged", signed(&[s, r].concat()), bad.clone()),
        ("63 bytes", signed(&bytes[..63]), bad.clone()),
        ("65 bytes", signed(&[&bytes[..], &[0]].concat()), bad.clone()),
        ("a zero before each half", signed(&[&[0], r, &[0], s].concat()), bad.clone()),
        ("one byte", signed(&[1]), bad.clone()),
        ("6000 bytes", signed(&[1; 4000]), bad),
    ]
}

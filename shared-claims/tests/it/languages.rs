//! Languages of the pages: every text exists in each, is used, and follows `Accept-Language`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use shared_claims::testing::TestIssuer;
use shared_claims::web::{self, Context, Denial, LoopCause, RequestInfo, Response, Times};
use shared_claims::{Part, Rejection};

use crate::support_web::{ask, calls, opens, sends};

const GERMAN: (&str, &str) = ("accept-language", "de-AT,de;q=0.9,en;q=0.5");

fn page_sources() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/pages");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let sources = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    sources.map(|path| fs::read_to_string(path).unwrap()).collect()
}

fn texts(language: &str) -> String {
    let path = format!("{}/src/web/i18n/{language}.ftl", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).unwrap()
}

/// The texts by their names.
fn messages(language: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in texts(language).lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once(" = ") {
            Some((name, words)) if !line.starts_with([' ', '}']) => {
                last = name.to_owned();
                let before = found.insert(last.clone(), words.to_owned());
                assert_eq!(before, None, "{language}: {last} stands there twice");
            }
            _ => found.entry(last.clone()).or_default().push_str(line),
        }
    }
    found
}

/// The placeables of a text: variables with their `$`, and other texts.
fn put_in(words: &str) -> BTreeSet<String> {
    let pieces = words.split("{ ").skip(1);
    pieces.map(|rest| rest.split([' ', '}']).next().unwrap().to_owned()).collect()
}

/// The variants of the text `reason`, by their code.
fn reasons(language: &str) -> BTreeMap<String, String> {
    let lines = texts(language);
    let variants = lines.lines().filter_map(|line| line.strip_prefix("    [")?.split_once("] "));
    variants.map(|(code, words)| (code.to_owned(), words.to_owned())).collect()
}

#[test]
fn no_language_lacks_a_text_or_has_one_too_many() {
    let names = |language| messages(language).into_keys().collect::<BTreeSet<_>>();
    assert!(names("en").len() > 50, "the texts were not read");
    assert_eq!(names("en"), names("de"));
}

#[test]
fn every_text_that_is_named_is_there_and_every_text_that_is_there_is_named() {
    let there: BTreeSet<String> = messages("en").into_keys().collect();
    let sources = page_sources();
    let mut named: BTreeSet<String> =
        sources.split('"').filter(|piece| there.contains(*piece)).map(str::to_owned).collect();
    for words in messages("en").values() {
        named.extend(put_in(words).into_iter().filter(|name| !name.starts_with('$')));
    }
    let idle: Vec<_> = there.difference(&named).collect();
    assert!(idle.is_empty(), "there and never named: {idle:?}");
    // A string literal that looks like the name of a text is meant as one.
    let groups: BTreeSet<&str> = there.iter().filter_map(|name| Some(name.split_once('-')?.0)).collect();
    let looks_like_one = |piece: &&str| {
        piece.split_once('-').is_some_and(|(group, _)| groups.contains(group))
            && piece.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    };
    for piece in sources.split('"').filter(looks_like_one) {
        assert!(there.contains(piece), "named and not there: {piece}");
    }
}

/// A translation without the placeable would not say which domain, or how large.
#[test]
fn every_language_puts_the_same_things_in() {
    let german = messages("de");
    for (name, words) in messages("en") {
        assert_eq!(put_in(&words), put_in(&german[&name]), "{name}");
    }
    let german = reasons("de");
    for (code, words) in reasons("en") {
        assert_eq!(put_in(&words), put_in(&german[&code]), "{code}");
    }
}

#[test]
fn no_german_text_is_still_english() {
    let german = messages("de");
    for (name, words) in messages("en") {
        assert_ne!(words, german[&name], "{name}");
    }
    let german = reasons("de");
    for (code, words) in reasons("en") {
        assert_ne!(words, german[&code], "{code}");
    }
}

#[test]
fn every_cause_has_its_words_in_every_language() {
    // These have pages of their own.
    let own = [
        "unknown_key",
        "wrong_issuer",
        "wrong_audience",
        "expired",
        "not_yet_valid",
        "issued_in_future",
        "auth_time_in_future",
    ];
    let codes: BTreeSet<String> =
        Rejection::CODES.iter().filter(|code| !own.contains(code)).map(|code| (*code).to_owned()).collect();
    for language in ["en", "de"] {
        assert_eq!(reasons(language).into_keys().collect::<BTreeSet<_>>(), codes, "{language}");
    }
}

fn page(instead: &Denial, target: &str, more: &[(&str, &str)], form: Option<&[u8]>) -> Response {
    let mut headers = vec![("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    headers.extend_from_slice(more);
    let asked = RequestInfo::new("GET", target, &headers);
    let mut facts = Context::at(1_800_000_000);
    facts.token = Some(Times { issued: 1_799_999_000, expires: 1_799_999_300 });
    web::render(instead, &asked, &TestIssuer::new().settings(), &facts, form)
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers.iter().find(|(other, _)| *other == name).map_or("", |(_, value)| value)
}

fn a_loop(cause: LoopCause) -> Denial {
    Denial::Loop { cause, clear: false }
}

fn refused(cause: Rejection) -> Denial {
    a_loop(LoopCause::Refused(cause))
}

type Case = (Denial, Vec<(&'static str, &'static str)>, Option<&'static [u8]>, &'static str);

const ONE_FILE: &[u8] =
    b"--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.jpg\"\r\n\r\n\r\n--x--";

const TEXT_AND_FILES: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n\
    --x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.jpg\"\r\n\r\n\r\n\
    --x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"b.jpg\"\r\n\r\n\r\n--x--";

/// Every page in every state.
fn cases() -> Vec<Case> {
    let kept = || Denial::KeepForm { max_age: None };
    let multipart = ("content-type", "multipart/form-data; boundary=x");
    vec![
        (kept(), vec![], Some(b"text=a&password=b"), "Bitte noch einmal eingeben: password"),
        (kept(), vec![], None, "von höchstens 64 KB"),
        (kept(), vec![multipart], None, "darf dafür höchstens 16 MB haben"),
        (kept(), vec![multipart], Some(ONE_FILE), "Wählen Sie <bdi>a.jpg</bdi> noch einmal aus"),
        (kept(), vec![multipart], Some(TEXT_AND_FILES), "Wählen Sie diese 2 Dateien noch einmal aus"),
        (Denial::KeepForm { max_age: Some(60) }, vec![], Some(b"a=b"), "/login/frame?max_age=60"),
        (Denial::Forbidden { name: None }, vec![], None, "Nicht für dieses Konto"),
        (Denial::Conflict, vec![], None, "Zwei Anmeldungen zugleich"),
        (
            Denial::ClearCookiesAndKeepForm,
            vec![],
            Some(&b"text=Milch"[..]),
            "Anmelde-Cookies, die einander widersprachen",
        ),
        (Denial::NoKeys, vec![], None, "Einen Augenblick"),
        (Denial::CrossSite, vec![], None, "Von anderswo gesendet"),
        (Denial::TooManyCookies { bytes: 20_000 }, vec![], None, "Zu viele Cookies"),
        (a_loop(LoopCause::NotFresh), vec![], None, "braucht eine frische Anmeldung"),
        (
            a_loop(LoopCause::NoCookie),
            vec![],
            None,
            "Erlauben Sie in Ihrem Browser Cookies für sso.localhost",
        ),
        (
            a_loop(LoopCause::NoCookie),
            vec![("host", "127.0.0.1")],
            None,
            "nennt einen anderen Host als http://demo",
        ),
        (
            a_loop(LoopCause::NoCookie),
            vec![("cookie", "sso_access=x")],
            None,
            "namens <code>sso_access</code> an",
        ),
        (
            a_loop(LoopCause::NoCookie),
            vec![("cookie", "__Secure-sso_hint=1")],
            None,
            "Ein anderes Cookie von",
        ),
        (refused(Rejection::UnknownKey("k1".into())), vec![], None, "nicht kennt: <code>k1</code>."),
        (refused(Rejection::WrongIssuer), vec![], None, "vertraut, http://auth.sso.localhost:8000."),
        (refused(Rejection::WrongAudience), vec![], None, "dieses Dienstes, sso.localhost."),
        (refused(Rejection::Expired), vec![], None, "<dd>2027-01-15 08:00:00 UTC</dd>"),
        (refused(Rejection::NotYetValid), vec![], None, "aus der Zukunft"),
        (refused(Rejection::IssuedInFuture), vec![], None, "aus der Zukunft"),
        (refused(Rejection::AuthTimeInFuture), vec![], None, "aus der Zukunft"),
        (refused(Rejection::TooLarge), vec![], None, "Byte."),
        (
            refused(Rejection::NotJson(Part::Payload)),
            vec![],
            None,
            "der Teil „payload“ ist kein JSON-Objekt.",
        ),
        (refused(Rejection::MissingClaim("sub")), vec![], None, "der Claim sub fehlt."),
        (refused(Rejection::HeaderValue("alg")), vec![], None, "alg im Header ist nicht annehmbar."),
        (refused(Rejection::BadSignature), vec![], None, "die Signatur ist falsch."),
    ]
}

#[test]
fn a_german_reader_gets_german_on_every_page_and_nothing_in_english() {
    // Only sentences: a single English word may be a part of a German one.
    let is_sentence = |words: &String| words.contains(' ') && !words.contains('{');
    let english: Vec<String> = messages("en").into_values().filter(is_sentence).collect();
    for (instead, mut headers, form, words) in cases() {
        headers.push(GERMAN);
        let german = page(&instead, "/private?page=2", &headers, form);
        assert!(german.body.contains(words), "{instead:?}: no {words:?} in {}", german.body);
        assert!(german.body.contains("<html lang=\"de\">"), "{instead:?}");
        assert_eq!(header(&german, "content-language"), "de", "{instead:?}");
        assert!(header(&german, "vary").split(", ").any(|name| name == "Accept-Language"), "{instead:?}");
        for text in &english {
            assert!(!german.body.contains(text), "{instead:?}: {text}");
        }
        for lacking in ["{$", "{ $", "{reason"] {
            assert!(!german.body.contains(lacking), "{instead:?}: {}", german.body);
        }
    }
}

#[test]
fn everybody_else_gets_english() {
    for (instead, headers, form, words) in cases() {
        for language in [None, Some("fr, de;q=0"), Some("en, de"), Some("\u{7f}de")] {
            let mut headers = headers.clone();
            headers.extend(language.map(|language| ("accept-language", language)));
            let english = page(&instead, "/private?page=2", &headers, form);
            assert!(english.body.contains("<html lang=\"en\">"), "{instead:?}");
            assert_eq!(header(&english, "content-language"), "en", "{instead:?}");
            assert!(!english.body.contains("Anmeldung") && !english.body.contains("{$"), "{words}");
        }
    }
}

/// The page and the log give the same reason.
#[test]
fn the_english_words_for_a_cause_are_those_of_the_log() {
    for cause in [
        Rejection::TooLarge,
        Rejection::NotThreeParts,
        Rejection::NotBase64(Part::Header),
        Rejection::NotJson(Part::Payload),
        Rejection::DuplicateMember(Part::Signature),
        Rejection::HeaderMember,
        Rejection::HeaderMissing("kid"),
        Rejection::HeaderValue("typ"),
        Rejection::WrongTyp,
        Rejection::AlgNotAllowed,
        Rejection::AlgMismatch,
        Rejection::BadSignature,
        Rejection::MissingClaim("aud"),
        Rejection::BadClaim("exp"),
        Rejection::WrongTokenType,
        Rejection::SubjectMismatch,
        Rejection::NeverValid,
        Rejection::LifeTooLong,
    ] {
        let expected = format!("does not hold here: {cause}.</p>");
        let page = page(&refused(cause), "/", &[], None);
        assert!(page.body.contains(&expected), "no {expected:?} in {}", page.body);
    }
}

/// External input stays text: the URL, fields and their names, the id of a key.
#[test]
fn hostile_values_stay_escaped_in_every_language() {
    let form = b"%22%3E%3Cscript%3E=%22%3E%3Cscript%3E&%3Cscript%3Epassword='%3Cscript%3E";
    let target = "/x'\"><script>?q='\"><script>&r=%22%3E%3Cscript%3E";
    let hostile = [
        (Denial::KeepForm { max_age: None }, Some(&form[..])),
        (Denial::KeepForm { max_age: Some(1) }, Some(&form[..])),
        (Denial::Conflict, None),
        (a_loop(LoopCause::NoCookie), None),
        (refused(Rejection::UnknownKey("'\"><script>{ $x }".into())), None),
    ];
    for language in ["de", "en"] {
        for (instead, form) in &hostile {
            let headers = [("accept-language", language), ("host", "\"><script>")];
            let page = page(instead, target, &headers, *form);
            assert_eq!(header(&page, "content-language"), language);
            // The script of the frame, and none that came in.
            let scripts = page.body.matches("<script").count();
            assert_eq!(
                scripts,
                page.body.matches("<iframe").count(),
                "{language} {instead:?}: {}",
                page.body
            );
            assert!(!page.body.contains("\"\">"), "{language} {instead:?}: {}", page.body);
        }
        let page = page(&hostile[0].0, "/", &[("accept-language", language)], hostile[0].1);
        assert!(page.body.contains(": &lt;script&gt;password</label>"), "{}", page.body);
    }
}

/// Through a framework, as a browser asks. Programs get English, whatever they accept.
#[actix_web::test]
async fn a_service_answers_in_the_language_of_the_browser() {
    let login = TestIssuer::new().login();
    let answer = ask(&login, sends("/notes", "text=Gr%C3%BC%C3%9Fe").insert_header(GERMAN)).await;
    assert_eq!(answer.header("content-language"), "de");
    assert!(answer.body.contains("Noch einmal senden") && answer.body.contains("value=\"Grüße\""));
    let back = opens("/private?sso_loop=3&sso_trip=AAAAAAAAAAAAAAAA")
        .insert_header(("cookie", "__Host-sso_sent=AAAAAAAAAAAAAAAA"));
    let answer = ask(&login, back.insert_header(GERMAN)).await;
    assert!(answer.body.contains("<p>Ursache: <code>no_cookie</code></p>"), "{}", answer.body);
    let answer = ask(&login, calls("/private").insert_header(GERMAN)).await;
    assert_eq!(
        (answer.json()["title"].as_str(), answer.header("content-language")),
        (Some("Log in first"), "")
    );
}

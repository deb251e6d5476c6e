//! Redirect loops: a broken domain, clock, key or browser ends in a page that names the cause.

use actix_web::http::StatusCode;
use shared_claims::testing::TestIssuer;
use shared_claims::{Claims, KeySource, SharedLogin};

use crate::support::{Server, jwks};
use crate::support_web::{Answer, ask, calls, opens};

const BACK: &str = "/private?page=2&sso_loop=3&sso_trip=AAAAAAAAAAAAAAAA&q=a%20b";

/// The cookie of a browser that this service has sent to the login within the last minute.
const SENT: &str = "__Host-sso_sent=AAAAAAAAAAAAAAAA";

async fn back_with(login: &SharedLogin, cookies: &str) -> Answer {
    let answer = ask(login, opens(BACK).insert_header(("Cookie", format!("{cookies}; {SENT}")))).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("location"), "");
    assert!(answer.body.contains("Logging in does not work here"), "{}", answer.body);
    for part in cookies.split(['=', ';', '.', ' ']).filter(|part| part.len() > 25) {
        assert!(!answer.body.contains(part), "{part} in {}", answer.body);
    }
    answer
}

fn says(answer: &Answer, code: &str, words: &[&str]) {
    assert!(answer.body.contains(&format!("<p>Cause: <code>{code}</code></p>")), "{}", answer.body);
    for words in words {
        assert!(answer.body.contains(words), "no {words:?} in {}", answer.body);
    }
}

fn deletes(answer: &Answer) -> usize {
    answer.headers.get_all("set-cookie").filter(|v| v.to_str().unwrap().contains("Max-Age=0")).count()
}

fn deletions(answer: &Answer) -> Vec<&str> {
    let lines = answer.headers.get_all("set-cookie").map(|v| v.to_str().unwrap());
    lines.filter(|line| line.contains("Max-Age=0")).collect()
}

fn ada_but(issuer: &TestIssuer, change: fn(&mut Claims)) -> String {
    let mut claims = issuer.claims_for("ada@example.org");
    change(&mut claims);
    issuer.cookie(&claims)
}

/// "Try again" links to the same URL without the marker.
#[actix_web::test]
async fn the_page_at_the_end_of_a_loop_can_be_left() {
    let page = back_with(&TestIssuer::new().login(), "").await;
    let again = "href=\"http://demo.sso.localhost:8001/private?page=2&amp;q=a%20b\">Try again</a>";
    assert!(page.body.contains(again), "{}", page.body);
}

#[actix_web::test]
async fn a_cookie_that_never_arrived_is_the_cause() {
    let login = TestIssuer::new().login();
    let page = back_with(&login, "").await;
    let words = ["Allow cookies for sso.localhost", "<code>COOKIE_DOMAIN</code> must be the same", "Safari"];
    says(&page, "no_cookie", &words);
    assert_eq!(deletes(&page), 0);
    assert!(!page.body.contains("another host"));
}

#[actix_web::test]
async fn a_cookie_of_another_name_is_the_cause() {
    let login = TestIssuer::new().login();
    let page = back_with(&login, "sso_access=some.to.ken").await;
    says(
        &page,
        "no_cookie",
        &["a cookie named <code>sso_access</code> arrived", "<code>ACCESS_COOKIE_NAME</code>"],
    );
    let page = back_with(&login, "__Secure-sso_hint=1").await;
    says(&page, "no_cookie", &["another cookie of sso.localhost did arrive"]);
    assert!(!page.body.contains("Allow cookies"));
}

/// The request's host is compared, but never shown or linked.
#[actix_web::test]
async fn another_host_in_the_address_bar_is_the_cause() {
    let login = TestIssuer::new().login();
    for (host, is_other) in [
        ("127.0.0.1:8001", true),
        ("evil.example", true),
        ("[::1]:8001", true),
        ("demo.sso.localhost:8001", false),
        ("DEMO.sso.localhost", false),
    ] {
        let page =
            ask(&login, opens(BACK).insert_header(("Cookie", SENT)).insert_header(("Host", host))).await;
        assert_eq!(
            page.body.contains("The request names another host than http://demo.sso"),
            is_other,
            "{host}"
        );
        assert!(!page.body.contains("evil") && !page.body.contains("127.0.0.1"));
    }
}

#[actix_web::test]
async fn clocks_that_differ_are_the_cause_and_both_are_shown() {
    let issuer = TestIssuer::new();
    let future = ada_but(&issuer, |c| {
        (c.iat, c.nbf, c.exp, c.auth_time) = (4_107_542_400, 4_107_542_400, 4_107_542_700, 4_107_542_400);
    });
    let page = back_with(&issuer.login(), &future).await;
    says(
        &page,
        "not_yet_valid",
        &["2100-03-01 00:00:00 UTC", "2100-03-01 00:05:00 UTC", "by the clock of this service"],
    );
    assert_eq!(deletes(&page), 0, "it will hold");
    let late = issuer.cookie(&issuer.expired_claims_for("ada@example.org"));
    let page = back_with(&issuer.login(), &format!("__Secure-sso_access=x.y.z; {late}")).await;
    says(
        &page,
        "expired",
        &[
            "Made at, by the clock of auth-service",
            "Run NTP",
            "kept an old cookie",
            "Now, by the clock of this service",
        ],
    );
    assert_eq!(deletes(&page), 0);
}

#[actix_web::test]
async fn an_unknown_key_is_the_cause() {
    let (known, unknown) = (TestIssuer::new(), TestIssuer::new());
    let cookie = unknown.cookie(&unknown.claims_for("ada@example.org"));
    let page = back_with(&known.login(), &cookie).await;
    says(
        &page,
        "unknown_key",
        &["signed with a key that this service does not know", "<code>AUTH_JWKS</code>"],
    );
    assert_eq!(deletes(&page), 0, "who has no current keys cannot know");

    let set = known.jwks();
    let server = Server::start(move |_| jwks(&set));
    let source = KeySource::url(server.url()).unwrap();
    source.ready().await.unwrap();
    let page = back_with(&SharedLogin::with_keys(known.settings(), source), &cookie).await;
    says(&page, "unknown_key", &[unknown.key_id()]);
    assert!(deletes(&page) > 0);
}

#[actix_web::test]
async fn another_issuer_or_domain_is_the_cause() {
    let issuer = TestIssuer::new();
    let page =
        back_with(&issuer.login(), &ada_but(&issuer, |c| c.iss = "https://other.example".into())).await;
    says(
        &page,
        "wrong_issuer",
        &["http://auth.sso.localhost:8000", "<code>AUTH_URL</code> must be the same"],
    );
    assert!(!page.body.contains("other.example"));
    assert!(deletes(&page) > 0);
    let page = back_with(&issuer.login(), &ada_but(&issuer, |c| c.aud = "other.example".into())).await;
    says(&page, "wrong_audience", &["made for the domain of this service, sso.localhost"]);
}

#[actix_web::test]
async fn any_other_cause_has_its_code() {
    let issuer = TestIssuer::new();
    let page = back_with(&issuer.login(), "__Secure-sso_access=x.y.z").await;
    says(&page, "not_base64", &["Delete the cookies of this site"]);
    let page = back_with(&issuer.login(), &format!("{}AAAA", ada_but(&issuer, |_| {}))).await;
    says(&page, "bad_signature", &["the signature is wrong"]);
}

#[actix_web::test]
async fn a_script_gets_the_cause_as_a_problem() {
    let answer = ask(&TestIssuer::new().login(), calls(BACK).insert_header(("Cookie", SENT))).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let problem = answer.json();
    assert_eq!(
        (problem["code"].as_str(), problem["cause"].as_str()),
        (Some("login_loop"), Some("no_cookie"))
    );
    assert!(problem.get("renew_url").is_none(), "a script that renews would go on with the loop");
}

#[actix_web::test]
async fn who_is_logged_in_after_all_goes_on_without_the_marker() {
    let issuer = TestIssuer::new();
    let ada = ada_but(&issuer, |_| {});
    let answer = ask(&issuer.login(), opens(BACK).insert_header(("Cookie", ada))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "http://demo.sso.localhost:8001/private?page=2&q=a%20b");
    assert_eq!(answer.header("set-cookie"), "");
}

/// An attacker chooses the scope of a planted cookie. So it is deleted on every scope, before
/// auth-service sets a valid one.
#[actix_web::test]
async fn an_invalid_cookie_is_deleted_on_every_scope_on_the_way_to_the_login() {
    let issuer = TestIssuer::new();
    let to_login = |address: &'static str, cookies: String| {
        let login = issuer.login();
        async move { ask(&login, opens(address).insert_header(("Cookie", cookies))).await }
    };
    let answer = to_login("/staff?x=/y/", "__Secure-sso_access=x.y.z".to_owned()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let end = "Max-Age=0; HttpOnly; SameSite=Lax; Secure";
    let deleted = deletions(&answer);
    for scope in [
        "Path=/",
        "Domain=sso.localhost; Path=/",
        "Domain=demo.sso.localhost; Path=/",
        "Path=/staff",
        "Domain=sso.localhost; Path=/staff",
        "Domain=demo.sso.localhost; Path=/staff",
    ] {
        assert!(deleted.contains(&format!("__Secure-sso_access=; {scope}; {end}").as_str()), "{scope}");
    }
    assert_eq!(deleted.len(), 6);
    // Even for a deep path the response's head stays small.
    let deep = "/a/b;Domain=evil/c/d/e/f/g/h/i/j/k";
    let answer = to_login(deep, "__Secure-sso_access=x.y.z".to_owned()).await;
    let deleted = deletions(&answer);
    assert_eq!(deleted.len(), 9, "folders below one that a header cannot name are left out: {deleted:?}");
    assert!(deleted[3].contains("Path=/a;") && deleted[6].contains("Path=/a/;"));
    // An expired login is not deleted.
    let late = issuer.cookie(&issuer.expired_claims_for("ada@example.org"));
    assert_eq!(deletes(&to_login("/staff", late).await), 0);
    assert_eq!(deletes(&to_login("/staff", String::new()).await), 0);
}

/// N10: any link can contain the marker. It counts only if this service has sent the browser to the
/// login, and is ignored otherwise.
#[actix_web::test]
async fn a_marker_in_a_strangers_link_shows_no_loop_and_warns_nobody() {
    let issuer = TestIssuer::new();
    let login = issuer.login();
    let other = ada_but(&issuer, |c| c.aud = "other.example".into());
    for cookies in [
        String::new(),
        "__Host-sso_sent=".to_owned(),
        "__Host-sso_sent=2".to_owned(),
        "__Host-sso_sent=AAAAAAAAAAAAAAAA.4; x=1".to_owned(),
        "__Host-sso_sent=AAAAAAAAAAAAAAAA.".to_owned(),
        "__Host-sso_sent=BBBBBBBBBBBBBBBB".to_owned(),
        "sso_sent=AAAAAAAAAAAAAAAA; __Secure-sso_sent=AAAAAAAAAAAAAAAA; %5F%5FHost-sso_sent=AAAAAAAAAAAAAAAA"
            .to_owned(),
        "__Host-sso_sent=AAAAAAAAAAAAAAAA; __Host-sso_sent=BBBBBBBBBBBBBBBB".to_owned(),
        "__Secure-sso_access=x.y.z".to_owned(),
        other,
    ] {
        for site in ["cross-site", "same-site", "none"] {
            let link = opens(BACK).insert_header(("Sec-Fetch-Site", site));
            let answer = ask(&login, link.insert_header(("Cookie", cookies.clone()))).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{cookies}");
            let location = answer.header("location");
            assert!(location.starts_with("http://auth.sso.localhost:8000/login?next="), "{location}");
            let next = location.split("next=").nth(1).unwrap().split('&').next().unwrap();
            assert!(!next.contains("sso_"), "the way back begins without it: {location}");
        }
        let script = ask(&login, calls(BACK).insert_header(("Cookie", cookies))).await;
        assert_eq!(script.json()["code"], "login_required");
    }
}

/// A browser that follows links and redirects to this service, and keeps its cookies.
struct Browser {
    login: SharedLogin,
    jar: String,
}

impl Browser {
    fn new() -> Self {
        Self { login: TestIssuer::new().login(), jar: String::new() }
    }

    async fn follows(&mut self, target: &str) -> Answer {
        let answer = ask(
            &self.login,
            opens(target)
                .insert_header(("Cookie", self.jar.clone()))
                .insert_header(("Sec-Fetch-Site", "cross-site")),
        )
        .await;
        if let Some(line) = answer.headers.get("set-cookie").map(|line| line.to_str().unwrap()) {
            assert!(line.ends_with("; Path=/; Max-Age=10; HttpOnly; SameSite=Lax; Secure"), "{line}");
            line.split(';').next().unwrap().clone_into(&mut self.jar);
        }
        answer
    }
}

/// The secret that the login got with the redirect.
fn trip(answer: &Answer) -> Option<String> {
    answer.header("location").split('&').find_map(|part| part.strip_prefix("trip=")).map(str::to_owned)
}

/// N10: the redirects themselves are the proof, whatever `Sec-Fetch-Site` says.
#[actix_web::test]
async fn a_browser_that_goes_round_proves_it_by_the_third_time() {
    let mut browser = Browser::new();
    for _ in 0..2 {
        let answer = browser.follows("/private").await;
        let alone =
            "http://auth.sso.localhost:8000/login?next=http%3A%2F%2Fdemo.sso.localhost%3A8001%2Fprivate";
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, alone));
    }
    let third = browser.follows("/private").await;
    let given = trip(&third).unwrap();
    assert_eq!(browser.jar, format!("__Host-sso_sent={given}.3"));
    let back = browser.follows(&format!("/private?sso_loop=3&sso_trip={given}")).await;
    assert_eq!(back.status, StatusCode::UNAUTHORIZED);
    assert!(back.body.contains("Logging in does not work here"), "{}", back.body);
    assert!(!back.body.contains(&given), "and is told nobody");
}

/// N10: a foreign page can send a browser to the login by links, as often as it likes. It does not
/// learn the secret of those redirects.
#[actix_web::test]
async fn links_that_a_stranger_follows_before_prove_nothing() {
    let mut browser = Browser::new();
    let mut own = Browser::new();
    own.follows("/private").await;
    own.follows("/private").await;
    let mine = trip(&own.follows("/private").await).unwrap();
    for _ in 0..5 {
        assert_eq!(browser.follows("/private").await.status, StatusCode::SEE_OTHER);
        for mark in [
            "sso_loop=3".to_owned(),
            format!("sso_loop=9&sso_trip={mine}"),
            "sso_loop=3&sso_trip=".to_owned(),
        ] {
            let answer = browser.follows(&format!("/private?{mark}")).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{mark}: {}", answer.body);
            assert!(
                answer.header("location").contains("&refused=1"),
                "and auth-service may end it by itself"
            );
        }
    }
}

/// A browser with too many cookies drops the login. Then the page names this cause first.
#[actix_web::test]
async fn a_login_that_was_crowded_out_is_told_from_cookies_that_are_off() {
    let issuer = TestIssuer::new();
    let cookies = |count| (0..count).map(|n| format!("small-{n}=x")).collect::<Vec<_>>().join("; ");
    let full = back_with(&issuer.login(), &cookies(170)).await;
    says(&full, "no_cookie", &["Your browser sends 171 cookies of sso.localhost.", "throw others away"]);
    let cleanup =
        "href=\"http://auth.sso.localhost:8000/private/cookies?next=http%3A%2F%2Fdemo.sso.localhost";
    says(&full, "no_cookie", &[cleanup]);
    let few = back_with(&issuer.login(), &cookies(50)).await;
    assert!(!few.body.contains("throw others away"), "{}", few.body);
}

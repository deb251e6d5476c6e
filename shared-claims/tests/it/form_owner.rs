//! Form owner: two people share a browser, and a form of one is not filed under the other without a
//! question (X12).

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use shared_claims::testing::TestIssuer;
use shared_claims::{Claims, SharedLogin};

use crate::support_web::{Answer, ask, calls, opens, sends};

const SELF: &str = "http://demo.sso.localhost:8001";

struct Household {
    login: SharedLogin,
    issuer: TestIssuer,
    ada: Claims,
    bob: Claims,
}

impl Household {
    fn new() -> Self {
        let issuer = TestIssuer::new();
        let [ada, bob] = ["ada@example.org", "bob@example.org"].map(|email| issuer.claims_for(email));
        Self { login: issuer.login(), issuer, ada, bob }
    }

    fn cookie(&self, who: &Claims) -> String {
        self.issuer.cookie(who)
    }

    async fn ask(&self, request: TestRequest, cookies: &[&str]) -> Answer {
        ask(&self.login, request.insert_header(("Cookie", cookies.join("; ")))).await
    }
}

fn remembered(who: &Claims) -> String {
    format!("__Host-sso_for={}", who.form_mark())
}

fn is_asked(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert!(answer.body.contains("<h1>Whose is this?</h1>"), "{}", answer.body);
    assert!(answer.body.contains("Now you are logged in as <bdi>bob@example.org</bdi>"), "{}", answer.body);
}

/// The target of the button with this text.
fn button<'p>(page: &'p str, text: &str) -> Option<&'p str> {
    let (before, _) = page.split_once(&format!(">{text}</button>"))?;
    let tag = &before[before.rfind("<button")?..];
    tag.split_once("formaction=\"").map(|(_, rest)| rest.trim_end_matches('"'))
}

#[actix_web::test]
async fn a_browser_remembers_whose_pages_it_shows() {
    let home = Household::new();
    let (ada, bob) = (home.cookie(&home.ada), home.cookie(&home.bob));
    let line =
        |who: &Claims| format!("{}; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure", remembered(who));
    for page in ["/private", "/", "/both", "/any/where"] {
        assert_eq!(home.ask(opens(page), &[&ada]).await.header("set-cookie"), line(&home.ada), "{page}");
        assert_eq!(
            home.ask(opens(page), &[&ada, &remembered(&home.ada)]).await.header("set-cookie"),
            "",
            "{page}"
        );
        assert_eq!(
            home.ask(opens(page), &[&bob, &remembered(&home.ada)]).await.header("set-cookie"),
            line(&home.bob)
        );
    }
    let nobody = home.ask(opens("/"), &[&remembered(&home.ada)]).await;
    assert_eq!(
        nobody.header("set-cookie"),
        "__Host-sso_for=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"
    );
    assert_eq!(home.ask(opens("/"), &["a=1"]).await.header("set-cookie"), "");
    // The response to a form is not a page with the next form, and a prefetched page has not been
    // read.
    let sent = sends("/notes", "text=milk");
    assert_eq!(home.ask(sent, &[&ada]).await.header("set-cookie"), "");
    let early = opens("/private").insert_header(("Sec-Purpose", "prefetch"));
    assert_eq!(home.ask(early, &[&ada]).await.header("set-cookie"), "");
}

/// The mark does not reveal the person, and two people have different ones.
#[test]
fn a_mark_is_no_name() {
    let home = Household::new();
    let mark = home.ada.form_mark();
    let mut moved = home.ada.clone();
    moved.user_email = "new@example.org".into();
    assert_eq!(mark, moved.form_mark());
    assert_ne!(mark, home.bob.form_mark());
    assert!(mark.len() == 16 && !home.ada.sub.to_string().contains(&mark[..8]), "{mark}");
}

/// The whole sequence: Ada's form is sent too late, Bob logs in, and the button is pressed.
#[actix_web::test]
async fn a_kept_form_knows_whose_it_is_and_asks() {
    let home = Household::new();
    for address in ["/notes?tab=1", "/notes-user-first?tab=1"] {
        let kept = home.ask(sends(address, "text=ada%27s+thought"), &[&remembered(&home.ada)]).await;
        assert_eq!(kept.status, StatusCode::UNAUTHORIZED);
        let marked = format!("{address}&sso_for={}", home.ada.form_mark());
        assert_eq!(
            button(&kept.body, "Send again"),
            Some(&*format!("{SELF}{}", marked.replace('&', "&amp;"))),
            "{}",
            kept.body
        );

        // Bob has opened a page of this service meanwhile. The form's mark takes precedence over
        // the browser's cookie.
        let bob = [&*home.cookie(&home.bob), &remembered(&home.bob)].map(str::to_owned);
        let bob = [&*bob[0], &*bob[1]];
        let asked = home.ask(sends(&marked, "text=ada%27s+thought"), &bob).await;
        is_asked(&asked);
        assert!(asked.body.contains("name=\"text\" value=\"ada&#39;s thought\""), "{}", asked.body);
        assert!(
            asked.body.contains("href=\"http://auth.sso.localhost:8000/logout\" target=\"_blank\""),
            "{}",
            asked.body
        );

        let as_bob = format!("{address}&sso_for={}", home.bob.form_mark());
        assert_eq!(
            button(&asked.body, "Send as bob@example.org"),
            Some(&*format!("{SELF}{}", as_bob.replace('&', "&amp;")))
        );
        assert!(
            asked.body.contains(&format!("action=\"{SELF}{}\"", marked.replace('&', "&amp;"))),
            "{}",
            asked.body
        );
        let done = home.ask(sends(&as_bob, "text=ada%27s+thought"), &bob).await;
        assert_eq!(done.body, "bob@example.org: ada's thought", "he said so");
        is_asked(&home.ask(sends(&marked, "text=x"), &bob).await);
        let ada = home
            .ask(sends(&marked, "text=ada%27s+thought"), &[&home.cookie(&home.ada), &remembered(&home.bob)])
            .await;
        assert_eq!(ada.body, "ada@example.org: ada's thought");
        // A third person, who has logged in meanwhile, is asked again.
        let carol = home.issuer.cookie(&home.issuer.claims_for("carol@example.org"));
        assert_eq!(home.ask(sends(&as_bob, "text=x"), &[&carol]).await.status, StatusCode::CONFLICT);
    }
}

/// No form was kept: Ada's page is still open, and Bob is logged in.
#[actix_web::test]
async fn a_form_that_lay_open_is_asked_about_too() {
    let home = Household::new();
    let bob = home.cookie(&home.bob);
    // By the browser's cookie alone, and by the mark in the form.
    is_asked(&home.ask(sends("/notes", "text=x"), &[&bob, &remembered(&home.ada)]).await);
    let marked = format!("/notes?sso_for={}", home.ada.form_mark());
    is_asked(&home.ask(sends(&marked, "text=x"), &[&bob]).await);
    for (form, content_type, words) in [
        ("--x", "multipart/form-data; boundary=x", "could not be kept here: a form that can hold files"),
        (&*"a".repeat(65 * 1024), "application/x-www-form-urlencoded", "could not be kept here: only forms"),
    ] {
        let request = sends("/private", form).insert_header(("Content-Type", content_type));
        let page = home.ask(request, &[&bob, &remembered(&home.ada)]).await;
        is_asked(&page);
        assert!(page.body.contains(words) && page.body.contains("Then go back one page"), "{}", page.body);
    }
    let german = sends("/notes", "text=x").insert_header(("Accept-Language", "de"));
    let page = home.ask(german, &[&bob, &remembered(&home.ada)]).await.body;
    assert!(
        page.contains("<h1>Wem gehört das?</h1>") && page.contains("Als bob@example.org senden"),
        "{page}"
    );
}

/// A valid login that is not fresh identifies the owner, even without a cookie or a mark.
#[actix_web::test]
async fn a_form_that_waits_for_a_password_is_its_owners() {
    let home = Household::new();
    let mut stale = home.ada.clone();
    stale.auth_time -= 3600;
    let kept = home.ask(sends("/pay", "text=x"), &[&home.cookie(&stale)]).await;
    assert_eq!(kept.status, StatusCode::UNAUTHORIZED);
    let marked = format!("/pay?sso_for={}", home.ada.form_mark());
    assert_eq!(button(&kept.body, "Send again"), Some(&*format!("{SELF}{marked}")), "{}", kept.body);
    is_asked(&home.ask(sends(&marked, "text=x"), &[&home.cookie(&home.bob)]).await);
    // J14: a refused token reveals nothing about its owner.
    let late = home.issuer.cookie(&home.issuer.expired_claims_for("ada@example.org"));
    for cookie in ["__Secure-sso_access=x.y.z", &late] {
        let kept = home.ask(sends("/notes", "text=x"), &[cookie]).await;
        assert_eq!(button(&kept.body, "Send again"), None, "{}", kept.body);
    }
}

#[actix_web::test]
async fn a_script_of_anothers_page_is_told_so_and_nothing_is_done() {
    let home = Household::new();
    let bob = home.cookie(&home.bob);
    let posts = |address: &str| {
        sends(address, "text=x")
            .insert_header(("Sec-Fetch-Mode", "cors"))
            .insert_header(("Sec-Fetch-Dest", "empty"))
    };
    let by_header = posts("/notes").insert_header(("Sso-For", home.ada.form_mark()));
    for answer in [
        home.ask(posts("/notes"), &[&bob, &remembered(&home.ada)]).await,
        home.ask(by_header, &[&bob, &remembered(&home.bob)]).await,
        home.ask(posts(&format!("/notes?sso_for={}", home.ada.form_mark())), &[&bob]).await,
    ] {
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert_eq!(answer.json()["code"], "another_account");
        assert!(!answer.body.contains("bob@") && !answer.body.contains("ada@"));
    }
    let own = posts("/notes").insert_header(("Sso-For", home.bob.form_mark()));
    assert_eq!(home.ask(own, &[&bob, &remembered(&home.ada)]).await.body, "bob@example.org: x");
}

/// The question appears only with a reason.
#[actix_web::test]
async fn who_made_it_sends_it_and_what_nobody_signed_is_anybodys() {
    let home = Household::new();
    let bob = home.cookie(&home.bob);
    for memory in [
        "a=1",
        "__Host-sso_for=",
        "__Host-sso_for=short",
        "sso_for=AAAAAAAAAAAAAAAA",
        &*format!("__Host-sso_for=AAAAAAAAAAAAAAAA; {}", remembered(&home.ada)),
    ] {
        assert_eq!(
            home.ask(sends("/notes", "text=x"), &[&bob, memory]).await.body,
            "bob@example.org: x",
            "{memory}"
        );
    }
    for address in ["/notes?sso_for=", "/notes?sso_for=%00", "/notes?sso_for=x%22onclick"] {
        assert_eq!(home.ask(sends(address, "text=x"), &[&bob]).await.body, "bob@example.org: x", "{address}");
    }
    assert_eq!(
        home.ask(sends("/notes", "text=x"), &[&bob, &remembered(&home.bob)]).await.body,
        "bob@example.org: x"
    );
    // Opening a page changes nothing, whoever its owner was.
    let marked = format!("/private?sso_for={}", home.ada.form_mark());
    for request in [opens(&marked), calls(&marked)] {
        assert_eq!(home.ask(request, &[&bob, &remembered(&home.ada)]).await.body, "hello bob@example.org");
    }
    // The login leads back to the address without the mark.
    let away = home.ask(opens(&format!("{marked}&page=2")), &["a=1"]).await;
    assert!(away.header("location").ends_with("%2Fprivate%3Fpage%3D2"), "{}", away.header("location"));
}

/// X10, X12: an open page reconnects its WebSocket. It must not be connected as another person than
/// the page's owner.
#[actix_web::test]
async fn a_websocket_of_a_page_of_another_person_is_not_opened() {
    let home = Household::new();
    let (bob, of_ada, of_bob) = (home.cookie(&home.bob), remembered(&home.ada), remembered(&home.bob));
    let open = |target: &str| {
        TestRequest::get()
            .uri(target)
            .insert_header(("Connection", "Upgrade"))
            .insert_header(("Upgrade", "websocket"))
            .insert_header(("Sec-Fetch-Mode", "websocket"))
            .insert_header(("Sec-Fetch-Site", "same-origin"))
            .insert_header(("Origin", SELF))
    };
    let by_its_page = format!("/private?sso_for={}", home.ada.form_mark());
    for (target, memory) in [("/private", &of_ada), (by_its_page.as_str(), &of_bob)] {
        let refused = home.ask(open(target), &[&bob, memory]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{target}: {}", refused.body);
        assert_eq!(refused.json()["code"], "another_account");
    }
    for memory in [&of_bob, &String::new()] {
        assert_eq!(home.ask(open("/private"), &[&bob, memory]).await.body, "hello bob@example.org");
    }
}

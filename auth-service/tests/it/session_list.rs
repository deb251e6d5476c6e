//! The session list: its content, and the effect of its buttons.

use auth_service::db::types::Stored;
use std::time::Duration;

use reqwest::StatusCode;

use crate::support::{ACCESS, BROWSER, PASSWORD, Person, REFRESH, Reply, TestApp};

pub const PATH: &str = "/account/sessions";

pub const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0";
pub const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 \
                          (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";

/// One session, as the page shows it.
#[derive(Debug)]
pub struct Login {
    pub id: String,
    pub text: String,
    pub is_this: bool,
}

/// The sessions on the page, from top to bottom.
pub fn logins(page: &Reply) -> Vec<Login> {
    assert_eq!(page.status, 200, "{}", page.text);
    let list = page.text.split("<ul class=\"logins\">").nth(1).expect("a list");
    let entries = list.split("</main>").next().unwrap().split("<li class=\"login\">").skip(1);
    entries
        .map(|rest| {
            let text = rest.to_owned();
            let id = text.split("name=\"end\" value=\"").nth(1).unwrap().split('"').next().unwrap();
            Login { id: id.to_owned(), is_this: text.contains("This browser"), text }
        })
        .collect()
}

/// The ids on the page.
pub async fn listed(person: &Person) -> Vec<String> {
    logins(&person.get(PATH).await).into_iter().map(|login| login.id).collect()
}

/// Presses a button of the page.
pub async fn end(person: &Person, what: &str) -> Reply {
    person.fill_in(PATH, &[("end", what)]).await
}

/// A person who logs in with this user agent.
pub async fn browser(app: &TestApp, email: &str, user_agent: &str) -> Person {
    let person = app.person().using(user_agent);
    assert_eq!(person.log_in(email, PASSWORD).await.status, 303);
    person
}

/// Ada's browsers at her desk and on her phone.
pub async fn desk_and_phone(app: &TestApp) -> (Person, Person) {
    app.user("ada@example.org", PASSWORD).await;
    (browser(app, "ada@example.org", FIREFOX).await, browser(app, "ada@example.org", SAFARI).await)
}

/// Asserts that `person` is logged out: on the pages, at a renewal, and by the API.
pub async fn assert_is_out(app: &TestApp, person: &Person) {
    assert!(!person.is_logged_in().await);
    let page = person.get(PATH).await;
    let login = "https://auth.example.org/login?next=https%3A%2F%2Fauth.example.org%2Faccount%2Fsessions";
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, login));
    let program = app.person();
    assert!(
        !program.verifies(&person.access_token()).await && !program.verifies(&person.refresh_token()).await
    );
    program.refresh(&person.refresh_token()).await.assert_problem(401, "token_not_valid");
    let form = person.get("/login").await;
    assert_eq!(form.status, 200);
    assert!(
        form.cookies().iter().all(|cookie| cookie.name == BROWSER),
        "a failed renewal takes nothing away"
    );
}

/// S3
#[tokio::test]
async fn the_page_shows_each_login_with_its_device_its_address_and_when_it_was_used() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    app.wait(Duration::from_secs(3600));
    app.person().using("backup-script/1.2").obtain("ada@example.org", PASSWORD).await;
    app.wait(Duration::from_secs(3600));
    phone.get("/login").await;
    let page = desk.get(PATH).await;
    let logins = logins(&page);
    let devices = ["Firefox on Windows", "Safari on iPhone", "backup-script"];
    assert_eq!(logins.len(), 3, "{}", page.text);
    // This browser first, then the others by their last use.
    for (login, device) in logins.iter().zip(devices) {
        assert!(login.text.contains(&format!("<bdi>{device}</bdi>")), "{device}: {}", login.text);
        assert!(login.text.contains("<li>127.0.0.1</li>"), "{}", login.text);
        let id = uuid::Uuid::parse_str(&login.id).unwrap();
        let session = app.session(id.into()).await;
        for moment in [session.rotated_at, session.began_at] {
            let exact = format!("title=\"{}\">", moment.format_utc());
            assert!(login.text.contains(&exact), "{exact}: {}", login.text);
        }
        let used = format!("<time datetime=\"{}\"", session.rotated_at.rfc3339());
        assert!(login.text.contains(&used), "{used}: {}", login.text);
    }
    assert_eq!(logins.iter().map(|login| login.is_this).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(logins[0].id, desk.session_id().to_string());
    let session = app.session_of(&phone).await;
    assert!(session.began_at + Duration::from_secs(7000) < session.rotated_at, "the two moments differ");
    assert!(!page.text.contains(&desk.refresh_token()) && !page.text.contains("Mozilla"));
}

/// S3: if a session continues elsewhere under another name, the page shows the latest. Opening a
/// page is no renewal.
#[tokio::test]
async fn a_renewal_brings_the_page_up_to_date() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let elsewhere = phone.copy().using("curl/8.5.0");
    app.wait(Duration::from_secs(60));
    assert!(phone.is_logged_in().await);
    assert!(logins(&desk.get(PATH).await)[1].text.contains("Safari on iPhone"));
    assert_eq!(elsewhere.refresh(&phone.refresh_token()).await.status, 200);
    let login = &logins(&desk.get(PATH).await)[1].text;
    assert!(login.contains("<bdi>curl</bdi>") && !login.contains("Safari"), "{login}");
}

/// S3: no sessions of others, and none that was revoked or has expired.
#[tokio::test]
async fn the_page_lists_the_living_logins_of_its_reader_and_no_others() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    app.user("bob@example.org", PASSWORD).await;
    let bob = browser(&app, "bob@example.org", FIREFOX).await;
    let (left, forgotten) =
        (browser(&app, "ada@example.org", SAFARI).await, browser(&app, "ada@example.org", SAFARI).await);
    left.log_out().await;
    app.wait(Duration::from_secs(4 * 86_400));
    for person in [&desk, &phone, &bob] {
        assert_eq!(person.get("/login").await.status, 303);
    }
    app.wait(Duration::from_secs(2 * 86_400));
    let ids = |people: &[&Person]| people.iter().map(|p| p.session_id().to_string()).collect::<Vec<_>>();
    assert_eq!(listed(&desk).await, ids(&[&desk, &phone]));
    assert_eq!(listed(&phone).await, ids(&[&phone, &desk]));
    assert_eq!(listed(&bob).await, ids(&[&bob]));
    let lonely = bob.get(PATH).await;
    assert!(!lonely.says("Log out everywhere else"), "{}", lonely.text);
    assert!(!forgotten.is_logged_in().await);
}

/// S3
#[tokio::test]
async fn one_login_ends_at_once_and_the_others_stay() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let tablet = browser(&app, "ada@example.org", SAFARI).await;
    let reply = end(&desk, &phone.session_id().to_string()).await;
    assert_eq!(
        (reply.status, reply.location()),
        (StatusCode::SEE_OTHER, "https://auth.example.org/account/sessions")
    );
    assert!(reply.cookie(ACCESS).is_none() && reply.cookie(REFRESH).is_none(), "this login did not change");
    assert_is_out(&app, &phone).await;
    assert_eq!(
        app.session_of(&phone).await.revoked_because.as_ref().map(Stored::as_str),
        Some("ended_by_owner")
    );
    let page = desk.get(PATH).await;
    assert!(page.says("Logged out. Services there follow"));
    assert_eq!(logins(&page).len(), 2);
    assert!(tablet.is_logged_in().await);
    assert_eq!(tablet.get("/login").await.status, 303);
}

/// S3
#[tokio::test]
async fn all_others_end_and_this_one_stays() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let program = app.person();
    let (access, refresh) = program.obtain("ada@example.org", PASSWORD).await;
    app.user("bob@example.org", PASSWORD).await;
    let bob = browser(&app, "bob@example.org", FIREFOX).await;
    assert_eq!(end(&desk, "others").await.status, 303);
    assert_is_out(&app, &phone).await;
    assert!(!program.verifies(&access).await);
    program.refresh(&refresh).await.assert_problem(401, "token_not_valid");
    let page = desk.get(PATH).await;
    assert!(page.says("Those browsers are logged out. Services there follow"));
    assert_eq!(logins(&page).len(), 1);
    assert_eq!(desk.get("/login").await.status, 303);
    assert!(bob.is_logged_in().await);
    assert_eq!(end(&desk, "others").await.status, 303);
    assert!(desk.get(PATH).await.says("There was no other login to end."));
}

/// S3, C9, S4: ending all sessions is a logout here too.
#[tokio::test]
async fn all_logins_end_and_this_browser_is_logged_out() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let (saved, form) = (desk.copy(), desk.get(PATH).await);
    let reply = end(&desk, "all").await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "https://auth.example.org/login"));
    for name in [ACCESS, REFRESH] {
        assert_eq!(reply.cookie(name).expect(name).max_age(), 0);
    }
    for person in [&saved, &phone] {
        assert_is_out(&app, person).await;
        assert_eq!(
            app.session_of(person).await.revoked_because.as_ref().map(Stored::as_str),
            Some("ended_by_owner")
        );
    }
    assert!(desk.get("/login").await.says("You are now logged out."));
    assert_eq!(desk.fill_in_on(&form, "/logout", &[]).await.status, 403, "S1: forms from before are void");
}

/// S3, S4: a browser that ends its own session is logged out.
#[tokio::test]
async fn ending_this_login_is_a_logout() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let saved = desk.copy();
    let reply = end(&desk, &desk.session_id().to_string()).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "https://auth.example.org/login"));
    assert_eq!(reply.cookie(REFRESH).unwrap().max_age(), 0);
    assert_is_out(&app, &saved).await;
    assert_eq!(app.session_of(&saved).await.revoked_because.as_ref().map(Stored::as_str), Some("logged_out"));
    assert!(phone.is_logged_in().await);
}

/// R8 on this page: a thief's copy is the same session, and ending it ends both copies.
#[tokio::test]
async fn ending_a_login_ends_every_copy_of_it() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let thief = phone.copy();
    thief.get("/login").await;
    end(&desk, &phone.session_id().to_string()).await;
    for person in [&thief, &phone] {
        assert_is_out(&app, person).await;
    }
    assert!(desk.is_logged_in().await);
    assert!(app.events("refresh_reuse").await.is_empty(), "the first reason stays");
}

/// S3: several logins end after one question, whose answers are the two ways to end them.
#[tokio::test]
async fn one_question_offers_to_log_out_everywhere_else_and_here_too() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let list = desk.get(PATH).await;
    assert!(list.text.contains("href=\"/account/sessions/end\""), "{}", list.text);
    let question = desk.get("/account/sessions/end").await;
    for answer in ["others", "all"] {
        let button = format!("name=\"end\" value=\"{answer}\"");
        assert!(question.text.contains(&button), "{}", question.text);
    }
    assert!(!question.text.contains("type=\"password\""), "it was given a moment ago");
    assert!(phone.is_logged_in().await, "to ask ends nothing");
    assert_eq!(desk.fill_in_on(&question, PATH, &[("end", "others")]).await.status, 303);
    assert_is_out(&app, &phone).await;
    assert!(desk.is_logged_in().await);

    app.wait(Duration::from_secs(601));
    let later = desk.get("/account/sessions/end").await;
    assert!(later.text.contains("type=\"password\""), "{}", later.text);
    assert_eq!(desk.fill_in_on(&later, PATH, &[("end", "all")]).await.status, 401);
    let fields = [("end", "all"), ("password", PASSWORD)];
    assert_eq!(desk.fill_in_on(&later, PATH, &fields).await.location(), "https://auth.example.org/login");
    assert!(!desk.is_logged_in().await);
    let away = desk.get("/account/sessions/end").await;
    assert!(away.location().starts_with("https://auth.example.org/login?next="), "{}", away.location());
}

/// X1: a HEAD uses up no message.
#[tokio::test]
async fn the_message_waits_for_somebody_who_reads_it() {
    let app = TestApp::start().await;
    let (desk, _) = desk_and_phone(&app).await;
    end(&desk, "others").await;
    let head = desk.send(desk.request(reqwest::Method::HEAD, PATH)).await;
    assert!(head.status == 200 && head.text.is_empty());
    assert!(desk.get(PATH).await.says("Logged out. Services there follow"));
    assert!(!desk.get(PATH).await.says("Done."), "once");
}

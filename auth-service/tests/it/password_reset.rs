//! A forgotten password: the letter, its link, its code, and the new password.

use auth_service::config::ServeFlags;
use auth_service::users::User;
use reqwest::StatusCode;

use crate::support::{Mailbox, PASSWORD, Person, Reply, TestApp, Trail, Tweaks};

pub const FORGOT: &str = "/password/forgot";
pub const RESET: &str = "/password/reset";
pub const NEW: &str = "seven tin boats at dusk";
pub const ADA: &str = "ada@example.org";

/// Ada, who has shown that the address is hers.
pub async fn ada_of(app: &TestApp) -> User {
    let ada = app.user(ADA, PASSWORD).await;
    let (id, now) = (ada.id, app.clock.now());
    app.sql(move |conn| User::verify_email(conn, id, ADA, now)).await;
    ada
}

pub async fn start() -> TestApp {
    let app = TestApp::start_with_mail().await;
    ada_of(&app).await;
    app
}

/// Asks for the letter.
pub async fn ask(person: &Person, email: &str) -> Reply {
    let reply = person.fill_in(FORGOT, &[("email", email)]).await;
    assert_eq!(
        (reply.status, reply.location()),
        (StatusCode::SEE_OTHER, "https://auth.example.org/password/reset")
    );
    reply
}

/// Types a code and a new password.
pub async fn type_code(person: &Person, code: &str, password: &str) -> Reply {
    person.fill_in(RESET, &[("code", code), ("password", password)]).await
}

/// Opens a link and types a new password.
pub async fn follow(person: &Person, link: &str, password: &str) -> Reply {
    let page = person.get(link).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let token = page.field("token").expect("the page keeps the token");
    person.fill_in_on(&page, RESET, &[("token", &token), ("password", password)]).await
}

pub fn assert_done(reply: &Reply) {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
    assert_eq!(reply.location(), "https://auth.example.org/login");
}

pub async fn can_log_in(app: &TestApp, password: &str) -> bool {
    app.person().log_in(ADA, password).await.status == StatusCode::SEE_OTHER
}

/// V5, P6: the reset sets the password, logs nobody in, and the login form says what to do.
#[tokio::test]
async fn a_code_from_the_letter_sets_a_new_password_and_logs_nobody_in() {
    let app = start().await;
    let ada = app.person();
    ask(&ada, ADA).await;
    let page = ada.get(RESET).await;
    assert!(
        page.says("If there is an account for ada@example.org")
            || page.says("<strong>ada@example.org</strong>")
    );
    let letter = app.letter_to(ADA).await;
    assert_eq!(letter.subject, "A new password for One account");
    assert_done(&type_code(&ada, &letter.code(), NEW).await);
    assert!(!ada.is_logged_in().await);
    let login = ada.get("/login").await;
    assert!(login.says("Your password is changed. Log in with the new one."), "{}", login.text);
    assert_eq!(login.field("email").as_deref(), Some(ADA));
    assert!(can_log_in(&app, NEW).await && !can_log_in(&app, PASSWORD).await);
}

/// V1, V2: a program that reads mail opens every link; it changes nothing, and the link works in
/// any browser.
#[tokio::test]
async fn a_link_that_was_looked_at_still_works_in_any_browser() {
    let app = start().await;
    ask(&app.person(), ADA).await;
    let letter = app.letter_to(ADA).await;
    for _ in 0..3 {
        let page = app.person().get(&letter.link()).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.says(ADA) && page.field("code").is_none() && !page.text.contains("name=\"code\""));
        // V2: nothing on the page tells another site or a log where it came from.
        assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
    assert!(can_log_in(&app, PASSWORD).await);
    assert_done(&follow(&app.person(), &letter.link(), NEW).await);
    assert!(can_log_in(&app, NEW).await);
}

/// V5, S5: every login ends, also the one of the browser that sets the password.
#[tokio::test]
async fn a_reset_ends_every_login_and_clears_this_browser() {
    let app = start().await;
    let (desk, phone) = (app.person(), app.person());
    desk.log_in(ADA, PASSWORD).await;
    phone.log_in(ADA, PASSWORD).await;
    let copy = desk.copy();
    ask(&desk, ADA).await;
    let reply = type_code(&desk, &app.letter_to(ADA).await.code(), NEW).await;
    assert_done(&reply);
    for name in ["__Host-sso_refresh", "__Secure-sso_access", "__Secure-sso_hint"] {
        assert_eq!(reply.cookie(name).map(|cookie| cookie.max_age()), Some(0), "{name}");
    }
    for person in [&desk, &phone, &copy] {
        assert!(!person.is_logged_in().await);
    }
}

/// V7: a link of Ada's in a browser of Eve's: Eve is logged out there, and nowhere else.
#[tokio::test]
async fn somebody_elses_login_in_the_same_browser_ends() {
    let app = start().await;
    let eve = app.user("eve@example.org", PASSWORD).await;
    let now = app.clock.now();
    app.sql(move |conn| User::verify_email(conn, eve.id, "eve@example.org", now)).await;
    let (shared, elsewhere) = (app.person(), app.person());
    for person in [&shared, &elsewhere] {
        person.log_in("eve@example.org", PASSWORD).await;
    }
    let copy = shared.copy();
    ask(&app.person(), ADA).await;
    assert_done(&follow(&shared, &app.letter_to(ADA).await.link(), NEW).await);
    assert!(!shared.is_logged_in().await && !copy.is_logged_in().await);
    assert!(elsewhere.is_logged_in().await);
}

/// V5: the owner is told, once.
#[tokio::test]
async fn the_owner_is_told_that_the_password_was_changed() {
    let app = start().await;
    let ada = app.person();
    ask(&ada, ADA).await;
    let letter = app.letter_to(ADA).await;
    assert_done(&type_code(&ada, &letter.code(), NEW).await);
    let notice = app.letter_to(ADA).await;
    assert_eq!(notice.subject, "Your password for One account was changed");
    assert!(notice.text.contains("https://auth.example.org/password/forgot"), "{}", notice.text);
    assert!(!notice.text.contains("token="));
    // Another one within minutes is told by the first.
    ask(&ada, ADA).await;
    let second = app.letter_to(ADA).await;
    assert_done(&type_code(&ada, &second.code(), "nine copper owls at noon").await);
    app.assert_no_letter_to(ADA).await;
}

/// The letter proves that the address is the owner's; so did nobody before.
#[tokio::test]
async fn whoever_used_the_letter_has_verified_the_address() {
    let app = TestApp::start_with_mail().await;
    let user = app.user(ADA, PASSWORD).await;
    let verified_at = || app.sql(move |conn| User::by_id(conn, user.id));
    ask(&app.person(), ADA).await;
    let letter = app.letter_to(ADA).await;
    assert!(verified_at().await.unwrap().email_verified_at.is_none());
    assert_done(&follow(&app.person(), &letter.link(), NEW).await);
    assert!(verified_at().await.unwrap().email_verified_at.is_some());
    assert!(can_log_in(&app, NEW).await);
}

/// V6: asking changes nothing and ends nothing.
#[tokio::test]
async fn a_stranger_who_asks_locks_nobody_out() {
    let app = start().await;
    let ada = app.person();
    ada.log_in(ADA, PASSWORD).await;
    for _ in 0..5 {
        ask(&app.person(), ADA).await;
    }
    assert!(ada.is_logged_in().await && can_log_in(&app, PASSWORD).await);
}

/// L2
#[tokio::test]
async fn what_happened_is_in_the_audit_trail_and_repetitions_are_counted() {
    let app = start().await;
    let user = ada_id(&app).await;
    let mut trail = Trail::of(&app).await;
    let ada = app.person();
    ask(&ada, ADA).await;
    let asked = trail.one("reset_requested").await;
    assert_eq!((asked.user(), asked.detail()), (Some(user), ""));
    ask(&app.person(), "eve@example.org").await;
    let unknown = trail.one("reset_requested").await;
    assert_eq!((unknown.user(), unknown.detail()), (None, "no such account"));
    for _ in 0..4 {
        ask(&app.person(), ADA).await;
        ask(&app.person(), "joe@example.org").await;
    }
    // Beyond the limit there is one row more, and no other.
    let beyond = trail.one("reset_requested").await;
    assert_eq!((beyond.user(), beyond.detail(), beyond.repeats), (Some(user), "too many", 1));
    let letter = app.letter_to(ADA).await;
    follow_last(&app, letter).await;
    let changed = trail.one("password_changed").await;
    assert_eq!((changed.user(), changed.detail()), (Some(user), "by reset; 0 session(s) ended"));
    ada.log_in(ADA, NEW).await;
    let page = ada.get("/account/security").await;
    assert!(page.says("Email for a new password asked for") && page.says("Password changed"));
}

async fn ada_id(app: &TestApp) -> uuid::Uuid {
    let ada = auth_service::users::Email::parse(ADA).unwrap();
    app.sql(move |conn| User::by_email(conn, &ada)).await.unwrap().id.uuid()
}

/// Follows the link of the last letter that was sent.
async fn follow_last(app: &TestApp, first: crate::support::Letter) {
    let mut last = first;
    app.all_letters_are_sent().await;
    while !app.mailbox.as_ref().unwrap().unread(ADA).is_empty() {
        last = app.letter_to(ADA).await;
    }
    assert_done(&follow(&app.person(), &last.link(), NEW).await);
}

/// Where no mail is sent, the pages say who gives a new password.
#[tokio::test]
async fn without_mail_the_page_says_whom_to_ask() {
    let app = TestApp::start().await;
    app.user(ADA, PASSWORD).await;
    let person = app.person();
    let page = person.get(FORGOT).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("This site sends no emails.") && page.field("csrf_token").is_none());
    assert_eq!(person.get(RESET).await.location(), "https://auth.example.org/password/forgot");
    let form = person.get("/register").await;
    let refused = person.fill_in_on(&form, FORGOT, &[("email", ADA)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(app.events("reset_requested").await.is_empty());
    let flags = ServeFlags {
        site: auth_service::config::SiteFlags {
            footer_links: Some("Help=https://example.org/help".to_owned()),
            ..Default::default()
        },
        ..ServeFlags::default()
    };
    let helped = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    assert!(helped.person().get(FORGOT).await.text.contains("href=\"https://example.org/help\""));
    let over = helped.person().get("/password/reset?token=x").await;
    assert!(over.status == StatusCode::GONE && over.text.contains("href=\"https://example.org/help\""));
}

/// The letter is in the account's language, or else in that of the page.
#[tokio::test]
async fn the_letter_is_written_in_the_readers_language() {
    let app = start().await;
    app.user_with("bea@example.org", PASSWORD, |new| new.language = Some("de".to_owned())).await;
    ask(&app.person().sending("accept-language", "de"), ADA).await;
    assert_eq!(app.letter_to(ADA).await.subject, "Ein neues Passwort für Ein Konto");
    ask(&app.person().sending("accept-language", "en"), "bea@example.org").await;
    assert!(app.letter_to("bea@example.org").await.text.starts_with("Guten Tag,"));
}

/// The address that was typed into the login goes along.
#[tokio::test]
async fn the_login_leads_to_the_page_with_the_address_that_was_typed() {
    let app = start().await;
    let ada = app.person();
    let failed = ada.log_in(ADA, "a guess that fails").await;
    assert!(failed.text.contains("href=\"/password/forgot\"") && failed.says("Forgot your password?"));
    assert_eq!(ada.get(FORGOT).await.field("email").as_deref(), Some(ADA));
    let logged_in = app.person();
    logged_in.log_in(ADA, PASSWORD).await;
    assert_eq!(logged_in.get(FORGOT).await.field("email").as_deref(), Some(ADA));
}

/// V9: a letter that cannot be delivered changes no answer.
#[tokio::test]
async fn an_instance_that_cannot_deliver_answers_alike() {
    let mailbox = Mailbox::new();
    std::fs::remove_dir_all(mailbox.folder()).unwrap();
    let tweaks = Tweaks { mailbox: Some(mailbox.clone()), ..Tweaks::default() };
    let app = TestApp::start_with(tweaks).await;
    ada_of(&app).await;
    ask(&app.person(), ADA).await;
    std::fs::create_dir_all(mailbox.folder()).unwrap();
}

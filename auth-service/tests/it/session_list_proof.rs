//! Reauthentication before other sessions are ended.

use std::time::Duration;

use auth_service::session_list::End;
use auth_service::sessions::Session;
use auth_service::users::User;
use reqwest::StatusCode;

use super::session_list::{FIREFOX, PATH, assert_is_out, browser, desk_and_phone, end, listed};
use crate::support::{ACCESS, PASSWORD, Person, REFRESH, Reply, TestApp, Trail, claims};

const SECOND: Duration = Duration::from_secs(1);
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// Later an authentication is too old, and the session rotates again.
const LATER: Duration = Duration::from_secs(601);

/// Sends the password on the page that asks for it.
async fn confirm(person: &Person, asked: &Reply, password: &str) -> Reply {
    let what = asked.field("end").unwrap();
    person.fill_in_on(asked, PATH, &[("end", &what), ("password", password)]).await
}

#[track_caller]
fn assert_asks(reply: &Reply, what: &str) {
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{what}: {}", reply.text);
    assert!(reply.says("<h1>Confirm it’s you</h1>"), "{what}: {}", reply.text);
    assert_eq!(reply.field("end").as_deref(), Some(what));
    assert!(reply.tag("password").contains("type=\"password\"") && reply.field("password").is_none());
    assert!(reply.cookie(REFRESH).is_none() && reply.cookie(ACCESS).is_none(), "{what}");
}

fn auth_time(token: &str) -> i64 {
    claims(token)["auth_time"].as_i64().unwrap()
}

/// S3, S7
#[tokio::test]
async fn ten_minutes_after_the_password_nobody_is_asked_again() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    app.wait(TEN_MINUTES - 30 * SECOND);
    let before = desk.refresh_token();
    assert_eq!(end(&desk, &phone.session_id().to_string()).await.status, 303);
    assert_is_out(&app, &phone).await;
    assert_eq!(desk.refresh_token(), before);
    assert!(app.events("password_proven").await.is_empty());
}

/// S7: exact to the microsecond, and counted from the authentication and not from the last renewal.
#[tokio::test]
async fn the_proof_lasts_ten_minutes_and_not_a_moment_more() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    app.wait(31 * SECOND);
    desk.get("/login").await;
    let session = app.session_of(&desk).await;
    let proven = session.authenticated_at();
    assert!(proven < session.rotated_at);
    let asks = |what: &str, at| End::parse(what, &session).unwrap().needs_reauthentication(&session, at);
    for what in ["others", "all", &phone.session_id().to_string()] {
        assert!(!asks(what, proven) && !asks(what, proven + TEN_MINUTES), "{what}");
        assert!(asks(what, proven + TEN_MINUTES + Duration::from_micros(1)), "{what}");
    }
    let year = 525_600 * 60 * SECOND;
    assert!(!asks(&session.id.to_string(), proven + year), "to leave, nobody is asked");
    // A session of the previous release has no such time. There it counts from the session's
    // beginning.
    let old = Session { authenticated_at: None, ..session.clone() };
    assert!(End::All.needs_reauthentication(&old, old.began_at + LATER));
    assert!(!End::All.needs_reauthentication(&old, old.began_at + TEN_MINUTES));
}

/// S3, S7: a stranger at an open browser can end that session, but no other.
#[tokio::test]
async fn later_the_password_is_asked_for_and_nothing_has_ended() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    app.wait(LATER);
    desk.get("/login").await;
    let mut trail = Trail::of(&app).await;
    for what in ["others", "all", &phone.session_id().to_string()] {
        assert_asks(&end(&desk, what).await, what);
        let empty = desk.fill_in(PATH, &[("end", what), ("password", "")]).await;
        assert_asks(&empty, what);
    }
    assert!(trail.news().await.is_empty(), "not to know the password is no event");
    assert_eq!(listed(&desk).await.len(), 2);
    assert_eq!(listed(&phone).await.len(), 2);
    let saved = desk.copy();
    assert_eq!(end(&desk, &desk.session_id().to_string()).await.status, 303);
    assert_is_out(&app, &saved).await;
    assert_eq!(trail.news().await[0].event, "logout");
}

/// S7, L2
#[tokio::test]
async fn a_wrong_password_ends_nothing_and_is_written_down() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    app.user("bob@example.org", "amber lantern quartz 93").await;
    app.wait(LATER);
    let asked = end(&desk, "others").await;
    let mut trail = Trail::of(&app).await;
    let (generation, before) = (app.session_of(&desk).await.generation, desk.refresh_token());
    for wrong in ["amber lantern quartz 93", "Violet harbour kites 7", &"x".repeat(5000)] {
        let again = confirm(&desk, &asked, wrong).await;
        assert_asks(&again, "others");
        assert!(again.says("That is not your password."), "{}", again.text);
        assert!(again.tag("password").contains("aria-invalid=\"true\"") && !again.text.contains(wrong));
    }
    let row = trail.one("password_refused").await;
    let session = app.session_of(&desk).await;
    assert_eq!((row.user(), row.session()), (Some(session.user_id.uuid()), Some(session.id.uuid())));
    assert_eq!(row.repeats, 2, "three refusals of one login are one row that counts");
    assert_eq!(app.session_of(&desk).await.generation, generation);
    assert_eq!(desk.refresh_token(), before);
    assert!(phone.is_logged_in().await);
    assert_eq!(phone.get("/login").await.status, 303);
}

/// S1, S7, M9
#[tokio::test]
async fn the_right_password_ends_the_others_and_replaces_the_token() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    app.wait(LATER);
    let mut trail = Trail::of(&app).await;
    let (old, asked) = (desk.copy(), end(&desk, "others").await);
    let earliest = app.clock.now().unix_seconds();
    let done = confirm(&desk, &asked, PASSWORD).await;
    let latest = app.clock.now().unix_seconds();
    assert_eq!(
        (done.status, done.location()),
        (StatusCode::SEE_OTHER, "https://auth.example.org/account/sessions")
    );
    let token = done.cookie(ACCESS).expect("an access token that says so").value;
    assert!((earliest..=latest).contains(&auth_time(&token)));
    assert_ne!(done.cookie(REFRESH).expect("a new refresh token").value, old.refresh_token());
    assert_eq!(app.session_of(&desk).await.generation, 2);
    assert_eq!(trail.kinds().await, ["password_proven", "session_ended"]);
    assert_is_out(&app, &phone).await;
    assert!(desk.is_logged_in().await);
    // Not even within the grace period: a thief's copy must not get the new token.
    assert!(!old.is_logged_in().await, "S1: the token from before the proof is dead");
    assert_eq!(old.get("/login").await.status, StatusCode::OK);
    assert!(desk.is_logged_in().await, "and does its owner no harm");
}

/// M9: the time of the authentication does not change later, and applies to this session only.
#[tokio::test]
async fn later_renewals_tell_the_moment_of_the_proof_and_other_sessions_do_not() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let tablet = browser(&app, "ada@example.org", FIREFOX).await;
    let of_login = auth_time(&tablet.access_token());
    app.wait(LATER);
    let asked = end(&desk, &phone.session_id().to_string()).await;
    confirm(&desk, &asked, PASSWORD).await;
    let of_proof = auth_time(&desk.access_token());
    assert!(of_proof >= of_login + 600);
    for _ in 0..3 {
        app.wait(LATER);
        for (person, moment) in [(&desk, of_proof), (&tablet, of_login)] {
            let renewed = person.get("/login").await.cookie(ACCESS).unwrap().value;
            let claims = claims(&renewed);
            assert_eq!(claims["auth_time"], moment);
            assert_eq!(claims["amr"], serde_json::json!(["pwd"]));
            assert!(claims["iat"].as_i64().unwrap() > moment);
        }
    }
    let by_program = app.person().refresh(&desk.refresh_token()).await.pair().0;
    assert_eq!(auth_time(&by_program), of_proof);
}

/// S7: one authentication is valid for ten minutes.
#[tokio::test]
async fn after_a_proof_the_question_comes_back_ten_minutes_later() {
    let app = TestApp::start().await;
    let (desk, _) = desk_and_phone(&app).await;
    app.wait(LATER);
    let asked = end(&desk, "others").await;
    confirm(&desk, &asked, PASSWORD).await;
    app.wait(TEN_MINUTES - 30 * SECOND);
    let phone = browser(&app, "ada@example.org", FIREFOX).await;
    assert_eq!(end(&desk, &phone.session_id().to_string()).await.status, 303);
    app.wait(31 * SECOND);
    let phone = browser(&app, "ada@example.org", FIREFOX).await;
    assert_asks(&end(&desk, "others").await, "others");
    // The time belongs to the session: the phone's is still fresh.
    assert_eq!(end(&phone, "others").await.status, 303);
    assert!(!desk.is_logged_in().await);
}

/// R1, R8 after a reauthentication: the session to end is gone already, but the token was replaced.
/// Without the new one the browser would look like a thief half a minute later.
#[tokio::test]
async fn the_right_password_for_a_login_that_is_gone_hands_out_the_new_token_all_the_same() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    app.wait(LATER);
    let gone = phone.session_id().to_string();
    let asked = end(&desk, &gone).await;
    phone.log_out().await;
    let reply = confirm(&desk, &asked, PASSWORD).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    app.wait(31 * SECOND);
    assert!(desk.is_logged_in().await);
    assert_eq!(desk.get("/login").await.status, 303);
    assert!(app.events("refresh_reuse").await.is_empty());
    let token = auth_time(&desk.access_token());
    assert_eq!(token, app.session_of(&desk).await.authenticated_at().unix_seconds());
}

/// R10: the account is deactivated, or gets another password, between the form and its sending.
#[tokio::test]
async fn a_proof_comes_too_late_when_the_session_is_over() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    app.wait(LATER);
    let asked = end(&desk, "others").await;
    let token = asked.field("csrf_token").unwrap();
    end(&phone, &phone.session_id().to_string()).await;
    let tablet = browser(&app, "ada@example.org", FIREFOX).await;
    end(&tablet, &desk.session_id().to_string()).await;
    let fields = [("end", "others"), ("password", PASSWORD), ("csrf_token", &*token)];
    let late = desk.post(PATH, &fields).await;
    assert_eq!(late.status, StatusCode::SEE_OTHER);
    assert!(late.location().starts_with("https://auth.example.org/login?next="));
    assert!(late.cookie(ACCESS).is_none() && tablet.is_logged_in().await);
    assert!(app.events("password_proven").await.is_empty());
    let user = app.session_of(&tablet).await.user_id;
    app.wait(LATER);
    let asked = end(&tablet, "all").await;
    app.sql(move |conn| User::set_active(conn, user, false)).await;
    let late = confirm(&tablet, &asked, PASSWORD).await;
    assert!(late.status == 303 && late.cookie(ACCESS).is_none());
    assert_eq!(app.session_of(&tablet).await.revoked_at, None, "an account that may not log in ends nothing");
}

/// P10: a damaged hash matches no password here either.
#[tokio::test]
async fn a_damaged_hash_proves_nothing() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    app.wait(LATER);
    let asked = end(&desk, "all").await;
    app.sql(|conn| {
        use diesel::RunQueryDsl;
        diesel::sql_query("UPDATE users SET password_hash = 'damaged'").execute(conn)
    })
    .await;
    assert_asks(&confirm(&desk, &asked, PASSWORD).await, "all");
    assert!(phone.is_logged_in().await && desk.is_logged_in().await);
}

/// S1, R8: a copied token that is renewed together with its owner's is never two generations old.
/// The reauthentication ends it, even just after a rotation.
#[tokio::test]
async fn a_stolen_token_does_not_ride_along_on_the_owners_password() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    app.wait(LATER);
    desk.get("/login").await;
    let thief = desk.copy();
    app.wait(5 * SECOND);
    let asked = end(&desk, &phone.session_id().to_string()).await;
    assert_eq!(confirm(&desk, &asked, PASSWORD).await.status, StatusCode::SEE_OTHER);
    let renewed = thief.get("/login").await;
    assert!(renewed.status == StatusCode::OK && renewed.cookie(ACCESS).is_none(), "{}", renewed.status);
    assert!(!thief.is_logged_in().await && desk.is_logged_in().await);
}

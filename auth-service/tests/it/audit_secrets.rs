//! Secrets that the trail must not contain, and events that outlive the account: L1, D7t.

use std::time::Duration;

use auth_service::db::schema::{sessions, users};
use diesel::{QueryDsl, RunQueryDsl};

use super::session_list::{PATH, desk_and_phone, end};
use crate::support::{PASSWORD, TestApp};

/// A common mistake: the password typed into the address field.
const TYPED: &str = "squeamish.ossifrage.77@example.org";

/// L1: after a day full of logins, renewals, refusals and theft.
#[tokio::test]
async fn no_row_holds_a_password_a_token_or_what_somebody_typed_for_nobodys_account() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let stranger = app.person();
    app.person().register("new@example.org", "amber lantern quartz 93").await;
    stranger.log_in(TYPED, PASSWORD).await;
    stranger.log_in("ada@example.org", "not the password at all").await;
    stranger.log_in("ada@example.org", TYPED).await;
    let document = serde_json::json!({"email": TYPED, "password": "another wrong one"});
    stranger.call("/api/token/", &document).await;
    let (_, first) = stranger.obtain("ada@example.org", PASSWORD).await;
    let second = stranger.refresh(&first).await.pair().1;
    stranger.refresh(&first).await;
    let thief = phone.copy();
    for person in [&desk, &phone] {
        person.get("/login").await;
    }
    app.wait(Duration::from_secs(601));
    thief.get("/login").await;
    stranger.refresh(&first).await;
    stranger.blacklist(&second).await;
    desk.fill_in(PATH, &[("end", "others"), ("password", "a third wrong one")]).await;
    desk.fill_in(PATH, &[("end", "others"), ("password", PASSWORD)]).await;
    end(&desk, "all").await;

    let trail = app.trail().await;
    let text = format!("{trail:?}");
    let kinds: std::collections::BTreeSet<&str> = trail.iter().map(|row| &*row.event).collect();
    assert!(kinds.len() >= 9, "a day that was not full: {kinds:?}");
    let secrets = app.secrets();
    assert!(secrets.len() > 40);
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret}");
        // Nor the secret part of a token alone.
        if let Some((_, proof)) = secret.rsplit_once('.').filter(|(_, proof)| proof.len() > 20) {
            assert!(!text.contains(proof), "{proof}");
        }
    }
    for typed in [TYPED, "squeamish", "wrong one", "not the password", "ada@example.org", "new@example.org"] {
        assert!(!text.contains(typed), "{typed}");
    }
    assert!(!app.log().contains("squeamish"), "nor does the log");
    // Details contain our own words only.
    for row in trail.iter().filter(|row| row.actor != "service") {
        assert!(
            row.detail().chars().all(|c| c.is_ascii_lowercase() || " _()0123456789".contains(c)),
            "{row:?}"
        );
    }
}

/// L2: events stay when their account is deleted.
#[tokio::test]
async fn deleting_an_account_keeps_what_happened_to_it() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    desk.get("/login").await;
    phone.log_out().await;
    let ada = app.session_of(&desk).await.user_id;
    let before = app.trail().await;
    assert!(before.len() >= 5);
    app.sql(move |conn| diesel::delete(users::table.find(ada)).execute(conn)).await;
    assert_eq!(app.sql(|conn| sessions::table.count().get_result::<i64>(conn)).await, 0);
    let after = app.trail().await;
    assert_eq!(format!("{before:?}"), format!("{after:?}"));
    assert!(!desk.is_logged_in().await);
}

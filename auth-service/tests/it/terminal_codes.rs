//! Control characters in the database do not reach the terminal: L3.

use auth_service::db::AnyConnection;
use auth_service::db::schema::{sessions, signing_keys, users};
use diesel::{ExpressionMethods, QueryResult, RunQueryDsl};

use super::commands::{Ended, Program};
use crate::support::{PASSWORD, TestApp};

/// Clears the line, prints other text, sets the title, and changes the direction of text.
const EVIL: &str = "\u{1b}[2K\rauth-service: all is well\n\u{1b}]0;owned\u{7}\u{9b}1m\u{202e}nimda\u{e0041}";

/// Asserts that the output has no control or invisible characters, and no forged line.
#[track_caller]
fn assert_harmless(ended: &Ended, shows: &str) {
    for said in [&ended.out, &ended.err] {
        let obeyed = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{e0041}');
        assert!(!said.contains(obeyed), "{ended:?}");
        assert!(!said.lines().any(|line| line.starts_with("auth-service: all is well")), "{ended:?}");
    }
    assert!(ended.out.contains(shows) || ended.err.contains(shows), "{ended:?}");
}

fn run(app: &TestApp, arguments: &[&str]) -> Ended {
    Program::new(arguments).set_all(&app.database.url).run()
}

async fn write(
    app: &TestApp,
    change: impl FnOnce(&mut AnyConnection) -> QueryResult<usize> + Send + 'static,
) {
    assert_eq!(app.sql(change).await, 1);
}

/// L3
#[tokio::test]
async fn lists_of_people_and_of_their_logins_show_what_they_must_not_obey() {
    let app = TestApp::start().await;
    let id = app.user("ada@example.org", PASSWORD).await.id.to_string();
    assert_eq!(app.person().log_in("ada@example.org", PASSWORD).await.status, 303);
    write(&app, |conn| {
        diesel::update(users::table)
            .set((users::first_name.eq(EVIL), users::last_name.eq(EVIL)))
            .execute(conn)
    })
    .await;
    write(&app, |conn| {
        diesel::update(sessions::table)
            .set((sessions::user_agent.eq(EVIL), sessions::address.eq(EVIL)))
            .execute(conn)
    })
    .await;
    for arguments in
        [&["users", "list", "--json"][..], &["users", "show", &id], &["users", "show", &id, "--json"]]
    {
        assert_harmless(&run(&app, arguments), "\\u001b[2K");
    }
    for arguments in [&["sessions", "list", &id][..], &["sessions", "list", &id, "--json"]] {
        assert_harmless(&run(&app, arguments), "\\u001b[2K");
    }
}

/// L3: a row that cannot be parsed does not end the list.
#[tokio::test]
async fn a_row_that_cannot_be_read_is_told_and_the_others_are_listed() {
    let app = TestApp::start().await;
    for email in ["ada@example.org", "bob@example.org", "eve@example.org"] {
        app.user(email, PASSWORD).await;
    }
    let roles = diesel::dsl::sql::<diesel::sql_types::Text>("'\u{1b}[2K NO ROLE'");
    write(&app, |conn| {
        diesel::update(users::table)
            .filter(users::email.eq("bob@example.org"))
            .set(users::roles.eq(roles))
            .execute(conn)
    })
    .await;
    write(&app, |conn| {
        let eve = diesel::update(users::table).filter(users::email.eq("eve@example.org"));
        eve.set(
            users::email
                .eq(diesel::dsl::sql::<diesel::sql_types::Text>("'eve\u{1b}[2K\u{202e}@example.org'")),
        )
        .execute(conn)
    })
    .await;
    for arguments in [&["users", "list"][..], &["export", "users", "--format", "csv"]] {
        let ended = run(&app, arguments);
        assert!(ended.out.contains("ada@example.org") && ended.err.contains("bob@example.org"), "{ended:?}");
        assert_eq!(ended.code, 1, "{ended:?}");
        if arguments[0] == "users" {
            assert_harmless(&ended, "\\u001b[2K");
        }
    }
}

/// L3: a foreign signing key.
#[tokio::test]
async fn lists_of_keys_and_the_doctor_show_what_they_must_not_obey() {
    let app = TestApp::start().await;
    // A date in the future, so that the output mentions it.
    let later = app.clock.now() + std::time::Duration::from_secs(10 * 86_400);
    write(&app, move |conn| {
        let row = (
            signing_keys::kid.eq(EVIL),
            signing_keys::algorithm.eq("ES256"),
            signing_keys::state.eq("retired"),
            signing_keys::public_jwk.eq(Some(EVIL)),
            signing_keys::sealed_private_key.eq(vec![0_u8; 40]),
            signing_keys::created_at.eq(later),
        );
        diesel::insert_into(signing_keys::table).values(row).execute(conn)
    })
    .await;
    for arguments in
        [&["keys", "list"][..], &["keys", "list", "--json"], &["keys", "revoke", "\u{1b}[2Kx"], &["doctor"]]
    {
        assert_harmless(&run(&app, arguments), "\\u001b[2K");
    }
    assert_harmless(&run(&app, &["doctor", "--json"]), "u001b[2K");
}

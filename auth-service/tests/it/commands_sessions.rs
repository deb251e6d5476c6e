//! `auth-service sessions …`, and the effect of other commands on sessions.

use auth_service::db::types::Stored;
use serde_json::Value;

use super::commands::{Ended, Program};
use super::session_list::{SAFARI, assert_is_out, browser, desk_and_phone};
use crate::support::{PASSWORD, TestApp};

#[track_caller]
fn sessions(app: &TestApp, arguments: &[&str]) -> Ended {
    let ended =
        Program::new(&[&["sessions"], arguments].concat()).set("DATABASE_URL", &app.database.url).run();
    for secret in app.secrets() {
        assert!(!ended.out.contains(&secret) && !ended.err.contains(&secret), "{secret}");
    }
    ended
}

#[track_caller]
fn done(ended: Ended) -> String {
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    ended.out
}

/// S3, on the host: one line for each session, the latest first.
#[tokio::test]
async fn the_list_names_somebodys_living_sessions() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let ada = app.session_of(&desk).await.user_id.to_string();
    app.user("bob@example.org", PASSWORD).await;
    let bob = browser(&app, "bob@example.org", SAFARI).await;
    let left = browser(&app, "ada@example.org", SAFARI).await;
    left.log_out().await;
    let list = done(sessions(&app, &["list", "Ada@Example.org"]));
    let lines: Vec<&str> = list.lines().collect();
    assert_eq!(lines.len(), 2, "{list}");
    for (line, person, device) in
        [(lines[0], &phone, "Safari on iPhone"), (lines[1], &desk, "Firefox on Windows")]
    {
        assert!(line.starts_with(&format!("{}  {device}, 127.0.0.1; begun ", person.session_id())), "{line}");
        assert!(line.contains("last used") && line.ends_with(" UTC"), "{line}");
    }
    assert!(!list.contains(&bob.session_id().to_string()));
    assert_eq!(done(sessions(&app, &["list", &ada])), list, "a UUID names the same person");
}

#[tokio::test]
async fn the_list_as_json_is_an_object_a_line() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let odd = "weird\u{202E}/1 \"quoted\" <b>";
    let person = browser(&app, "ada@example.org", odd).await;
    let out = done(sessions(&app, &["list", "ada@example.org", "--json"]));
    assert_eq!(out.lines().count(), 1, "{out}");
    let printed: Value = serde_json::from_str(&out).unwrap();
    let session = app.session_of(&person).await;
    let expected = serde_json::json!({
        "session": session.id.to_string(),
        "device": "Unknown browser",
        "address": "127.0.0.1",
        "user_agent": odd,
        "began_at": session.began_at.rfc3339(),
        "last_used_at": session.rotated_at.rfc3339(),
        "ends_at": session.ends_at().rfc3339(),
    });
    assert_eq!(printed, expected);
}

#[tokio::test]
async fn somebody_without_sessions_is_said_to_be_nowhere() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    assert_eq!(
        done(sessions(&app, &["list", "ada@example.org"])),
        "ada@example.org is not logged in anywhere.\n"
    );
    assert_eq!(done(sessions(&app, &["list", "ada@example.org", "--json"])), "");
    let nobody = uuid::Uuid::nil().to_string();
    for name in ["nobody@example.org", &nobody] {
        sessions(&app, &["list", name]).assert_says(1, &format!("there is no user {name}"));
        sessions(&app, &["end", "--user", name]).assert_says(1, &format!("there is no user {name}"));
    }
}

/// S3, A2
#[tokio::test]
async fn one_session_ends_at_once_and_only_once() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let id = phone.session_id().to_string();
    assert_eq!(done(sessions(&app, &["end", &id])), format!("{id} is ended.\n"));
    assert_is_out(&app, &phone).await;
    assert_eq!(
        app.session_of(&phone).await.revoked_because.as_ref().map(Stored::as_str),
        Some("ended_by_operator")
    );
    assert!(desk.is_logged_in().await);
    for gone in [&id, &uuid::Uuid::nil().to_string()] {
        sessions(&app, &["end", gone]).assert_says(1, &format!("there is no active session {gone}"));
    }
    assert_eq!(app.events("session_ended").await.len(), 1);
}

/// S3, A2
#[tokio::test]
async fn all_sessions_of_somebody_end_at_once() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let program = app.person().obtain("ada@example.org", PASSWORD).await;
    app.user("bob@example.org", PASSWORD).await;
    let bob = browser(&app, "bob@example.org", SAFARI).await;
    let said = done(sessions(&app, &["end", "--user", "ADA@example.org"]));
    assert_eq!(said, "ada@example.org: 3 session(s) ended.\n");
    for person in [&desk, &phone] {
        assert_is_out(&app, person).await;
    }
    assert!(!bob.verifies(&program.0).await && !bob.verifies(&program.1).await);
    assert!(bob.is_logged_in().await);
    assert_eq!(
        done(sessions(&app, &["end", "--user", "ada@example.org"])),
        "ada@example.org: 0 session(s) ended.\n"
    );
}

#[tokio::test]
async fn what_cannot_be_understood_ends_with_two_and_no_session() {
    let app = TestApp::start().await;
    let (desk, phone) = desk_and_phone(&app).await;
    let id = phone.session_id().to_string();
    for arguments in [
        &[][..],
        &["list"],
        &["end"],
        &["end", "everything"],
        &["end", "ada@example.org"],
        &["end", &id, "--user", "ada@example.org"],
        &["end", "--user"],
        &["end", "--user", "neither"],
        &["list", "neither"],
        &["list", "ada@example.org", "--yaml"],
    ] {
        let ended = sessions(&app, arguments);
        assert!(ended.code == 2 && ended.out.is_empty(), "{arguments:?}: {ended:?}");
    }
    assert!(desk.is_logged_in().await && phone.is_logged_in().await);
    Program::new(&["sessions", "list", "ada@example.org"])
        .set("DATABASE_URL", "sqlite:/nonexistent/auth.db")
        .run()
        .assert_says(1, "there is no database yet at sqlite:");
}

/// R10, ASVS 7.4.2, 7.4.3: by the API and on the pages, immediately.
#[tokio::test]
async fn a_new_password_and_a_deactivation_end_programs_and_browsers_at_once() {
    let app = TestApp::start().await;
    for (command, reason) in [
        (&["users", "set-password", "ada@example.org", "--password-stdin"][..], "password_changed"),
        (&["users", "deactivate", "ada@example.org"], "deactivated"),
    ] {
        if app.events("password_changed").await.is_empty() {
            app.user("ada@example.org", PASSWORD).await;
        }
        let desk = browser(&app, "ada@example.org", SAFARI).await;
        let (access, refresh) = app.person().obtain("ada@example.org", PASSWORD).await;
        let program = Program::new(command).set("DATABASE_URL", &app.database.url).set("BCRYPT_COST", "10");
        // The command treats the same password as a new one and ends the sessions.
        let said = program.run_with(PASSWORD);
        assert!(said.code == 0 && said.out.contains("2 session(s) ended"), "{said:?}");
        assert_is_out(&app, &desk).await;
        assert_eq!(app.session_of(&desk).await.revoked_because.as_ref().map(Stored::as_str), Some(reason));
        let program = app.person();
        assert!(!program.verifies(&access).await && !program.verifies(&refresh).await);
        program.refresh(&refresh).await.assert_problem(401, "token_not_valid");
    }
}

//! `auth-service users …`

use std::time::Duration;

use auth_service::users::{Email, User};
use diesel::RunQueryDsl;
use reqwest::StatusCode;
use serde_json::Value;

use super::commands::{Ended, Program};
use crate::support::{PASSWORD, Person, TestApp};

const OTHER: &str = "grey gulls fold paper 9";

/// Runs `users` on the database of `app` with `input` on standard input. The output must contain no
/// password.
#[track_caller]
fn users(app: &TestApp, arguments: &[&str], input: &str) -> Ended {
    let program = Program::new(&[&["users"], arguments].concat());
    let ended = program.set("DATABASE_URL", &app.database.url).set("BCRYPT_COST", "10").run_with(input);
    let said = format!("{}{}", ended.out, ended.err);
    for secret in [PASSWORD, OTHER, "bcrypt_sha256", "$2b$"] {
        assert!(!said.contains(secret), "{said}");
    }
    ended
}

#[track_caller]
fn done(ended: Ended) -> String {
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    ended.out
}

fn json(ended: Ended) -> Value {
    let out = done(ended);
    assert_eq!(out.lines().count(), 1, "{out}");
    serde_json::from_str(&out).unwrap()
}

async fn logged_in(app: &TestApp) -> Person {
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    ada
}

#[tokio::test]
async fn a_user_made_by_a_command_can_log_in() {
    let app = TestApp::start().await;
    let arguments =
        ["create", "Ada@Example.org", "--first-name", "Ada", "--last-name", "Lovelace", "--password-stdin"];
    let out = done(users(&app, &arguments, &format!("{PASSWORD}\n")));
    assert!(out.starts_with("Created ada@example.org (") && out.lines().count() == 1, "{out}");
    let page = logged_in(&app).await.get("/").await;
    assert!(page.says("Ada Lovelace") && !page.says("staff pages"));
}

/// A1
#[tokio::test]
async fn the_first_superuser_is_made_by_a_command() {
    let app = TestApp::start().await;
    assert_eq!(done(users(&app, &["list"], "")), "");
    let made =
        json(users(&app, &["create-superuser", "ada@example.org", "--password-stdin", "--json"], PASSWORD));
    assert_eq!((&made["is_superuser"], &made["is_staff"]), (&Value::Bool(true), &Value::Bool(true)));
    assert_eq!(made["email"], "ada@example.org");
    assert!(logged_in(&app).await.get("/").await.says("You have every right"));
    let staff =
        json(users(&app, &["create", "joe@example.org", "--staff", "--password-stdin", "--json"], OTHER));
    assert_eq!((&staff["is_superuser"], &staff["is_staff"]), (&Value::Bool(false), &Value::Bool(true)));
}

#[tokio::test]
async fn what_cannot_be_made_is_told_in_one_line() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let create = |email: &str, more: &[&str], input: &str| {
        users(&app, &[&["create", email, "--password-stdin"], more].concat(), input)
    };
    create("ADA@example.org", &[], PASSWORD).assert_says(1, "ada@example.org already has an account");
    create("joe@example.org", &[], "short")
        .assert_says(1, "the password was not taken: Please use at least 12");
    create("joe@example.org", &[], "").assert_says(1, "the password was not taken: ");
    create("joe@example.org", &[], "joe@example.org!").assert_says(1, "the password was not taken: ");
    create("joe", &[], PASSWORD).assert_says(2, "the e-mail address ");
    create("joe@example.org", &["--first-name", "a\nb"], PASSWORD).assert_says(2, "--first-name: ");
    assert_eq!(done(users(&app, &["list"], "")).lines().count(), 1);
}

/// S5 (ASVS 7.4.3)
#[tokio::test]
async fn a_new_password_ends_every_session_at_once() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let (desk, phone) = (logged_in(&app).await, logged_in(&app).await);
    let ended = users(&app, &["set-password", "ada@example.org", "--password-stdin"], OTHER);
    assert_eq!(done(ended), "ada@example.org has a new password; 2 session(s) ended.\n");
    assert!(!desk.is_logged_in().await && !phone.is_logged_in().await);
    assert_eq!(desk.get("/login").await.status, StatusCode::OK, "nothing is renewed either");
    assert_eq!(desk.log_in("ada@example.org", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(desk.log_in("ada@example.org", OTHER).await.status, StatusCode::SEE_OTHER);
}

/// R10, ASVS 7.4.2
#[tokio::test]
async fn somebody_deactivated_is_out_at_once_and_comes_back_by_logging_in() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = logged_in(&app).await;
    let out = done(users(&app, &["deactivate", "ada@example.org"], ""));
    assert_eq!(out, "ada@example.org is inactive; 1 session(s) ended.\n");
    assert!(!ada.is_logged_in().await);
    let form = ada.get("/login").await;
    assert!(form.status == StatusCode::OK && form.says("Log in"));
    assert!(ada.log_in("ada@example.org", PASSWORD).await.says("This account is inactive."));

    assert_eq!(done(users(&app, &["activate", "ada@example.org"], "")), "ada@example.org is active.\n");
    assert!(!ada.is_logged_in().await, "the old session stays ended");
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_address_in_any_case_and_a_uuid_name_the_same_user() {
    let app = TestApp::start().await;
    let user = app.user("ada@example.org", PASSWORD).await;
    let uuid = user.id.to_string();
    let by_address = done(users(&app, &["show", "Ada@Example.ORG"], ""));
    assert_eq!(done(users(&app, &["show", &uuid], "")), by_address);
    assert_eq!(done(users(&app, &["show", &uuid.to_uppercase()], "")), by_address);
    for line in
        ["email       ada@example.org (not verified)", "name        Ada Lovelace", "last login  never"]
    {
        assert!(by_address.lines().any(|printed| printed == line), "{by_address}");
    }
    let shown = json(users(&app, &["show", &uuid, "--json"], ""));
    assert_eq!(shown["user_uuid"], uuid);
    let mut names: Vec<_> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected = [
        "date_joined",
        "email",
        "email_verified",
        "first_name",
        "is_active",
        "is_staff",
        "is_superuser",
        "last_login",
        "last_name",
        "roles",
        "user_uuid",
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn somebody_who_is_not_there_is_told_by_every_command() {
    let app = TestApp::start().await;
    let nobody = uuid::Uuid::nil().to_string();
    for name in ["nobody@example.org", &nobody] {
        for command in [&["show", name][..], &["activate", name], &["deactivate", name]] {
            users(&app, command, "").assert_says(1, &format!("there is no user {name}"));
        }
        users(&app, &["set-password", name, "--password-stdin"], OTHER)
            .assert_says(1, &format!("there is no user {name}"));
    }
    let ended = users(&app, &["show", "neither"], "");
    assert!(ended.code == 2 && ended.err.contains("is neither an e-mail address nor a UUID"), "{ended:?}");
}

#[tokio::test]
async fn the_list_is_by_address_a_line_each() {
    let app = TestApp::start().await;
    for (email, staff, superuser) in
        [("c@example.org", false, false), ("a@example.org", true, true), ("b@example.org", true, false)]
    {
        app.user_with(email, PASSWORD, |new| (new.is_staff, new.is_superuser) = (staff, superuser)).await;
    }
    done(users(&app, &["deactivate", "c@example.org"], ""));
    let list = done(users(&app, &["list"], ""));
    let lines: Vec<Vec<&str>> = list.lines().map(|line| line.split_whitespace().skip(1).collect()).collect();
    let expected = [
        ["active", "superuser+staff", "a@example.org"],
        ["active", "staff", "b@example.org"],
        ["inactive", "user", "c@example.org"],
    ];
    assert_eq!(lines, expected);
    let emails: Vec<String> = done(users(&app, &["list", "--json"], ""))
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["email"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(emails, ["a@example.org", "b@example.org", "c@example.org"]);
}

#[tokio::test]
async fn a_database_that_is_not_there_ends_with_three() {
    let create = ["users", "create", "ada@example.org", "--password-stdin"];
    let program = Program::new(&create).set("DATABASE_URL", "sqlite:/nonexistent/folder/auth.db");
    program.run().assert_says(3, "DATABASE_URL: ");
}

/// A misspelt path must not create an empty database without users.
#[test]
fn only_making_an_account_makes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("auth.db");
    let program = Program::new(&["users", "list"]).set("DATABASE_URL", &format!("sqlite:{}", path.display()));
    program.run().assert_says(1, "there is no database yet at sqlite:");
    assert!(!path.exists());
}

#[tokio::test]
async fn without_a_terminal_the_command_says_how_else_to_give_the_password() {
    let app = TestApp::start().await;
    users(&app, &["create", "ada@example.org"], PASSWORD).assert_says(2, "there is no terminal to ask on");
}

/// A command at a terminal.
fn at_a_terminal(app: &TestApp, arguments: &[&str]) -> rexpect::session::PtySession {
    let mut program = Program::new(&[&["users"], arguments].concat()).set("DATABASE_URL", &app.database.url);
    program.0.env("BCRYPT_COST", "10");
    let patience = u64::try_from(Duration::from_secs(60).as_millis()).unwrap();
    rexpect::session::spawn_command(program.0, Some(patience)).unwrap()
}

#[tokio::test]
async fn a_terminal_is_asked_twice_and_shows_nothing_of_the_password() {
    let app = TestApp::start().await;
    let mut terminal = at_a_terminal(&app, &["create", "ada@example.org"]);
    terminal.exp_string("Password: ").unwrap();
    terminal.send_line(PASSWORD).unwrap();
    let between = terminal.exp_string("Password again: ").unwrap();
    terminal.send_line(PASSWORD).unwrap();
    let after = terminal.exp_eof().unwrap();
    assert!(after.contains("Created ada@example.org"), "{after}");
    assert!(!between.contains("violet") && !after.contains("violet"), "{between}{after}");
    logged_in(&app).await;

    let mut terminal = at_a_terminal(&app, &["set-password", "ada@example.org"]);
    terminal.exp_string("Password: ").unwrap();
    terminal.send_line(OTHER).unwrap();
    terminal.exp_string("Password again: ").unwrap();
    terminal.send_line("grey gulls fold paper 8").unwrap();
    let after = terminal.exp_eof().unwrap();
    assert!(after.contains("auth-service: the two passwords differ; nothing was changed"), "{after}");
    logged_in(&app).await;

    // An existing account is reported before the first prompt.
    let mut terminal = at_a_terminal(&app, &["create", "ada@example.org"]);
    let all = terminal.exp_eof().unwrap();
    assert!(all.contains("already has an account") && !all.contains("Password"), "{all}");
}

/// Additions of Windows' shells around a text are not part of a password. Two lines are no
/// password.
#[tokio::test]
async fn a_password_from_a_program_is_one_line_and_nothing_else() {
    let app = TestApp::start().await;
    let create = |email: &str, input: &[u8]| {
        let program = Program::new(&["users", "create", email, "--password-stdin"]);
        program.set("DATABASE_URL", &app.database.url).set("BCRYPT_COST", "10").run_with_bytes(input)
    };
    for (n, (before, after)) in [("", ""), ("", "\n"), ("", "\r\n"), ("\u{feff}", "\r\n")].iter().enumerate()
    {
        let email = format!("ada{n}@example.org");
        done(create(&email, format!("{before}{PASSWORD}{after}").as_bytes()));
        assert_eq!(app.person().log_in(&email, PASSWORD).await.status, 303, "{before:?} {after:?}");
    }
    let twice = format!("{PASSWORD}\n{PASSWORD}\n");
    create("bob@example.org", twice.as_bytes()).assert_says(2, "standard input has more than one line");
    let with_return = format!("{PASSWORD}\r{PASSWORD}");
    create("bob@example.org", with_return.as_bytes()).assert_says(2, "standard input has more than one line");
    let utf16: Vec<u8> = PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = [&[0xff, 0xfe][..], &utf16].concat();
    create("bob@example.org", &utf16).assert_says(2, "standard input is not UTF-8 text");
    create("bob@example.org", &vec![b'x'; 100_000]).assert_says(2, "standard input is too long");
    assert!(!done(users(&app, &["list"], "")).contains("bob"));
}

#[tokio::test]
async fn a_list_of_more_than_one_page_has_everybody_once() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await;
    app.sql(move |conn| {
        conn.write(|conn| {
            for n in 0..1_100 {
                let id = uuid::Uuid::from_u128(n + 1).into();
                let email = Email::parse(&format!("p{n}@example.org")).unwrap();
                let user = User { id, email, ..ada.clone() };
                diesel::insert_into(auth_service::db::schema::users::table).values(&user).execute(conn)?;
            }
            Ok::<_, diesel::result::Error>(())
        })
    })
    .await;
    let list = done(users(&app, &["list"], ""));
    let emails: Vec<&str> = list.lines().map(|line| line.split_whitespace().last().unwrap()).collect();
    let mut sorted = emails.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert!(emails.len() == 1_101 && emails == sorted);
}

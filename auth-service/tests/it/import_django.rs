//! `auth-service import django` and `export users`.

use std::path::Path;

use reqwest::StatusCode;
use serde_json::Value;

use super::commands::{Ended, Program};
use crate::support::TestApp;

const PLAIN: &str = "tumbling violets 7 in a slow brass door";

pub fn fixture(name: &str) -> String {
    format!("{}/tests/it/django/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Runs `import django` on the database of `app`. The output must contain no hash.
#[track_caller]
pub fn import(app: &TestApp, source: &str, more: &[&str]) -> Ended {
    let arguments = [&["import", "django", source], more].concat();
    let ended = Program::new(&arguments).set("DATABASE_URL", &app.database.url).run();
    let said = format!("{}{}", ended.out, ended.err);
    for secret in ["pbkdf2_sha256$", "argon2$", "$2b$", "scrypt$"] {
        assert!(!said.contains(secret), "{said}");
    }
    ended
}

#[track_caller]
pub fn export(app: &TestApp, more: &[&str]) -> String {
    let ended =
        Program::new(&[&["export", "users"], more].concat()).set("DATABASE_URL", &app.database.url).run();
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    ended.out
}

fn numbers(ended: &Ended) -> &str {
    ended.out.lines().find(|line| line.contains(" created, ")).unwrap_or_else(|| panic!("{ended:?}"))
}

#[tokio::test]
async fn a_dump_of_django_comes_in_with_uuids_names_dates_and_passwords() {
    let app = TestApp::start().await;
    let ended = import(&app, &fixture("dump.json"), &[]);
    assert_eq!(numbers(&ended), "12 created, 0 changed, 0 unchanged, 0 kept as they are here, 1 not taken.");
    ended.assert_says(1, "1 of the source's people could not be taken");
    for told in [
        "no-address: not taken; has no e-mail address",
        "(md5), so cannot log in",
        "unusable@example.org: created; has no password there",
    ] {
        assert!(ended.out.contains(told), "{}", ended.out);
    }
    for kind in [
        "pbkdf2-sha256",
        "pbkdf2-sha1",
        "argon2id",
        "argon2i",
        "argon2d",
        "bcrypt-sha256",
        "bcrypt",
        "scrypt",
    ] {
        let login = app.person().log_in(&format!("{kind}@example.org"), PLAIN).await;
        assert_eq!(login.status, StatusCode::SEE_OTHER, "{kind}");
    }
    assert!(app.person().log_in("inactive@example.org", PLAIN).await.says("This account is inactive."));
    for nobody in ["unusable", "old-md5"] {
        let refused = app.person().log_in(&format!("{nobody}@example.org"), PLAIN).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{nobody}");
    }
    let all: Value = serde_json::from_str(&export(&app, &[])).unwrap();
    let found = |email: &str| {
        let one = all.as_array().unwrap().iter().find(|one| one["fields"]["email"] == email);
        one.unwrap()["fields"].clone()
    };
    let first = found("pbkdf2-sha256@example.org");
    assert_eq!(first["username"], "5eed0000-0000-4000-8000-000000000000");
    assert_eq!((&first["first_name"], &first["last_name"]), (&"Ada".into(), &"pbkdf2_sha256".into()));
    assert_eq!(first["date_joined"], "2020-01-01T12:30:15.123000Z");
    // A username that is not a UUID: the id is derived from the address, the same in every run.
    assert_eq!(found("chosen-name@example.org")["username"], "cf9b75a5-eb1f-59a8-91ae-e0fdec2b213c");
}

/// L2
#[tokio::test]
async fn every_account_that_came_is_in_the_audit_trail() {
    let app = TestApp::start().await;
    import(&app, &fixture("dump.jsonl"), &[]);
    let (users, events) = app
        .sql(|conn| {
            use auth_service::audit::{AuditEvent, EventKind};
            let users = auth_service::users::User::list_after(conn, "", 100)?;
            let mut events = Vec::new();
            for user in &users {
                events.extend(AuditEvent::latest_of(conn, user.id.uuid(), &[EventKind::Imported], 9)?);
            }
            Ok((users.len(), events))
        })
        .await;
    assert_eq!((users, events.len()), (12, 12));
    assert!(events.iter().all(|event| event.detail.as_deref() == Some("created")));
}

/// F4
#[tokio::test]
async fn the_same_again_changes_nothing_and_says_so() {
    let app = TestApp::start().await;
    import(&app, &fixture("dump.json"), &[]);
    let before = export(&app, &[]);
    for (file, policy) in [("dump.json", "keep"), ("dump.jsonl", "take"), ("dump.json", "newest")] {
        let ended = import(&app, &fixture(file), &["--on-conflict", policy]);
        assert_eq!(
            numbers(&ended),
            "0 created, 0 changed, 12 unchanged, 0 kept as they are here, 1 not taken."
        );
        assert!(ended.out.ends_with("Nothing has changed.\n"), "{}", ended.out);
    }
    assert_eq!(export(&app, &[]), before);
}

/// After a login, the account has a new hash or another password, which stays.
#[tokio::test]
async fn the_same_again_after_people_logged_in_gives_nobody_an_old_password_back() {
    let app = TestApp::start().await;
    import(&app, &fixture("dump.json"), &[]);
    assert_eq!(app.person().log_in("argon2id@example.org", PLAIN).await.status, StatusCode::SEE_OTHER);
    let before = export(&app, &[]);
    for policy in ["keep", "take", "newest"] {
        let ended = import(&app, &fixture("dump.json"), &["--on-conflict", policy]);
        assert_eq!(
            numbers(&ended),
            "0 created, 0 changed, 12 unchanged, 0 kept as they are here, 1 not taken."
        );
    }
    assert_eq!(export(&app, &[]), before);
}

#[tokio::test]
async fn a_dry_run_writes_nothing_and_tells_the_same() {
    let app = TestApp::start().await;
    let dry = import(&app, &fixture("dump.json"), &["--dry-run"]);
    assert_eq!(export(&app, &["--format", "csv"]), "");
    let wet = import(&app, &fixture("dump.json"), &[]);
    assert_eq!(dry.out, wet.out.replace("12 created", "Nothing was written. It would be: 12 created"));
    assert_eq!(dry.code, wet.code);
}

/// Committed batches stay, and the next run imports the rest.
#[tokio::test]
async fn an_import_that_stopped_in_the_middle_completes_when_it_is_run_again() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let half = folder.path().join("half.jsonl");
    let all = std::fs::read_to_string(fixture("dump.jsonl")).unwrap();
    let people: Vec<&str> = all.lines().filter(|line| line.contains("\"auth.user\"")).collect();
    std::fs::write(&half, people[..5].join("\n")).unwrap();
    assert_eq!(import(&app, half.to_str().unwrap(), &[]).code, 0);
    let ended = import(&app, &fixture("dump.json"), &[]);
    assert_eq!(numbers(&ended), "7 created, 0 changed, 5 unchanged, 0 kept as they are here, 1 not taken.");
}

/// F5
#[tokio::test]
async fn what_goes_out_comes_in_unchanged_in_every_format() {
    let (app, other) = (TestApp::start().await, TestApp::start().await);
    import(&app, &fixture("dump.json"), &["--trust-rights"]);
    let folder = tempfile::tempdir().unwrap();
    let trusting = ["--trust-rights"];
    for format in ["django", "jsonl", "csv"] {
        let path = folder.path().join(format);
        let path = path.to_str().unwrap();
        assert_eq!(export(&app, &["--format", format, "--output", path]), "");
        assert_only_the_owner_reads(Path::new(path));
        let again = import(&app, path, &trusting);
        assert_eq!(
            (again.code, numbers(&again)),
            (0, "0 created, 0 changed, 12 unchanged, 0 kept as they are here, 0 not taken.")
        );
        let elsewhere = import(&other, path, &trusting);
        assert_eq!(elsewhere.code, 0, "{elsewhere:?}");
        assert_eq!(export(&app, &["--format", format]), export(&other, &["--format", format]));
    }
}

/// F5: formulas for spreadsheets are exported unchanged, so that they can be imported again, with a
/// warning.
#[tokio::test]
async fn a_name_that_a_spreadsheet_takes_for_a_formula_is_warned_of() {
    let (app, other) = (TestApp::start().await, TestApp::start().await);
    app.user("ada@example.org", "a good and long password 7").await;
    let of = |app: &TestApp, arguments: &[&str]| {
        Program::new(&[&["export", "users"], arguments].concat()).set("DATABASE_URL", &app.database.url).run()
    };
    assert_eq!(of(&app, &["--format", "csv"]).err, "");
    app.sql(|conn| {
        use diesel::{ExpressionMethods, RunQueryDsl};
        let name = auth_service::db::schema::users::first_name.eq("=HYPERLINK(\"https://evil.example\",A1)");
        diesel::update(auth_service::db::schema::users::table).set(name).execute(conn)
    })
    .await;
    let ended = of(&app, &["--format", "csv"]);
    assert!(
        ended.code == 0 && ended.out.contains(",\"=HYPERLINK(\"\"https://evil.example\"\",A1)\","),
        "{ended:?}"
    );
    assert!(
        ended
            .err
            .starts_with("auth-service: warning: 1 account(s) with a name or an address that a spreadsheet")
    );
    assert_eq!(of(&app, &[]).err, "", "nobody opens JSON in a spreadsheet");
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &ended.out).unwrap();
    assert_eq!(import(&other, file.path().to_str().unwrap(), &[]).code, 0);
    let back = of(&other, &["--format", "csv"]).out;
    assert_eq!(back, ended.out);
}

#[cfg(unix)]
fn assert_only_the_owner_reads(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn the_report_has_a_line_for_each_person_and_no_hash() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.jsonl");
    import(&app, &fixture("dump.json"), &["--report", path.to_str().unwrap()]);
    assert_only_the_owner_reads(&path);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("$2b$") && !text.contains("argon2$"));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 13);
    let chosen = lines.iter().find(|line| line["username"] == "chosen-name").unwrap();
    assert_eq!(chosen["user_uuid"], "cf9b75a5-eb1f-59a8-91ae-e0fdec2b213c");
    assert_eq!(lines.iter().filter(|line| line["outcome"] == "refused").count(), 1);
}

#[tokio::test]
async fn values_separated_by_commas_come_in_as_databases_and_spreadsheets_write_them() {
    let folder = tempfile::tempdir().unwrap();
    let hash = "pbkdf2_sha256$1000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let uuid = "0D9C1B54-7A52-4C5E-9F0B-1F2E3D4C5B6A";
    let postgres = format!(
        "id,password,last_login,is_superuser,username,email,is_staff,is_active,date_joined\n\
        1,{hash},2024-02-29 12:00:00.5+00,t,{uuid},Ada@Example.org,f,t,2024-02-29 12:00:00+00\n"
    );
    let sqlite = format!(
        "password,last_login,is_superuser,username,email,is_staff,is_active,date_joined\r\n\
        {hash},2024-02-29 12:00:00.500000,1,{uuid},Ada@Example.org,0,1,2024-02-29 12:00:00\r\n"
    );
    let spreadsheet = format!(
        "\u{feff}email;password;username;is_active;date_joined;last_login;notes\r\n\
        ada@example.org;{hash};{uuid};TRUE;2024-02-29T12:00;2024-02-29T12:00:00.5Z;\"a; b\n c\"\r\n"
    );
    for (n, text) in [postgres, sqlite, spreadsheet].iter().enumerate() {
        let app = TestApp::start().await;
        let path = folder.path().join(format!("{n}.csv"));
        std::fs::write(&path, text).unwrap();
        let ended = import(&app, path.to_str().unwrap(), &[]);
        assert_eq!(ended.code, 0, "{ended:?}");
        let out = export(&app, &["--format", "csv"]);
        let uuid = uuid.to_lowercase();
        let expected = format!(
            "{hash},2024-02-29T12:00:00.500000Z,false,{uuid},,,ada@example.org,false,true,2024-02-29T12:00:00.000000Z"
        );
        assert_eq!(out.lines().nth(1), Some(expected.as_str()));
    }
}

/// A table that Django made on this database, here beside ours, so that one server is enough for
/// both.
#[tokio::test]
async fn the_database_of_a_running_project_is_read_and_left_as_it_is() {
    let app = TestApp::start().await;
    let (flag, moment, yes) = match app.database.url.starts_with("postgres") {
        true => ("boolean", "timestamptz", "true"),
        false => ("bool", "datetime", "1"),
    };
    let hash = "pbkdf2_sha256$1000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let create = format!(
        "CREATE TABLE accounts_user (id integer PRIMARY KEY, password varchar(128) NOT NULL, last_login {moment} NULL, \
         is_superuser {flag} NOT NULL, username varchar(150) NOT NULL, last_name varchar(150) NOT NULL, \
         email varchar(254) NOT NULL, is_staff {flag} NOT NULL, is_active {flag} NOT NULL, date_joined {moment} NOT NULL, \
         first_name varchar(150) NOT NULL)"
    );
    let people: Vec<String> = (0..2_500)
        .map(|n| {
            let name = if n == 7 { "a\u{1f}b".to_owned() } else { format!("O''Neill {n}, «Ada»") };
            format!(
                "({n}, '{hash}', NULL, {yes}, 'u{n}', '{name}', 'P{n}@example.org', {yes}, {yes}, \
                 '2020-01-01 00:00:00.123456+00:00', '')"
            )
        })
        .collect();
    app.sql(move |conn| {
        use diesel::connection::SimpleConnection;
        conn.batch_execute(&create)?;
        conn.batch_execute(&format!("INSERT INTO accounts_user VALUES {}", people.join(", ")))
    })
    .await;
    let url = app.database.url.clone();
    let missing = import(&app, &url, &[]);
    missing.assert_says(1, "the source has no table auth_user; --table names another");
    let ended = import(&app, &url, &["--table", "accounts_user", "--trust-rights"]);
    assert_eq!(
        numbers(&ended),
        "2499 created, 0 changed, 0 unchanged, 0 kept as they are here, 1 not taken."
    );
    assert!(
        ended.out.contains("row 8: (no name): not taken; a value holds control characters"),
        "{}",
        ended.out
    );
    let out = export(&app, &["--format", "jsonl"]);
    let one = out.lines().find(|line| line.contains("\"p2499@example.org\"")).unwrap();
    for part in [
        "\"is_superuser\":true",
        "O'Neill 2499, «Ada»",
        "2020-01-01T00:00:00.123456Z",
        "\"last_login\":null",
        hash,
    ] {
        assert!(one.contains(part), "{one}");
    }
}

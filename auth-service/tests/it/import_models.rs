//! Sources with custom models, keys or columns. Skipped data is reported, and data that would be
//! lost needs a decision.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::commands::Ended;
use super::import_django::{export, import};
use crate::support::TestApp;

const ADA: &str = "9af1338d-1bfb-44f4-9d27-85a2efd747b7";
const BOB: &str = "0d9c1b54-7a52-4c5e-9f0b-1f2e3d4c5b6a";

fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> String {
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A person as `dumpdata` writes them, with some fields replaced.
fn person(model: &str, key: Value, email: &str, more: Value) -> Value {
    let mut fields =
        json!({"username": email.split('@').next(), "email": email, "password": "!", "groups": []});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    match key {
        Value::Null => json!({"model": model, "fields": fields}),
        key => json!({"model": model, "pk": key, "fields": fields}),
    }
}

fn uuids(app: &TestApp) -> Vec<String> {
    let all: Value = serde_json::from_str(&export(app, &[])).unwrap();
    all.as_array().unwrap().iter().map(|one| one["fields"]["username"].as_str().unwrap().to_owned()).collect()
}

/// Asserts that nothing was written, and that the one line says what to do.
#[track_caller]
fn assert_asks(app: &TestApp, ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!((ended.code, ended.err.lines().count()), (code, 1), "{ended:?}");
    for words in words {
        assert!(ended.err.contains(words), "{words}: {ended:?}");
    }
    assert!(uuids(app).is_empty());
}

#[tokio::test]
async fn where_nobody_is_found_the_models_that_are_there_are_told() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let two = json!([
        person("accounts.customuser", json!(1), "ada@example.org", json!({})),
        person("accounts.customuser", json!(2), "bob@example.org", json!({})),
        {"model": "auth.group", "pk": 1, "fields": {"name": "editors"}},
    ]);
    let source = written(&folder, "custom.json", &two.to_string());
    for more in [&[][..], &["--dry-run"], &["--model", "shop.user"]] {
        let ended = import(&app, &source, more);
        let words =
            ["holds nobody", "accounts.customuser (2), auth.group (1)", "try --model accounts.customuser"];
        assert_asks(&app, &ended, 1, &words);
    }
    let ended = import(&app, &source, &["--model", "accounts.CustomUser"]);
    assert!(ended.code == 0 && ended.out.contains("2 created"), "{ended:?}");

    let empty = TestApp::start().await;
    for (name, text, words) in [
        ("empty.json", "[]", "there is no object in it"),
        (
            "groups.json",
            r#"[{"model": "auth.group", "pk": 1, "fields": {"name": "x"}}]"#,
            "none of them has an e-mail address",
        ),
        ("groups.jsonl", r#"{"model": "auth.group", "pk": 1, "fields": {"name": "x"}}"#, "auth.group (1)"),
        ("empty.csv", "email,password\n", "nothing below its first line"),
    ] {
        let source = written(&folder, name, text);
        assert_asks(&empty, &import(&empty, &source, &[]), 1, &["holds nobody", words]);
    }
    // Models of people, and others that could be some.
    let both = json!([
        person("auth.user", json!(1), "ada@example.org", json!({})),
        person("accounts.member", json!(2), "bob@example.org", json!({})),
    ]);
    let ended = import(&empty, &written(&folder, "both.json", &both.to_string()), &[]);
    assert!(ended.code == 0 && ended.out.contains("1 created"), "{ended:?}");
    assert!(ended.out.contains("Beware: 1 objects of accounts.member have an e-mail address"), "{ended:?}");
}

#[tokio::test]
async fn a_key_that_is_a_uuid_is_kept_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let (bare, row) = (ADA.replace('-', ""), "!,ada,ada@example.org");
    for (name, text, more) in [
        ("uuid.csv", format!("password,username,email,uuid\n{row},{bare}\n"), &[][..]),
        ("user_id.csv", format!("user_id,password,username,email\n{ADA},{row}\n"), &[]),
        ("pk.csv", format!("pk,password,username,email\n{ADA},{row}\n"), &[]),
        ("id.csv", format!("ID,password,username,email\n{ADA},{row}\n"), &[]),
        ("named.csv", format!("password,username,email,public\n{row},{ADA}\n"), &["--uuid-column", "public"]),
        (
            "both.csv",
            format!("id,password,username,email,public\n7,{row},{ADA}\n"),
            &["--uuid-column", "PUBLIC"],
        ),
        (
            "pk.json",
            json!([person("people.user", json!(ADA), "ada@example.org", json!({}))]).to_string(),
            &[],
        ),
        (
            "field.json",
            json!([person("people.user", Value::Null, "ada@example.org", json!({"uuid": ADA}))]).to_string(),
            &[],
        ),
        (
            "named.jsonl",
            person("people.user", json!(7), "ada@example.org", json!({"public": ADA, "token": BOB}))
                .to_string(),
            &["--uuid-column", "public"],
        ),
    ] {
        let app = TestApp::start().await;
        let ended = import(&app, &written(&folder, name, &text), more);
        assert_eq!(ended.code, 0, "{name}: {ended:?}");
        assert_eq!(uuids(&app), [ADA], "{name}: {ended:?}");
        assert_eq!(ended.out.contains("stay there: token."), name == "named.jsonl", "{name}: {ended:?}");
    }
}

/// A token or an activation key may be a UUID too, and must not become an id.
#[tokio::test]
async fn a_uuid_that_would_be_lost_for_good_is_asked_for_and_never_guessed() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let natural = json!([person("people.user", Value::Null, "ada@example.org", json!({}))]).to_string();
    let natural = written(&folder, "natural.json", &natural);
    for more in [&[][..], &["--dry-run"]] {
        assert_asks(&app, &import(&app, &natural, more), 2, &["--natural-primary", "--ignore-uuids"]);
    }
    let other =
        written(&folder, "other.csv", &format!("password,email,api_token\n!,ada@example.org,{ADA}\n"));
    assert_asks(
        &app,
        &import(&app, &other, &[]),
        2,
        &["UUIDs in api_token", "--uuid-column", "--ignore-uuids"],
    );
    let two =
        written(&folder, "two.csv", &format!("password,email,uuid,guid\n!,ada@example.org,{ADA},{BOB}\n"));
    assert_asks(&app, &import(&app, &two, &[]), 2, &["UUIDs in guid, uuid"]);
    let wrong = import(&app, &two, &["--uuid-column", "email"]);
    assert_asks(&app, &wrong, 2, &["--uuid-column: nobody has a UUID in the column email"]);
    // If the primary key is something else, services may know people by that UUID.
    let number = json!([person("auth.user", json!(7), "bob@example.org", json!({"token": BOB}))]).to_string();
    let told = import(&app, &written(&folder, "number.json", &number), &[]);
    assert!(told.code == 0 && told.out.contains("Beware: 1 of the people get UUIDs"), "{told:?}");
    assert!(told.out.contains("others in token: --uuid-column"), "{told:?}");
    let taken = import(&app, &natural, &["--ignore-uuids"]);
    assert!(taken.code == 0 && taken.out.contains("1 created"), "{taken:?}");
    assert!(uuids(&app).iter().all(|uuid| uuid != ADA && uuid != BOB));
}

/// MySQL's zero dates, PostgreSQL's infinities, and other values without a meaning.
#[tokio::test]
async fn a_date_that_cannot_be_kept_keeps_nobody_out() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let dates = [
        json!("0000-00-00 00:00:00"),
        json!("0000-00-00"),
        json!("0001-01-01T00:00:00Z"),
        json!("1900-01-01 00:00:00"),
        json!("-infinity"),
        json!("infinity"),
        json!("yesterday"),
        json!(0),
        json!(1_700_000_000),
        json!(["2024-01-01"]),
    ];
    let people: Vec<Value> = dates
        .iter()
        .enumerate()
        .map(|(n, date)| {
            let more = json!({"date_joined": date, "last_login": date, "first_name": 7});
            person("auth.user", json!(n), &format!("p{n}@example.org"), more)
        })
        .collect();
    let ended = import(&app, &written(&folder, "dates.json", &Value::from(people).to_string()), &[]);
    assert!(ended.code == 0 && ended.out.contains(&format!("{} created", dates.len())), "{ended:?}");
    assert_eq!(ended.out.matches("date_joined is no date").count(), dates.len(), "{ended:?}");
    assert_eq!(ended.out.matches("last_login is no date").count(), dates.len(), "{ended:?}");
}

/// A person without a date does not count as the most recent.
#[tokio::test]
async fn somebody_without_a_date_is_not_the_newest() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let dated = json!({"date_joined": "2024-01-01T00:00:00Z", "first_name": "Ada"});
    let undated = json!({"date_joined": "0000-00-00", "first_name": "Eve"});
    for (name, more) in [("dated.json", dated), ("undated.json", undated)] {
        let text = json!([person("auth.user", json!(1), "ada@example.org", more)]).to_string();
        import(&app, &written(&folder, name, &text), &["--on-conflict", "newest"]);
    }
    assert!(export(&app, &[]).contains("\"first_name\":\"Ada\""));
}

#[tokio::test]
async fn one_name_for_all_is_a_name_and_what_stays_behind_is_told() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let people = json!([
        person(
            "people.user",
            json!(1),
            "ada@example.org",
            json!({"name": "Ada King, Countess of Lovelace", "phone": "1"})
        ),
        person(
            "people.user",
            json!(2),
            "bob@example.org",
            json!({"name": "Bobby", "first_name": "Bob", "avatar": null})
        ),
        person("people.user", json!(3), "eve@example.org", json!({"name": ""})),
    ]);
    let ended = import(&app, &written(&folder, "names.json", &people.to_string()), &[]);
    assert!(ended.code == 0 && ended.out.contains("3 created"), "{ended:?}");
    assert!(
        ended.out.contains("Columns that mean nothing here, and stay there: avatar, phone."),
        "groups are in the guide: {ended:?}"
    );
    let all: Value = serde_json::from_str(&export(&app, &[])).unwrap();
    let names: Vec<&str> =
        all.as_array().unwrap().iter().map(|one| one["fields"]["first_name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Ada King, Countess of Lovelace", "Bob", ""]);
}

/// `dumpdata` writes one line unless `--indent` is given.
#[tokio::test]
async fn in_a_dump_of_one_line_people_are_told_apart_by_their_row() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let people: Vec<Value> = (1..4).map(|n| person("auth.user", json!(n), "nobody", json!({}))).collect();
    let one_line = Value::from(people.clone()).to_string();
    let indented = serde_json::to_string_pretty(&people).unwrap();
    let lines = people.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    for (name, text, places) in [
        ("one.json", one_line, ["row 1: ", "row 2: ", "row 3: "]),
        ("many.json", indented, ["line 11: ", "line 21: ", "line 31: "]),
        ("lines.jsonl", lines, ["line 1: ", "line 2: ", "line 3: "]),
    ] {
        let ended = import(&app, &written(&folder, name, &text), &["--dry-run"]);
        let told: Vec<&str> = ended.out.lines().filter(|line| line.contains("nobody")).collect();
        assert_eq!(told.len(), 3, "{ended:?}");
        for (line, place) in told.iter().zip(places) {
            assert!(line.starts_with(place), "{name}: {place}: {ended:?}");
        }
    }
}

/// The table of a project whose users have a UUID as their key, on this database.
#[tokio::test]
async fn the_primary_key_of_a_live_table_counts_whatever_it_is_called() {
    let app = TestApp::start().await;
    let kind = if app.database.is_postgres() { "uuid" } else { "char(32)" };
    let value = if app.database.is_postgres() { ADA.to_owned() } else { ADA.replace('-', "") };
    app.sql(move |conn| {
        use diesel::connection::SimpleConnection;
        conn.batch_execute(&format!(
            "CREATE TABLE people_user (reference {kind} PRIMARY KEY, id integer, username varchar(150), email varchar(254), \
             password varchar(128), name varchar(150), phone varchar(20));
             INSERT INTO people_user VALUES ('{value}', 7, 'ada', 'ada@example.org', '!', 'Ada L', '1');
             CREATE TABLE people_member (id integer PRIMARY KEY, email varchar(254), password varchar(128), token {kind});
             INSERT INTO people_member VALUES (7, 'bob@example.org', '!', '{value}');
             CREATE TABLE shop_user (email varchar(254) PRIMARY KEY, password varchar(128));
             INSERT INTO shop_user VALUES ('eve@example.org', '!');
             CREATE TABLE empty_user (id integer PRIMARY KEY, email varchar(254), password varchar(128));"
        ))
    })
    .await;
    let url = app.database.url.clone();
    let missing = import(&app, &url, &[]);
    missing.assert_says(1, "the source has no table auth_user; --table names another");
    assert!(missing.err.contains("people_member, people_user, shop_user"), "{missing:?}");
    let empty = import(&app, &url, &["--table", "empty_user"]);
    empty.assert_says(1, "the source's table empty_user holds nobody; --table names another");
    let ended = import(&app, &url, &["--table", "people_user"]);
    assert!(ended.code == 0 && ended.out.contains("1 created"), "{ended:?}");
    assert!(ended.out.contains("stay there: phone."), "{ended:?}");
    assert_eq!(uuids(&app), [ADA]);
    assert!(export(&app, &[]).contains("\"first_name\":\"Ada L\""));
    let by_address = import(&app, &url, &["--table", "shop_user", "--dry-run"]);
    assert!(by_address.code == 0 && by_address.out.contains("It would be: 1 created"), "{by_address:?}");
    let told = import(&app, &url, &["--table", "people_member"]);
    assert!(told.code == 0 && told.out.contains("others in token: --uuid-column"), "{told:?}");
}

#[tokio::test]
async fn what_is_neither_json_nor_values_is_called_by_its_name() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    for (name, text, words) in [
        (
            "users.xml",
            "<?xml version=\"1.0\"?>\n<django-objects/>",
            "is XML: write it by `manage.py dumpdata",
        ),
        ("users.yaml", "- model: auth.user\n  pk: 1\n", "is YAML: write it by"),
        ("shop.zip", "PK\u{3}\u{4}", "is compressed: write it by"),
        ("db.sqlite3", "SQLite format 3\0", "is a SQLite database, which is read as sqlite:<path>"),
    ] {
        let ended = import(&app, &written(&folder, name, text), &[]);
        assert!(matches!(ended.code, 1 | 2) && ended.err.contains(words), "{name}: {ended:?}");
    }
    let ended = import(&app, "mysql://root:hunter2@db/shop", &[]);
    assert!(ended.code == 2 && ended.err.contains("no database that can be read"), "{ended:?}");
    assert!(!ended.err.contains("hunter2"), "{ended:?}");
}

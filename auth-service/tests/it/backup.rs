//! `auth-service backup`, and `pg_dump` as in docs/operations.md: they contain accounts, but no
//! sessions.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use auth_service::db::schema::{audit_events, sessions, users};
use auth_service::db::{Database, DatabaseError};
use auth_service::keyring::SigningKey;
use auth_service::sessions::Session;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use serde_json::json;
use tokio::task::JoinSet;

use super::commands::{Ended, Program, Serving, folder};
use crate::support::{ACCESS, AUTH_HOST, PASSWORD, TestApp, Tweaks, claims, header, kids};

#[track_caller]
fn done(ended: Ended) -> String {
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    ended.out
}

/// B1: neither a session that was ended since, nor one that was not.
#[tokio::test]
async fn a_restored_backup_knows_people_and_none_of_their_logins() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    app.user_with("bob@example.org", PASSWORD, |new| new.is_staff = true).await;
    let add = Program::new(&["users", "roles", "add", "ada@example.org", "shop:editor"]);
    done(add.set("DATABASE_URL", &app.database.url).run());
    let (ended, open) = (app.person(), app.person());
    let ended_token = ended.obtain("ada@example.org", PASSWORD).await.1;
    let open_token = open.obtain("bob@example.org", PASSWORD).await.1;
    let keys = kids(&app.jwks().await);

    let saved = app.database.back_up();
    assert_eq!(ended.blacklist(&ended_token).await.status, 200);
    assert_eq!(open.refresh(&open_token).await.status, 200, "a backup disturbs nobody");
    app.user("carol@example.org", PASSWORD).await;

    let restored = TestApp::start_on(Arc::new(saved.restore()), app.clock.clone(), Tweaks::default()).await;
    for token in [&ended_token, &open_token] {
        restored.person().refresh(token).await.assert_problem(401, "token_not_valid");
    }
    let rows =
        restored.sql(|conn| users::table.select(users::email).order(users::email).load::<String>(conn));
    assert_eq!(rows.await, ["ada@example.org", "bob@example.org"]);
    let known = restored.events("login").await;
    assert_eq!(known.len(), 2, "the audit trail comes along");
    let reply = restored.person().log_in("ada@example.org", PASSWORD).await;
    let token = reply.cookie(ACCESS).unwrap().value;
    assert_eq!(claims(&token)["roles"], json!(["shop:editor"]));
    let jwks = restored.jwks().await;
    assert!(restored.judge_by(&token, &jwks).is_ok());
    let fresh = kids(&jwks);
    assert!(fresh.contains(&header(&token).0) && keys.iter().all(|key| !fresh.contains(key)));
    let bob = restored.person().obtain("bob@example.org", PASSWORD).await;
    assert_eq!(claims(&bob.0)["user_is_staff"], true);
}

/// B1: a thief who has the backup and `SECRET_KEY` can neither log in nor sign.
#[tokio::test]
async fn nothing_of_a_login_or_a_key_is_anywhere_in_the_backup() {
    let app = TestApp::start().await;
    app.token().await;
    let revoked = app.kid(auth_service::keyring::State::Active).await;
    let revoke = Program::new(&["keys", "revoke", &revoked]);
    done(revoke.set("DATABASE_URL", &app.database.url).run());
    app.wait(Duration::from_secs(2));
    app.token().await;
    let seeds = app.sql(|conn| sessions::table.select(sessions::seed).load::<Vec<u8>>(conn)).await;
    let sealed = app.sql(|conn| {
        use auth_service::db::schema::signing_keys;
        signing_keys::table.select(signing_keys::sealed_private_key).load::<Vec<u8>>(conn)
    });
    let secrets: Vec<Vec<u8>> = seeds.into_iter().chain(sealed.await).filter(|s| !s.is_empty()).collect();
    assert!(secrets.len() >= 4, "two logins and two keys");

    let saved = app.database.back_up();
    let bytes = saved.contents();
    for secret in &secrets {
        // A dump has bytes in hexadecimal.
        let spelt = if app.database.is_postgres() { hex(secret).into_bytes() } else { secret.clone() };
        assert!(!bytes.windows(spelt.len()).any(|window| window == spelt));
    }
    assert!(bytes.windows(16).any(|window| window == b"keys@example.org"), "the test would find them");
    if !app.database.is_postgres() {
        let beside = std::fs::read_dir(saved.path().parent().unwrap()).unwrap().count();
        assert_eq!(beside, 1, "no journal and no unfinished file");
        assert_eq!(saved.path().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let restored = saved.restore();
        let keys = restored
            .connect()
            .run_blocking(|conn| SigningKey::all(conn).map_err(DatabaseError::from))
            .unwrap();
        assert_eq!(keys.len(), 1, "that a key is revoked is remembered");
        assert_eq!(keys[0].kid, revoked);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A backup of a busy database is consistent: each account comes with the event of its creation.
#[tokio::test]
async fn a_backup_of_a_busy_service_is_consistent() {
    let app = Arc::new(TestApp::start().await);
    app.user("ada@example.org", PASSWORD).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut load = JoinSet::new();
    for writer in 0..3 {
        let (app, stop) = (app.clone(), stop.clone());
        load.spawn(async move {
            for n in 0.. {
                if stop.load(Ordering::SeqCst) {
                    return n;
                }
                app.user(&format!("w{writer}-{n}@example.org"), PASSWORD).await;
                let program = app.person();
                let (_, token) = program.obtain("ada@example.org", PASSWORD).await;
                let renewed = program.refresh(&token).await;
                assert_eq!(renewed.status, 200, "{}", renewed.text);
            }
            0
        });
    }
    let mut before = 0;
    for round in 0..4 {
        // Writes since the last copy, and during this one.
        while counts(&app.db()).0 < before + 10 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let database = app.database.clone();
        let copy = tokio::task::spawn_blocking(move || database.back_up().restore()).await.unwrap();
        let (accounts, registrations) = counts(&copy.connect());
        assert_eq!(accounts, registrations, "round {round}");
        assert!(accounts >= before + 10, "round {round}");
        assert_sound(&copy.connect());
        before = accounts;
    }
    stop.store(true, Ordering::SeqCst);
    let _: Vec<u64> = load.join_all().await;
}

fn counts(db: &Database) -> (i64, i64) {
    db.run_blocking(|conn| {
        let registered = audit_events::table.filter(audit_events::event.eq("registered")).count();
        Ok::<_, DatabaseError>((users::table.count().get_result(conn)?, registered.get_result(conn)?))
    })
    .unwrap()
}

/// B1: every table is decided about: whether a thief of a backup, or an old backup, may have its
/// rows.
#[test]
fn of_every_table_it_is_decided_whether_a_backup_holds_it() {
    #[derive(diesel::QueryableByName)]
    struct Table {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
    }
    // `write_probes` has one row of zeros.
    const HELD: [&str; 4] = ["__diesel_schema_migrations", "audit_events", "users", "write_probes"];
    // Tables here are left out by `backup` and by the `pg_dump` of docs/operations.md, and emptied
    // by `after-restore`.
    const LEFT_OUT: [&str; 4] = ["deliveries", "proofs", "sessions", "signing_keys"];
    let (_folder, url) = folder();
    assert_eq!(Program::new(&["migrate"]).set("DATABASE_URL", &url).run().code, 0);
    let db = Database::connect(&auth_service::db::DatabaseUrl::parse(&url).unwrap(), 1).unwrap();
    let tables = db.run_blocking(|conn| {
        Ok::<_, DatabaseError>(match conn {
            auth_service::db::AnyConnection::Sqlite(conn) => {
                diesel::sql_query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
                    .load::<Table>(conn)?
            }
            #[cfg(feature = "postgres")]
            auth_service::db::AnyConnection::Postgres(_) => panic!("a file is no server"),
        })
    });
    let names: Vec<String> = tables.unwrap().into_iter().map(|table| table.name).collect();
    let mut decided = [&HELD[..], &LEFT_OUT].concat();
    decided.sort_unstable();
    assert_eq!(names, decided);
}

/// SQLite's own check of the file.
fn assert_sound(db: &Database) {
    #[derive(diesel::QueryableByName)]
    struct Verdict {
        #[diesel(sql_type = diesel::sql_types::Text)]
        integrity_check: String,
    }
    let verdicts = db.run_blocking(|conn| {
        Ok::<_, DatabaseError>(match conn {
            auth_service::db::AnyConnection::Sqlite(conn) => {
                diesel::sql_query("PRAGMA integrity_check").load::<Verdict>(conn)?
            }
            #[cfg(feature = "postgres")]
            auth_service::db::AnyConnection::Postgres(_) => Vec::new(),
        })
    });
    assert!(verdicts.unwrap().iter().all(|verdict| verdict.integrity_check == "ok"));
}

/// B1: the steps of docs/operations.md, after a service was killed and left its log beside the
/// file.
#[test]
fn the_documented_steps_restore_a_service_that_was_killed() {
    let (folder, url) = folder();
    let file = folder.path().join("auth.db");
    let copy = folder.path().join("copy.db");
    let create = Program::new(&["users", "create", "ada@example.org", "--password-stdin"]);
    assert_eq!(Program::new(&["migrate"]).set("DATABASE_URL", &url).run().code, 0);
    assert_eq!(create.set("DATABASE_URL", &url).run_with(PASSWORD).code, 0);
    let serve = || Serving::start(Program::new(&[]).set_all(&url).set("BCRYPT_COST", "10"));
    let login = json!({"email": "ada@example.org", "password": PASSWORD});
    let service = serve();
    let (status, tokens) = post(&service, "/api/token/", &login);
    assert_eq!(status, 200, "{tokens}");
    let said = done(Program::new(&["backup", copy.to_str().unwrap()]).set("DATABASE_URL", &url).run());
    assert!(said.contains("Left out: 1 session(s), 2 signing key(s), 0 letter(s)"), "{said}");
    let refresh = json!({"refresh": tokens["refresh"]});
    assert_eq!(post(&service, "/api/token/blacklist/", &refresh).0, 200);
    drop(service);

    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.path().join(format!("auth.db{end}")));
    }
    std::fs::copy(&copy, &file).unwrap();
    let again = done(Program::new(&["after-restore"]).set("DATABASE_URL", &url).run());
    assert!(again.starts_with("0 session(s) ended and 0 signing key(s) revoked."), "{again}");
    let service = serve();
    assert_eq!(post(&service, "/api/token/refresh/", &refresh).0, 401);
    assert_eq!(post(&service, "/api/token/", &login).0, 200);
}

fn post(service: &Serving, path: &str, document: &serde_json::Value) -> (u16, serde_json::Value) {
    let body = document.to_string();
    let mut stream = TcpStream::connect(service.address).unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nHost: {AUTH_HOST}\r\nContent-Type: application/json\r\n");
    let length = body.len();
    write!(stream, "{head}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

#[tokio::test]
async fn what_cannot_be_done_is_told_in_one_line_and_leaves_nothing_behind() {
    let (folder, url) = folder();
    let place = |name: &str| folder.path().join(name).display().to_string();
    let back_up = |url: &str, file: &str| Program::new(&["backup", file]).set("DATABASE_URL", url).run();
    back_up(&url, &place("copy.db")).assert_says(1, "there is no database yet at sqlite:");
    assert_eq!(Program::new(&["migrate"]).set("DATABASE_URL", &url).run().code, 0);
    std::fs::write(place("taken"), "precious").unwrap();
    let taken = place("taken");
    back_up(&url, &taken).assert_says(1, &format!("{taken} is there already; name a file that is not"));
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "precious");
    back_up(&url, &place("auth.db")).assert_says(1, &format!("{} is there already", place("auth.db")));
    back_up(&url, &place("no/copy.db"))
        .assert_says(1, &format!("{} cannot be written: ", place("no/copy.db")));
    std::fs::write(place("other.db"), "this is no database, but a text that is long enough").unwrap();
    back_up(&format!("sqlite:{}", place("other.db")), &place("copy.db")).assert_says(3, "DATABASE_URL: ");
    let unfinished = std::fs::read_dir(folder.path()).unwrap().flatten();
    let left: Vec<_> = unfinished.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert!(left.iter().all(|name| !name.contains("backup") && name != "copy.db"), "{left:?}");
    assert_eq!(Program::new(&["backup"]).set("DATABASE_URL", &url).run().code, 2);
    #[cfg(feature = "postgres")]
    back_up("postgres://auth@127.0.0.1:1/auth", &place("copy.db"))
        .assert_says(2, "backup is for SQLite; for PostgreSQL: pg_dump --exclude-table-data=sessions");
}

/// Backups are made before upgrades. So the command does not change the schema, and the previous
/// release can use the copy.
#[tokio::test]
async fn a_backup_does_not_migrate() {
    let (folder, url) = folder();
    assert_eq!(Program::new(&["migrate"]).set("DATABASE_URL", &url).run().code, 0);
    let forget =
        "DELETE FROM __diesel_schema_migrations WHERE version IN ('0007', '0012'); ALTER TABLE users DROP COLUMN roles;
         DROP TABLE proofs; DROP TABLE deliveries;";
    let db = |url: &str| Database::connect(&auth_service::db::DatabaseUrl::parse(url).unwrap(), 1).unwrap();
    let run = |conn: &mut auth_service::db::AnyConnection| {
        diesel::connection::SimpleConnection::batch_execute(conn, forget).map_err(DatabaseError::from)
    };
    db(&url).run_blocking(run).unwrap();
    let copy = folder.path().join("copy.db").display().to_string();
    done(Program::new(&["backup", &copy]).set("DATABASE_URL", &url).run());
    for url in [url, format!("sqlite:{copy}")] {
        let is_pending = db(&url).run_blocking(|conn| {
            auth_service::db::migrate::is_pending(conn).map_err(DatabaseError::Migration)
        });
        assert!(is_pending.unwrap(), "{url}");
    }
    let sessions = db(&format!("sqlite:{copy}"))
        .run_blocking(|conn| Session::remove_all(conn).map_err(DatabaseError::from));
    assert_eq!(sessions.unwrap(), 0);
}

/// B1: the copy is as large as the database, and none of it is held in memory.
#[test]
fn a_backup_takes_little_memory_however_large_the_database_is() {
    let (folder, url) = folder();
    done(Program::new(&["migrate"]).set("DATABASE_URL", &url).run());
    let create = Program::new(&["users", "create", "ada@example.org", "--password-stdin"]);
    done(create.set("DATABASE_URL", &url).set("BCRYPT_COST", "10").run_with(PASSWORD));
    let at = |name: &str| folder.path().join(name);
    // 96 MB of sessions, which are left out, and of events, which are not.
    let fill = "
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 48)
        INSERT INTO audit_events (id, at, event, actor, detail)
        SELECT printf('%036d', i), '2026-01-01T00:00:00.000000Z', 'login', 'person', hex(randomblob(524288)) FROM n;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 48)
        INSERT INTO sessions (id, user_id, seed, generation, amr, began_at, rotated_at, idle_until, expires_at)
        SELECT printf('%036d', i), (SELECT id FROM users), randomblob(1048576), 1, 'pwd', '2026-01-01T00:00:00.000000Z',
            '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z' FROM n;";
    let database = Database::connect(&auth_service::db::DatabaseUrl::parse(&url).unwrap(), 1).unwrap();
    database
        .run_blocking(|conn| {
            diesel::connection::SimpleConnection::batch_execute(conn, fill).map_err(DatabaseError::from)
        })
        .unwrap();
    drop(database);
    // The limit of memory beyond program and libraries, in KB.
    let line = format!(
        "ulimit -d 32768; exec {} backup {}",
        env!("CARGO_BIN_EXE_auth-service"),
        at("copy.db").display()
    );
    let mut limited = std::process::Command::new("sh");
    let ended = limited.args(["-c", &line]).env_clear().env("DATABASE_URL", &url).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(String::from_utf8_lossy(&ended.stdout).contains("Left out: 48 session(s)"));
    let size = at("copy.db").metadata().unwrap().len();
    assert!((40 << 20..80 << 20).contains(&size), "{size} bytes, without the sessions");
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".auth-service-backup")), "{left:?}");
}

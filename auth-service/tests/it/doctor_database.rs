//! `auth-service doctor` on a database that seems healthy and is not.

use std::fs;
use std::path::Path;
use std::process::Command;

use auth_service::db::{AnyConnection, DatabaseError};
use diesel::connection::SimpleConnection;

use super::commands::{Program, folder};
use crate::support::{Diagnosis, PASSWORD, TestDatabase};

fn doctor(url: &str) -> Program {
    let doctor = Program::new(&["doctor", "--json"]).set_all(url);
    // No server listens there, because these tests are about the database.
    doctor.set("AUTH_URL", "http://auth.sso.localhost:1").set("COOKIE_DOMAIN", "sso.localhost")
}

fn migrated(url: &str) {
    let create = Program::new(&["users", "create", "ada@example.org", "--password-stdin"]);
    assert_eq!(create.set("DATABASE_URL", url).run_with(PASSWORD).code, 0);
}

/// Asserts that this is the only fault found, and that the finding contains `says`.
#[track_caller]
fn assert_found(diagnosis: &Diagnosis, id: &str, says: &str) {
    let wrong: Vec<_> =
        diagnosis.ids("error").into_iter().filter(|id| *id != "auth-service-unreachable").collect();
    assert_eq!(wrong, [id], "{:#}", diagnosis.report);
    let findings = diagnosis.report["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["id"] == id).unwrap();
    let text = ["what", "why", "advice"].map(|part| finding[part].as_str().unwrap()).join(" ");
    assert!(text.contains(says), "{text}");
    // With one damaged page, the others can still be written.
    assert!(id == "database-corrupt" || !diagnosis.ids("ok").contains(&"database"), "{:#}", diagnosis.report);
}

/// Z29: the check writes to a healthy database, and leaves only a row of zeros.
#[tokio::test]
async fn a_healthy_database_was_written_to() {
    let database = TestDatabase::create();
    migrated(&database.url);
    let diagnosis = doctor(&database.url).examine().await;
    assert!(diagnosis.ids("ok").contains(&"database"), "{:#}", diagnosis.report);
    assert_eq!(diagnosis.ids("ok").contains(&"database-whole"), !database.is_postgres());
    assert!(diagnosis.ended.out.contains("was written to"));
}

/// Z29: no file of the process may grow.
#[tokio::test]
async fn a_disk_without_room() {
    let (_folder, url) = folder();
    migrated(&url);
    let of = doctor(&url);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""])
        .arg(of.0.get_program())
        .args(of.0.get_args());
    shell.env_clear().envs(of.0.get_envs().filter_map(|(name, value)| Some((name, value?))));
    assert_found(&Program(shell).examine().await, "database-not-writable", "Make room");
}

/// Z29: as another user if the tests run as root, otherwise with a file that its owner may not
/// write.
#[tokio::test]
async fn a_file_of_somebody_else() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, url) = folder();
    migrated(&url);
    let file = folder.path().join("auth.db");
    let permit = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    permit(folder.path(), 0o755);
    permit(&file, 0o444);
    let is_root = fs::metadata(&file).unwrap().permissions().mode() & 0o777 == 0o444
        && fs::File::options().append(true).open(&file).is_ok();
    if is_root {
        // Without the capabilities that let root write everywhere.
        let of = doctor(&url);
        let mut bounded = Command::new("setpriv");
        bounded.args(["--bounding-set=-all", "--inh-caps=-all", "--reuid=65534"]);
        let program = folder.path().join("auth-service");
        // Not by this process: a test that forks at that moment would hold the file open for
        // writing, and nobody can run such a file.
        assert!(Command::new("cp").arg(of.0.get_program()).arg(&program).status().unwrap().success());
        permit(&program, 0o755);
        bounded.arg(&program).args(of.0.get_args());
        bounded.env_clear().envs(of.0.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let diagnosis = Program(bounded).examine().await;
        let wrong = diagnosis.ids("error");
        assert!(wrong.contains(&"database-not-writable"), "{:#}", diagnosis.report);
        assert!(diagnosis.ended.out.contains("this is the user 65534"), "{:#}", diagnosis.report);
    } else {
        let diagnosis = doctor(&url).examine().await;
        assert!(diagnosis.ids("error").contains(&"database-not-writable"), "{:#}", diagnosis.report);
    }
}

/// Z29
#[tokio::test]
async fn a_file_that_is_damaged() {
    let (folder, url) = folder();
    let file = folder.path().join("auth.db");
    migrated(&url);
    let whole = fs::read(&file).unwrap();
    // Damage in a page in the middle, half of the file missing, and another kind of file.
    let mut page = whole.clone();
    let middle = whole.len() / 4096 / 2 * 4096;
    page[middle..middle + 4096].fill(0xa5);
    for (damaged, says) in [
        (page, "restore a backup"),
        (whole[..whole.len() / 2 / 4096 * 4096].to_vec(), "restore a backup"),
        (b"This is no database, but a text of somebody's. ".repeat(400), "not a database"),
    ] {
        fs::write(&file, damaged).unwrap();
        assert_found(&doctor(&url).examine().await, "database-corrupt", says);
    }
}

/// Z29, Z26
#[tokio::test]
async fn a_file_that_was_there_once() {
    let (folder, url) = folder();
    migrated(&url);
    let file = folder.path().join("auth.db");
    fs::remove_file(&file).unwrap();
    assert_found(&doctor(&url).examine().await, "database-file-lost", "auth.db-install");
    fs::write(&file, "").unwrap();
    assert_found(&doctor(&url).examine().await, "database-file-lost", "missing or empty");
}

/// Statements as the superuser of the tests' PostgreSQL.
fn as_superuser(database: &TestDatabase, sql: &str) {
    let run = |conn: &mut AnyConnection| conn.batch_execute(sql).map_err(DatabaseError::from);
    database.connect().run_blocking(run).unwrap();
}

fn name_of(database: &TestDatabase) -> String {
    database.url.rsplit_once('/').unwrap().1.to_owned()
}

/// The URL of the same database for a new role without rights.
fn for_a_new_role(database: &TestDatabase) -> (String, String) {
    let role = format!("r{}", auth_service::random::uuid_v4().simple());
    as_superuser(database, &format!("CREATE ROLE {role} LOGIN"));
    let mut url = url::Url::parse(&database.url).unwrap();
    url.set_username(&role).unwrap();
    (role, url.to_string())
}

/// Z29
#[tokio::test]
async fn a_server_that_takes_nothing() {
    let database = TestDatabase::create();
    if !database.is_postgres() {
        return;
    }
    migrated(&database.url);
    as_superuser(
        &database,
        &format!("ALTER DATABASE {} SET default_transaction_read_only = on", name_of(&database)),
    );
    assert_found(
        &doctor(&database.url).examine().await,
        "database-not-writable",
        "default_transaction_read_only",
    );
}

/// Z29: since PostgreSQL 15 only the owner of `public` can create tables there.
#[tokio::test]
async fn a_role_that_lacks_rights() {
    let database = TestDatabase::empty();
    if !database.is_postgres() {
        return;
    }
    let (role, url) = for_a_new_role(&database);
    as_superuser(&database, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    assert_found(&doctor(&url).examine().await, "database-rights-missing", "no tables in the schema public");
    migrated(&database.url);
    as_superuser(&database, &format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"));
    assert_found(&doctor(&url).examine().await, "database-rights-missing", "users INSERT");
    as_superuser(
        &database,
        &format!("GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"),
    );
    let diagnosis = doctor(&url).examine().await;
    assert!(diagnosis.ids("ok").contains(&"database"), "{:#}", diagnosis.report);
    as_superuser(&database, &format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

/// Z29
#[tokio::test]
async fn a_search_path_that_leads_elsewhere() {
    let database = TestDatabase::empty();
    if !database.is_postgres() {
        return;
    }
    let in_schema = |schema: &str| format!("{}?options=-csearch_path%3D{schema}", database.url);
    assert_found(&doctor(&in_schema("nowhere")).examine().await, "database-no-schema", "search_path");
    migrated(&database.url);
    as_superuser(&database, "CREATE SCHEMA other");
    assert_found(&doctor(&in_schema("other")).examine().await, "database-schema-elsewhere", "schema public");
    let misnamed = doctor(&format!("{}?schema=other", database.url)).examine().await;
    assert!(misnamed.ids("error").contains(&"setting-refused"), "{:#}", misnamed.report);
    assert!(misnamed.ended.out.contains("search_path%3D"), "{:#}", misnamed.report);
}

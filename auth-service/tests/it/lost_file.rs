//! A SQLite file that is missing, replaced or emptied: this is reported, and never served as a new
//! database. Z26.

use std::fs;
use std::path::Path;

use reqwest::StatusCode;

use super::commands::{Ended, Program, Serving, folder};
use crate::support::PASSWORD;

/// A folder with a database in which there is an account.
fn used() -> (tempfile::TempDir, String) {
    let (folder, url) = folder();
    create(&url, "ada@example.org");
    (folder, url)
}

fn create(url: &str, email: &str) {
    let create = Program::new(&["users", "create", email, "--password-stdin"]).set("DATABASE_URL", url);
    assert_eq!(create.run_with(PASSWORD).code, 0);
}

fn start(url: &str) -> Ended {
    Program::new(&[]).set_all(url).run()
}

fn users(url: &str) -> Ended {
    Program::new(&["users", "list"]).set("DATABASE_URL", url).run()
}

/// Z26: no file was created in its place.
#[track_caller]
fn assert_refused(url: &str, file: &Path, says: &str) {
    for ended in [start(url), Program::new(&["migrate"]).set("DATABASE_URL", url).run()] {
        assert_eq!(ended.code, 3, "{ended:?}");
        assert!(ended.err.contains(says), "{ended:?}");
    }
    assert!(fs::metadata(file).map_or(0, |about| about.len()) <= 4096, "an empty one stays as it is");
}

/// Z26
#[test]
fn a_file_that_is_missing_at_the_start_is_told() {
    let (folder, url) = used();
    let (file, elsewhere) = (folder.path().join("auth.db"), folder.path().join("elsewhere.db"));
    fs::rename(&file, &elsewhere).unwrap();
    assert_refused(&url, &file, "auth.db-install says");
    // The commands do not say that there is no database yet.
    let backup = folder.path().join("backup.db");
    for command in [&["users", "list"][..], &["keys", "list"], &["backup", backup.to_str().unwrap()]] {
        let ended = Program::new(command).set("DATABASE_URL", &url).run();
        ended.assert_says(3, "DATABASE_URL: ");
        assert!(ended.err.contains("auth.db-install says"), "{ended:?}");
    }
    assert!(!file.exists());
    fs::rename(&elsewhere, &file).unwrap();
    assert!(users(&url).out.contains("ada@example.org"));
    // Deleted on purpose.
    fs::remove_file(&file).unwrap();
    fs::remove_file(folder.path().join("auth.db-install")).unwrap();
    drop(Serving::start(Program::new(&[]).set_all(&url)));
    assert!(!users(&url).out.contains("ada@example.org"));
}

/// Z26
#[test]
fn a_file_that_is_empty_at_the_start_is_told() {
    let (folder, url) = used();
    let file = folder.path().join("auth.db");
    fs::write(&file, "").unwrap();
    assert_refused(&url, &file, "missing or empty");
    // A database without a table.
    let other = folder.path().join("other.db");
    sqlite(&other, "PRAGMA user_version = 1");
    fs::copy(&other, &file).unwrap();
    assert_refused(&url, &file, "missing or empty");
}

/// Z26: SQLite would delete such a log.
#[test]
fn a_log_without_its_file_is_told_and_kept() {
    let (folder, url) = folder();
    let service = Serving::start(Program::new(&[]).set_all(&url));
    let (file, log) = (folder.path().join("auth.db"), folder.path().join("auth.db-wal"));
    create(&url, "ada@example.org");
    // As after a crash.
    drop(service);
    fs::remove_file(folder.path().join("auth.db-install")).unwrap();
    let kept = folder.path().join("kept.db");
    fs::rename(&file, &kept).unwrap();
    let bytes = fs::metadata(&log).unwrap().len();
    assert!(bytes > 0);
    for make in [false, true] {
        if make {
            fs::write(&file, "").unwrap();
        }
        assert_refused(&url, &file, "auth.db-wal holds what was written");
        assert_eq!(fs::metadata(&log).unwrap().len(), bytes);
    }
    fs::rename(&kept, &file).unwrap();
    assert!(users(&url).out.contains("ada@example.org"));
}

/// Z26: the state that earlier releases left: everything in the log, and a copy made without it.
#[test]
fn a_file_that_was_copied_without_its_log_is_told() {
    let (folder, url) = folder();
    let file = folder.path().join("auth.db");
    sqlite(&file, "PRAGMA journal_mode = WAL");
    assert_refused(&url, &file, "copied without");
}

/// Z26: another installation's database in place of this one's.
#[test]
fn the_database_of_another_installation_is_told_and_a_backup_of_this_one_is_not() {
    let ((folder, url), (other, _)) = (used(), used());
    let (file, backup) = (folder.path().join("auth.db"), folder.path().join("backup.db"));
    let ended = Program::new(&["backup", backup.to_str().unwrap()]).set("DATABASE_URL", &url).run();
    assert_eq!(ended.code, 0, "{ended:?}");
    fs::copy(other.path().join("auth.db"), &file).unwrap();
    let ended = start(&url);
    assert!(ended.code == 3 && ended.err.contains("another installation"), "{ended:?}");
    fs::copy(&backup, &file).unwrap();
    drop(Serving::start(Program::new(&[]).set_all(&url)));
    assert!(users(&url).out.contains("ada@example.org"));
    // At a new path, where there was no database before.
    let (new, new_url) = super::commands::folder();
    fs::copy(&backup, new.path().join("auth.db")).unwrap();
    drop(Serving::start(Program::new(&[]).set_all(&new_url)));
    assert!(users(&new_url).out.contains("ada@example.org"));
}

/// Z26: a first start works: in an empty folder, on an empty file, through a link, after `migrate`.
#[test]
fn a_first_start_just_works() {
    let (nothing, url) = folder();
    drop(Serving::start(Program::new(&[]).set_all(&url)));
    assert!(nothing.path().join("auth.db-install").exists());
    let (touched, url) = folder();
    fs::write(touched.path().join("auth.db"), "").unwrap();
    drop(Serving::start(Program::new(&[]).set_all(&url)));
    let (linked, url) = folder();
    std::os::unix::fs::symlink("real.db", linked.path().join("auth.db")).unwrap();
    drop(Serving::start(Program::new(&[]).set_all(&url)));
    assert!(linked.path().join("real.db-install").exists() && linked.path().join("real.db").exists());
    drop(Serving::start(Program::new(&[]).set_all(&url)));
    let (_migrated, url) = folder();
    for _ in 0..2 {
        assert_eq!(Program::new(&["migrate"]).set("DATABASE_URL", &url).run().code, 0);
    }
    drop(Serving::start(Program::new(&[]).set_all(&url)));
}

/// Z26: while it runs, requests get `503` at once, the log says why, and the same file may come
/// back.
#[test]
fn a_file_that_goes_while_the_service_runs_is_told() {
    type Harm = fn(&Path, &Path);
    let away: Harm = |file, kept| fs::rename(file, kept).unwrap();
    let back: Harm = |file, kept| fs::rename(kept, file).unwrap();
    let none: Harm = |_, _| {};
    let replace: Harm = |file, kept| {
        fs::copy(file, kept).unwrap();
        fs::rename(kept, file).unwrap();
    };
    let empty: Harm = |file, _| fs::write(file, "").unwrap();
    for (what, harm, heal, says) in [
        ("deleted", away, Some(back), "was deleted or moved"),
        ("replaced", replace, None, "was replaced by another file"),
        ("emptied", empty, Some(none), "was emptied"),
    ] {
        let (folder, url) = used();
        let mut service = Serving::start(Program::new(&[]).set_all(&url));
        let status = |service: &Serving, path: &str| {
            let answer = service.get(path);
            answer.split(' ').nth(1).unwrap().parse::<u16>().unwrap()
        };
        assert_eq!(status(&service, "/readyz"), 200);
        let (file, kept) = (folder.path().join("auth.db"), folder.path().join("kept.db"));
        harm(&file, &kept);
        assert_eq!(status(&service, "/readyz"), StatusCode::SERVICE_UNAVAILABLE.as_u16(), "{what}");
        assert_eq!(status(&service, "/healthz"), 200, "{what}");
        service.wait_for_line(says);
        if what == "deleted" {
            assert!(!file.exists(), "none was made in its place");
            heal.unwrap()(&file, &kept);
            assert_eq!(status(&service, "/readyz"), 200);
        }
    }
}

fn sqlite(file: &Path, sql: &str) {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    conn.batch_execute(sql).unwrap();
    conn.batch_execute("VACUUM").unwrap();
}

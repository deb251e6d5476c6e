//! `auth-service doctor` on settings, secrets and the database.

use diesel::RunQueryDsl;

use super::commands::{Program, folder};
use crate::support::Deployment;

const OTHER_SECRET: &str = "Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E";

#[tokio::test]
async fn a_cookie_domain_that_is_a_public_suffix() {
    for (suffix, host) in [("co.uk", "https://auth.co.uk"), ("duckdns.org", "https://auth.duckdns.org")] {
        let deployment = Deployment::healthy().await;
        let doctor = deployment.doctor().set("COOKIE_DOMAIN", suffix).set("AUTH_URL", host);
        let diagnosis = doctor.examine().await;
        diagnosis.assert_wrong(&["cookie-domain-is-public-suffix"]);
        // Independent checks still run, and the others are reported as skipped.
        assert!(diagnosis.ids("ok").contains(&"keys") && diagnosis.ids("note").contains(&"not-examined"));
    }
}

#[tokio::test]
async fn insecure_cookies_over_https() {
    let deployment = Deployment::healthy().await;
    let doctor = deployment.doctor_for(&[]).set("COOKIE_SECURE", "false");
    // No server listens there. The setting is refused without a request.
    let doctor = doctor.set("AUTH_URL", "https://auth.sso.localhost:1");
    doctor.examine().await.assert_wrong(&["setting-refused", "auth-service-unreachable"]);
}

#[tokio::test]
async fn several_settings_are_refused_at_once_and_never_shown() {
    let deployment = Deployment::healthy().await;
    let doctor = deployment.doctor().set("BCRYPT_COST", "hunter2").set("SECRET_KEY", "hunter2");
    let diagnosis = doctor.set("LOG_FORMAT", "hunter2").examine().await;
    diagnosis.assert_wrong(&["setting-refused", "setting-refused", "setting-refused"]);
    for setting in ["BCRYPT_COST", "SECRET_KEY", "LOG_FORMAT"] {
        assert!(diagnosis.ended.out.contains(&format!("\"{setting} ")), "{setting}: {:?}", diagnosis.ended);
    }
}

/// Without any settings, each missing one is named.
#[tokio::test]
async fn without_settings_it_says_which_are_missing() {
    let diagnosis = Program::new(&["doctor", "--json"]).examine().await;
    for setting in ["AUTH_URL", "COOKIE_DOMAIN", "SECRET_KEY", "DATABASE_URL"] {
        assert!(diagnosis.ended.out.contains(&format!("{setting} is not set")), "{:#}", diagnosis.report);
    }
    assert_eq!(diagnosis.ended.code, 1);
}

#[tokio::test]
async fn another_secret_than_the_databases() {
    let deployment = Deployment::healthy().await;
    let diagnosis = deployment.doctor().set("SECRET_KEY", OTHER_SECRET).examine().await;
    diagnosis.assert_wrong(&["secret-key-does-not-fit"]);
    assert!(!diagnosis.ended.out.contains(OTHER_SECRET));
}

#[tokio::test]
async fn a_secret_that_was_changed_and_an_old_one_that_is_left() {
    let deployment = Deployment::healthy().await;
    let doctor = deployment.doctor().set("SECRET_KEY", OTHER_SECRET);
    let diagnosis = doctor.set("SECRET_KEY_PREVIOUS", super::commands::SECRET).examine().await;
    assert!(
        diagnosis.ids("error").is_empty() && diagnosis.ids("warning").is_empty(),
        "{:#}",
        diagnosis.report
    );
    for id in ["previous-secret-left", "keys-sealed-by-previous-secret"] {
        assert!(diagnosis.ids("note").contains(&id), "{id}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_secrets_file_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let deployment = Deployment::healthy().await;
    let (folder, _) = folder();
    let file = folder.path().join("secret");
    std::fs::write(&file, super::commands::SECRET).unwrap();
    for (mode, found) in [
        (0o644, Some("secret-file-world-readable")),
        (0o640, Some("secret-file-group-readable")),
        (0o600, None),
    ] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let doctor = deployment.doctor().unset("SECRET_KEY").set("SECRET_KEY_FILE", file.to_str().unwrap());
        let diagnosis = doctor.examine().await;
        match found {
            Some(id) => diagnosis.assert_wrong(&[id]),
            None => assert!(diagnosis.ids("ok").contains(&"secret-files"), "{:#}", diagnosis.report),
        }
    }
}

#[tokio::test]
async fn a_database_that_is_down_or_not_there() {
    let deployment = Deployment::healthy().await;
    let (folder, url) = folder();
    deployment.doctor().set("DATABASE_URL", &url).examine().await.assert_wrong(&["database-missing"]);
    // A folder is no database.
    let down = match deployment.app.database.is_postgres() {
        true => "postgres://auth:hunter2@127.0.0.1:1/auth".to_owned(),
        false => format!("sqlite:{}", folder.path().display()),
    };
    let diagnosis = deployment.doctor().set("DATABASE_URL", &down).examine().await;
    diagnosis.assert_wrong(&["database-unreachable"]);
}

/// The running service is not ready then either, which is reported once.
#[tokio::test]
async fn a_schema_that_lacks_a_migration() {
    let deployment = Deployment::healthy().await;
    let last = "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)";
    deployment.app.sql(move |conn| diesel::sql_query(last).execute(conn)).await;
    deployment.doctor().examine().await.assert_wrong(&["schema-pending"]);
}

#[tokio::test]
async fn a_schema_of_a_later_release_is_a_note() {
    let deployment = Deployment::healthy().await;
    let later = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    deployment.app.sql(move |conn| diesel::sql_query(later).execute(conn)).await;
    let diagnosis = deployment.doctor().examine().await;
    assert!(
        diagnosis.ids("error").is_empty() && diagnosis.ids("note").contains(&"schema-newer"),
        "{:#}",
        diagnosis.report
    );
}

#[tokio::test]
async fn keys_without_one_that_signs_or_follows() {
    let deployment = Deployment::healthy().await;
    let take = |state: &str| format!("DELETE FROM signing_keys WHERE state = '{state}'");
    let next = take("next");
    deployment.app.sql(move |conn| diesel::sql_query(next).execute(conn)).await;
    let diagnosis = deployment.doctor_for(&[]).set("AUTH_URL", "http://auth.sso.localhost:1").examine().await;
    assert!(diagnosis.ids("warning").contains(&"no-next-key"), "{:#}", diagnosis.report);
}

/// The output for people: in groups, each finding with what, why and advice, and a verdict at the
/// end.
#[test]
fn people_read_a_verdict_at_the_end() {
    let (_folder, url) = folder();
    let ended = Program::new(&["doctor"]).set_all(&url).set("AUTH_URL", "https://auth.sso.localhost:1");
    let ended = ended.set("COOKIE_DOMAIN", "sso.localhost").run();
    ended.assert_says(1, "the doctor found 2 errors and 0 warnings");
    assert!(
        ended.out.starts_with("settings\n  ok       every setting can be used [settings]\n"),
        "{}",
        ended.out
    );
    assert!(ended.out.contains("\ndatabase\n  error    there is no file at sqlite:"), "{}", ended.out);
    assert!(ended.out.lines().last().unwrap().starts_with("Not healthy: 2 errors, 0 warnings, 1 note, "));
}

/// The manual has a line for every id.
#[test]
fn the_manual_explains_every_finding() {
    let manual = include_str!("../../../docs/operations.md");
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/doctor");
    let mut ids = vec!["cookie-domain-is-public-suffix".to_owned(), "setting-refused".to_owned()];
    for file in std::fs::read_dir(sources).unwrap() {
        let source = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for begin in ["Finding::note(", "Finding::warning(", "Finding::error(", "differs("] {
            let literals = source.split(begin).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            ids.extend(literals.map(|rest| rest.split('"').next().unwrap().to_owned()));
        }
    }
    assert!(ids.len() > 40, "{ids:?}");
    for id in ids {
        assert!(manual.contains(&format!("`{id}`")), "{id} is not in docs/operations.md");
    }
}

#[test]
fn an_address_that_is_none_ends_with_two() {
    for service in ["shop.example.org", "ftp://shop.example.org", "https://ada:hunter2@shop.example.org"] {
        let ended = Program::new(&["doctor", "--service", service]).run();
        ended.assert_says(2, "--service: must be an address");
        assert!(!ended.err.contains("hunter2"));
    }
}

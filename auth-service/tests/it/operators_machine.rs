//! Other accounts on the operator's machine: which files they can open, and what they see of a
//! command line.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::commands::{Program, SECRET, Serving, folder};
use crate::support::Deployment;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap_or_else(|_| panic!("{path:?}")).permissions().mode() & 0o777
}

/// The program with a umask that lets everyone read, as most shells have it.
fn open_handed(program: Program) -> Program {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "umask 022; exec \"$0\" \"$@\""])
        .arg(program.0.get_program())
        .args(program.0.get_args());
    shell.env_clear().envs(program.0.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Program(shell)
}

/// D7t
#[test]
fn every_file_of_a_database_is_its_owners_alone_whatever_the_umask() {
    let (folder, url) = folder();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let at = |name: &str| folder.path().join(name);
    let service = Serving::start(open_handed(Program::new(&[]).set_all(&url)));
    for name in ["auth.db", "auth.db-wal", "auth.db-shm"] {
        assert_eq!(mode(&at(name)), 0o600, "{name}");
    }
    let run = |arguments: &[&str]| {
        let ended = open_handed(Program::new(arguments).set("DATABASE_URL", &url)).run();
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    };
    let (backup, export) = (at("backup.db"), at("users.json"));
    run(&["backup", backup.to_str().unwrap()]);
    fs::write(&export, "from before").unwrap();
    fs::set_permissions(&export, Permissions::from_mode(0o644)).unwrap();
    let old = fs::File::open(&export).unwrap();
    run(&["export", "users", "--output", export.to_str().unwrap()]);
    assert_eq!((mode(&backup), mode(&export)), (0o600, 0o600));
    assert_eq!(std::io::read_to_string(old).unwrap(), "from before", "who had it open reads nothing new");
    drop(service);
    // No other file is left that others can open.
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{path:?}");
    }
}

/// D7t: files that others can open already are not changed, but reported.
#[tokio::test]
async fn a_database_that_others_may_open_is_told_at_the_start_and_by_the_doctor() {
    let (folder, url) = folder();
    assert_eq!(Program::new(&["migrate"]).set("DATABASE_URL", &url).run().code, 0);
    let file = folder.path().join("auth.db");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let service = Serving::start(Program::new(&[]).set_all(&url));
    let said = service.said();
    let line = said.lines().find(|line| line.contains("others on this machine may open")).expect(said);
    assert!(line.contains("WARN") && line.contains("auth.db") && line.contains("644"), "{line}");
    assert_eq!(mode(&file), 0o644, "it is the operator's to change");

    let deployment = Deployment::healthy().await;
    if deployment.app.database.is_postgres() {
        return;
    }
    let file = Path::new(deployment.app.database.url.strip_prefix("sqlite:").unwrap());
    fs::set_permissions(file.parent().unwrap(), Permissions::from_mode(0o755)).unwrap();
    for (mode, found) in [(0o644, "database-file-world-readable"), (0o640, "database-file-group-readable")] {
        fs::set_permissions(file, Permissions::from_mode(mode)).unwrap();
        deployment.doctor().examine().await.assert_wrong(&[found]);
    }
    // A folder that others cannot enter protects its files.
    fs::set_permissions(file.parent().unwrap(), Permissions::from_mode(0o700)).unwrap();
    assert!(deployment.doctor().examine().await.ids("error").is_empty());
}

/// D9t
#[test]
fn a_secret_among_the_arguments_works_and_is_warned_of_without_being_shown() {
    let (_folder, url) = folder();
    let check = Program::new(&["check-config", "--secret-key", SECRET]).set_all(&url).unset("SECRET_KEY");
    let ended = check.run();
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.err.starts_with("auth-service: warning: --secret-key has a secret in it: "), "{ended:?}");
    assert!(ended.err.contains("_FILE") && !ended.err.contains(SECRET), "{ended:?}");
    let smtp =
        Program::new(&["check-config", "--smtp-url", "smtps://ada:hunter2@mail.example.org"]).set_all(&url);
    let ended = smtp.set("MAIL_FROM", "accounts@example.org").run();
    assert!(
        ended.code == 0 && ended.err.contains("--smtp-url") && !ended.err.contains("hunter2"),
        "{ended:?}"
    );
    // Only the same user can see the environment.
    let quiet = Program::new(&["check-config"]).set_all(&url).run();
    assert_eq!((quiet.code, quiet.err.as_str()), (0, ""));
}

/// D7t
#[test]
fn a_generated_secret_that_others_may_read_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret-key");
    for (mode, warns) in [(0o644, true), (0o600, false)] {
        let out = fs::File::create(&file).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let mut program = Program::new(&["generate-secret"]);
        let output = program.0.stdout(Stdio::from(out)).output().unwrap();
        assert!(output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.contains("so others may read it"), warns, "{said}");
    }
}

/// D6t: a bad secret can still be named as the previous one, so that an operator can replace it.
#[test]
fn a_secret_that_somebody_thought_up_is_refused_and_serves_as_the_previous_one() {
    let (_folder, url) = folder();
    let typed = "correct horse battery staple 123";
    let refused = Program::new(&[]).set_all(&url).set("SECRET_KEY", typed).run();
    refused.assert_says(2, "SECRET_KEY: looks thought up");
    assert!(refused.err.contains("generate-secret") && !refused.err.contains("battery"), "{refused:?}");
    let shared = Program::new(&[]).set_all(&url).set("TOKEN_ALGORITHM", "HS512");
    let long = "our-shared-signing-key-for-all-of-the-services-of-the-company-2026";
    shared.set("JWT_SIGNING_KEY", long).run().assert_says(2, "JWT_SIGNING_KEY: looks thought up");
    let service = Serving::start(Program::new(&[]).set_all(&url).set("SECRET_KEY_PREVIOUS", typed));
    let warned = service.said().lines().any(|line| line.contains("SECRET_KEY_PREVIOUS looks thought up"));
    assert!(warned && !service.said().contains("battery"), "{}", service.said());
}

//! Settings from a file, and from an environment that was made from one.

use std::path::Path;

use super::commands::{Ended, Program, SECRET, folder};
use crate::support::PASSWORD;

/// A service's settings as an operator writes them: with spaces, quotation marks, and characters
/// that are special in a shell.
fn settings(url: &str, end: &str) -> String {
    [
        "# One login for all".to_owned(),
        String::new(),
        "AUTH_URL=https://auth.example.org".to_owned(),
        "COOKIE_DOMAIN=example.org".to_owned(),
        format!("DATABASE_URL={url}"),
        format!("SECRET_KEY='{SECRET}'"),
        "SITE_NAME=Municipal Works & Sons".to_owned(),
        "FOOTER_LINKS=\"Imprint=https://example.org/imprint?a=b&c=d, Help=mailto:help@example.org\""
            .to_owned(),
        "TRUSTED_PROXIES=127.0.0.1, ::1".to_owned(),
        "SITE_COLOR=#2348ae".to_owned(),
        "MAIL_FROM=".to_owned(),
        "BCRYPT_COST=10".to_owned(),
    ]
    .join(end)
}

fn with_file(folder: &Path, text: &str, words: &[&str]) -> Program {
    let file = folder.join("settings.env");
    std::fs::write(&file, text).unwrap();
    Program::new(&[&["--settings", file.to_str().unwrap()], words].concat())
}

#[track_caller]
fn done(ended: Ended) -> String {
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    ended.out
}

#[test]
fn every_command_can_have_the_settings_of_the_service() {
    let (folder, url) = folder();
    for end in ["\n", "\r\n"] {
        let text = settings(&url, end);
        let shown = with_file(folder.path(), &text, &["check-config"]).run();
        assert_eq!(shown.code, 0, "{shown:?}");
        assert_eq!(shown.err, "auth-service: note: MAIL_FROM is set to nothing, which counts as not set\n");
        for line in [
            "SITE_NAME=Municipal Works & Sons",
            "FOOTER_LINKS=Imprint=https://example.org/imprint?a=b&c=d, Help=mailto:help@example.org",
            "TRUSTED_PROXIES=127.0.0.1/32,::1/128",
            "SITE_COLOR=#2348ae,#2348ae",
            "BCRYPT_COST=10",
            &format!("DATABASE_URL={url}"),
        ] {
            assert!(shown.out.lines().any(|shown| shown == line), "{line}: {}", shown.out);
        }
        assert!(!shown.out.contains(SECRET));
    }
    let text = settings(&url, "\n");
    let create = ["users", "create", "ada@example.org", "--password-stdin"];
    done(with_file(folder.path(), &text, &create).run_with(PASSWORD));
    assert!(done(with_file(folder.path(), &text, &["users", "list"]).run()).contains("ada@example.org"));
    // After the command, and as one word.
    let file = folder.path().join("settings.env").display().to_string();
    for words in
        [vec!["users", "list", "--settings", &file], vec![&format!("--settings={file}"), "users", "list"]]
    {
        assert!(done(Program::new(&words).run()).contains("ada@example.org"), "{words:?}");
    }
    let help = done(Program::new(&["users", "--help"]).run());
    assert!(help.contains("--settings <FILE>"), "{help}");
}

#[test]
fn flags_go_before_the_file_and_the_file_before_the_environment_which_is_told() {
    let (folder, url) = folder();
    let text = settings(&url, "\n");
    let program = with_file(folder.path(), &text, &["check-config", "--bcrypt-cost", "11"]);
    let ended = program.set("SITE_NAME", "hunter2hunter2").set("AUDIT_RETENTION", "7d").run();
    assert_eq!(ended.code, 0, "{ended:?}");
    for line in ["BCRYPT_COST=11", "SITE_NAME=Municipal Works & Sons", "AUDIT_RETENTION=7d"] {
        assert!(ended.out.lines().any(|shown| shown == line), "{line}: {}", ended.out);
    }
    assert!(ended.err.contains("note: SITE_NAME is another in the environment"), "{ended:?}");
    assert!(!ended.err.contains("hunter2") && !ended.err.contains("AUDIT_RETENTION"), "{ended:?}");
}

/// D2t
#[test]
fn a_file_that_systemd_and_docker_would_read_otherwise_is_refused_with_its_line_and_no_value() {
    let (folder, url) = folder();
    for (line, words) in [
        ("export SITE_NAME=hunter2", "export is a shell's word: leave it out"),
        ("SITE_NAME=hunter2 # ours", "comment on a line of its own"),
        ("SITE_NAME=$hunter2", "put the value in single quotes"),
        ("SITE_NAME=\"hunter2", "quotation mark"),
        ("SITE_NAME = hunter2", "a space beside the ="),
        ("hunter2", "there is no = in it"),
    ] {
        let text = format!("{}\n{line}\n", settings(&url, "\n"));
        let ended = with_file(folder.path(), &text, &["check-config"]).run();
        ended.assert_says(2, "--settings: ");
        assert!(ended.err.contains("settings.env cannot be used, line 13: "), "{ended:?}");
        assert!(ended.err.contains(words) && !ended.err.contains("hunter2"), "{ended:?}");
    }
    let misspelt = format!("{}\nAUTH_URI=hunter2\n", settings(&url, "\n"));
    let ended = with_file(folder.path(), &misspelt, &["users", "list"]).run();
    ended.assert_says(2, "AUTH_URI: no such setting");
    Program::new(&["--settings", "/nonexistent/settings.env", "migrate"])
        .run()
        .assert_says(2, "--settings: /nonexistent/settings.env cannot be read: ");
    Program::new(&["migrate", "--settings"]).run().assert_says(2, "--settings: name the file");
    Program::new(&["--settings", folder.path().to_str().unwrap(), "migrate"])
        .run()
        .assert_says(2, &format!("--settings: {} is a directory", folder.path().display()));
}

/// The environment from a file with Windows line ends, and from `docker run --env-file` with
/// quotation marks.
#[test]
fn an_environment_from_a_file_that_was_read_otherwise_is_understood_or_told() {
    let (folder, _) = folder();
    let url = format!("sqlite:{}\r", folder.path().join("auth.db").display());
    let crlf = |words: &[&str]| {
        Program::new(words)
            .set("AUTH_URL", "http://auth.sso.localhost:20200\r")
            .set("COOKIE_DOMAIN", "sso.localhost\r")
            .set("DATABASE_URL", &url)
            .set("SECRET_KEY", &format!("{SECRET}\r"))
            .set("LISTEN", " 127.0.0.1:20200\r")
            .set("TRUSTED_PROXIES", "\r")
            .set("SITE_LOGO", "")
            .set("SECRET_KEY_FILE", "")
            .set("SECRET_KEY_PREVIOUS", "")
            .set("KEY_ROTATION", "")
    };
    let shown = crlf(&["check-config"]).run();
    assert_eq!(shown.code, 0, "{shown:?}");
    assert!(shown.out.contains("\nCOOKIE_DOMAIN=sso.localhost\nLISTEN=127.0.0.1:20200\n"), "{shown:?}");
    assert!(shown.out.contains("\nKEY_ROTATION=30d\n"), "{shown:?}");
    for name in ["SITE_LOGO", "SECRET_KEY_FILE", "SECRET_KEY_PREVIOUS", "KEY_ROTATION", "TRUSTED_PROXIES"] {
        assert!(shown.err.contains(&format!("note: {name} is set to nothing")), "{shown:?}");
    }
    done(crlf(&["migrate"]).run());
    let made: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(made.iter().all(|name| !name.to_string_lossy().contains('\r')), "{made:?}");

    let (_folder, url) = super::commands::folder();
    for name in
        ["AUTH_URL", "COOKIE_DOMAIN", "SECRET_KEY", "SITE_NAME", "LISTEN", "DATABASE_URL", "SECRET_KEY_FILE"]
    {
        for marks in ["\"", "'"] {
            let quoted = format!("{marks}hunter2hunter2hunter2hunter2hunter2{marks}");
            let ended = Program::new(&["check-config"]).set_all(&url).set(name, &quoted).run();
            ended.assert_says(2, &format!("{name}: is in quotation marks"));
            assert!(!ended.err.contains("hunter2"), "{ended:?}");
        }
    }
    for (name, value, words) in [
        ("SECRET_KEY", format!(" {SECRET}"), "begins or ends with a space"),
        ("SECRET_KEY", format!("{SECRET}\n{SECRET}"), "a line break"),
        ("SITE_NAME", "two\nlines".to_owned(), "a line break"),
        ("DATABASE_URL", " ".to_owned(), "is set to nothing"),
        ("COOKIE_DOMAIN", String::new(), "is set to nothing"),
        ("REGISTRATION", String::new(), "open or closed"),
        ("ALLOWED_ORIGINS", " ".to_owned(), "is empty"),
        ("ALLOWED_ORIGINS", "https://*.example.org".to_owned(), "a star"),
        ("COOKIE_DOMAIN", "*.example.org".to_owned(), "without a star"),
        ("AUTH_URL", "https://*.example.org".to_owned(), "a star stands for none"),
        ("DATABASE_URL", "sqlite::memory:".to_owned(), "in memory"),
        ("DATABASE_URL", "sqlite:auth.db?mode=rwc".to_owned(), "no options"),
    ] {
        let ended = Program::new(&["check-config"]).set_all(&url).set(name, &value).run();
        ended.assert_says(2, &format!("{name}: "));
        assert!(ended.err.contains(words), "{ended:?}");
    }
}

/// D6t: a secret that was used with its quotation marks can be kept as the previous one, so that no
/// one is logged out.
#[test]
fn a_former_secret_is_taken_as_it_was() {
    let (folder, url) = folder();
    let quoted = format!("\"{SECRET}\"");
    let file = folder.path().join("former");
    std::fs::write(&file, format!("{quoted}\n")).unwrap();
    let other = "Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E";
    let program = || Program::new(&["check-config"]).set_all(&url).set("SECRET_KEY", other);
    for ended in [
        program().set("SECRET_KEY_PREVIOUS", &quoted).run(),
        program().set("SECRET_KEY_PREVIOUS_FILE", file.to_str().unwrap()).run(),
    ] {
        assert!(done(ended).contains("\nSECRET_KEY_PREVIOUS=(set, not shown)\n"));
    }
}

#[test]
fn a_setting_that_is_no_text_is_named() {
    use std::os::unix::ffi::OsStrExt;
    let (_folder, url) = folder();
    for words in [&["check-config"][..], &[], &["templates", "check"]] {
        let mut program = Program::new(words).set_all(&url);
        program.0.env("SITE_NAME", std::ffi::OsStr::from_bytes(b"hunter2\xff"));
        program.run().assert_says(2, "SITE_NAME: is not UTF-8");
    }
}

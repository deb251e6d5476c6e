//! Invalid settings prevent the start, with one line that names the setting and never its value.

use super::commands::{Program, SECRET, folder};

/// Runs `check-config` with valid settings, one of them replaced.
#[track_caller]
fn assert_refused(setting: &str, value: &str, because: &str) {
    let (_folder, url) = folder();
    for command in ["check-config", "serve"] {
        let ended = Program::new(&[command]).set_all(&url).set(setting, value).run();
        ended.assert_says(2, &format!("{setting}: "));
        assert!(ended.err.contains(because), "{ended:?}");
        assert!(value.len() < 6 || !ended.err.contains(value), "{ended:?}");
        assert!(!ended.err.contains(SECRET) && ended.out.is_empty(), "{ended:?}");
    }
}

/// D2t
#[test]
fn a_weak_or_default_secret_is_refused() {
    for (secret, because) in [
        ("", "is too short"),
        ("hunter2-hunter2", "is too short"),
        ("pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8H", "is too short"),
        ("abababababababababababababababababababab", "repeats itself too much"),
        ("change-me-0123456789-abcdefghijklmnopqrst", "looks like a placeholder"),
        ("MySecretKey-0123456789-abcdefghijklmnopqr", "looks like a placeholder"),
    ] {
        assert_refused("SECRET_KEY", secret, because);
    }
}

/// D6t: secrets are judged beside other work, and nobody can tell.
#[test]
fn a_guessable_secret_is_refused_in_its_turn_before_anything_is_done() {
    let typed = ("SECRET_KEY", "correct horse battery staple 123");
    let shared = ("JWT_SIGNING_KEY", "our-shared-signing-key-for-all-of-the-services-of-the-company-2026");
    let broken = tempfile::tempdir().unwrap();
    std::fs::write(broken.path().join("base.html"), "{% if %}").unwrap();
    let templates = ("TEMPLATES_DIR", broken.path().to_str().unwrap());
    for (wrong, first) in [
        (&[typed, templates][..], "SECRET_KEY: looks thought up"),
        (&[typed, ("AUTH_URL", "https://auth.example.com")], "AUTH_URL: "),
        (&[typed, ("SECRET_KEY_PREVIOUS", "short")], "SECRET_KEY: looks thought up"),
        (&[typed, ("SHUTDOWN_DELAY", "soon")], "SECRET_KEY: looks thought up"),
        (&[typed, shared], "SECRET_KEY: looks thought up"),
        (&[shared, ("SECRET_KEY", "short")], "SECRET_KEY: is too short"),
        (&[shared, ("SECRET_KEY", shared.1)], "SECRET_KEY: looks thought up"),
        (&[shared, ("TOKEN_ALGORITHM", "none")], "JWT_SIGNING_KEY: looks thought up"),
    ] {
        let (folder, url) = folder();
        let socket = folder.path().join("socket");
        let program = Program::new(&[]).set_all(&url).set("LISTEN", &format!("unix:{}", socket.display()));
        let program = wrong.iter().fold(program, |program, (name, value)| program.set(name, value));
        let ended = program.run();
        ended.assert_says(2, first);
        assert!(ended.out.is_empty(), "{ended:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{first}");
    }
}

/// The database is opened before templates are complained of, as ever.
#[test]
fn broken_templates_are_complained_of_in_their_turn() {
    let broken = tempfile::tempdir().unwrap();
    std::fs::write(broken.path().join("base.html"), "{% if %}").unwrap();
    let program = || Program::new(&[]).set("TEMPLATES_DIR", broken.path().to_str().unwrap());
    let (folder, url) = folder();
    program().set_all(&url).run().assert_says(2, "TEMPLATES_DIR: ");
    let nowhere = format!("sqlite:{}/nowhere/auth.db", folder.path().display());
    program().set_all(&nowhere).run().assert_says(3, "DATABASE_URL: no database connection");
}

/// D3t
#[test]
fn addresses_that_would_not_work_together_are_refused() {
    for (value, because) in [
        ("https://auth.example.com", "below COOKIE_DOMAIN"),
        ("https://example.org", "below COOKIE_DOMAIN"),
        ("https://auth.badexample.org", "below COOKIE_DOMAIN"),
        ("http://auth.example.org", "must be https"),
        ("https://auth.example.org/", "must not end with a slash"),
        ("https://auth.example.org/sso", "scheme and host alone"),
        ("login.example.org", "must be an address"),
        ("https://ada:hunter2@auth.example.org", "scheme and host alone"),
    ] {
        assert_refused("AUTH_URL", value, because);
    }
    for (value, because) in [
        ("org", "at least two parts"),
        ("co.uk", "public suffix"),
        ("github.io", "public suffix"),
        ("localhost", "at least two parts"),
        (".example.org", "must not start with a dot"),
        ("https://example.org", "bare domain"),
        ("192.0.2.7", "not an address"),
    ] {
        assert_refused("COOKIE_DOMAIN", value, because);
    }
}

/// C10
#[test]
fn insecure_cookies_are_refused_on_a_real_host() {
    assert_refused("COOKIE_SECURE", "false", "http on a .localhost host");
    let (_folder, url) = folder();
    let ended = Program::new(&["check-config"])
        .set_all(&url)
        .set("AUTH_URL", "http://auth.sso.localhost:8000")
        .set("COOKIE_DOMAIN", "sso.localhost")
        .set("COOKIE_SECURE", "false")
        .run();
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("\nACCESS_COOKIE_NAME=sso_access\n"), "{}", ended.out);
}

#[test]
fn values_that_mean_nothing_are_refused() {
    for (setting, value, because) in [
        ("COOKIE_SECURE", "perhaps", "true or false"),
        ("LISTEN", "example.org", "an address and a port"),
        ("LISTEN", "unix:http.sock", "the whole path"),
        ("ACCESS_TOKEN_LIFETIME", "a while", "a duration"),
        ("ACCESS_TOKEN_LIFETIME", "2days", "must be between"),
        ("REFRESH_TOKEN_LIFETIME", "1second", "must be between"),
        ("REFRESH_GRACE", "301seconds", "must be between"),
        ("BCRYPT_COST", "9", "from 10 to 16"),
        ("BCRYPT_COST", "twelve", "from 10 to 16"),
        ("PASSWORD_MIN_LENGTH", "7", "from 8 to 64"),
        ("LOG_FORMAT", "colourful", "pretty or json"),
        ("REGISTRATION", "", "open or closed"),
        ("REGISTRATION", "Closed", "open or closed"),
        ("ALLOWED_ORIGINS", "https://evil.net", "origins such as"),
        ("ALLOWED_ORIGINS", "", "is empty"),
        ("ACCESS_COOKIE_NAME", "sso_access", "must start with"),
        ("REFRESH_COOKIE_NAME", "__Secure-sso", "must start with"),
        ("BROWSER_COOKIE_NAME", "__Host-a b", "letters, digits"),
        ("DATABASE_URL", "mysql://root:hunter2@db/auth", "sqlite:<path of a file> or postgres://"),
        ("DATABASE_URL", "hunter2hunter2", "sqlite:<path of a file> or postgres://"),
    ] {
        assert_refused(setting, value, because);
    }
}

#[test]
fn what_must_be_set_is_asked_for_by_name() {
    for setting in ["AUTH_URL", "COOKIE_DOMAIN", "SECRET_KEY", "DATABASE_URL"] {
        let (_folder, url) = folder();
        let ended = Program::new(&[]).set_all(&url).unset(setting).run();
        ended.assert_says(2, &format!("{setting}: is not set"));
    }
}

#[test]
fn a_misspelt_setting_of_ours_is_refused() {
    for setting in ["AUTH_URI", "AUTH_SECRET", "AUTH_"] {
        let (_folder, url) = folder();
        for command in [&[][..], &["users", "list"], &["migrate"]] {
            let ended = Program::new(command).set_all(&url).set(setting, "hunter2hunter2").run();
            ended.assert_says(2, &format!("{setting}: no such setting"));
            assert!(!ended.err.contains("hunter2"));
        }
    }
    // Services read this one too, often from the same file.
    let (_folder, url) = folder();
    let ended = Program::new(&["check-config"]).set_all(&url).set("AUTH_JWKS", "keys.json").run();
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn secrets_may_come_in_files_and_not_twice() {
    let (folder, url) = folder();
    let file = folder.path().join("secret");
    let path = file.to_str().unwrap();
    let check = || Program::new(&["check-config"]).set_all(&url);
    for text in [SECRET.to_owned(), format!("{SECRET}\n"), format!("{SECRET}\r\n")] {
        std::fs::write(&file, text).unwrap();
        assert_eq!(check().unset("SECRET_KEY").set("SECRET_KEY_FILE", path).run().code, 0);
    }
    let twice = check().set("SECRET_KEY_FILE", path).run();
    twice.assert_says(2, "SECRET_KEY: is set twice: unset either SECRET_KEY or SECRET_KEY_FILE");
    std::fs::write(&file, "hunter2").unwrap();
    let weak = check().unset("SECRET_KEY").set("SECRET_KEY_FILE", path).run();
    weak.assert_says(2, "SECRET_KEY: is too short");
    let missing = check().unset("SECRET_KEY").set("SECRET_KEY_FILE", "/nonexistent/secret").run();
    missing.assert_says(2, "SECRET_KEY: the file of SECRET_KEY_FILE cannot be read");
    std::fs::write(&file, &url).unwrap();
    assert_eq!(check().unset("DATABASE_URL").set("DATABASE_URL_FILE", path).run().code, 0);
    check().set("DATABASE_URL_FILE", path).run().assert_says(2, "DATABASE_URL: is set twice");
}

/// D4t
#[test]
fn check_config_prints_what_is_in_force_and_no_secret() {
    let (_folder, url) = folder();
    let flags =
        ["check-config", "--access-token-lifetime", "90s", "--allowed-origins", "https://shop.example.org"];
    let program = Program::new(&flags).unset("BCRYPT_COST").set_all(&url);
    let ended = program.set("ACCESS_TOKEN_LIFETIME", "5m").run();
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
    for line in [
        "AUTH_URL=https://auth.example.org",
        "COOKIE_DOMAIN=example.org",
        "ALLOWED_ORIGINS=https://shop.example.org",
        "ACCESS_COOKIE_NAME=__Secure-sso_access",
        "REFRESH_COOKIE_NAME=__Host-sso_refresh",
        "BROWSER_COOKIE_NAME=__Host-sso_browser",
        "REFRESH_GRACE=30s",
        "BCRYPT_COST=12",
        "PASSWORD_MIN_LENGTH=12",
        "COOKIE_SECURE=true",
        "REGISTRATION=open",
        // A flag takes precedence over the environment.
        "ACCESS_TOKEN_LIFETIME=1m 30s",
    ] {
        assert!(ended.out.lines().any(|printed| printed == line), "{line}: {}", ended.out);
    }
    assert!(ended.out.contains("SECRET_KEY=(") && !ended.out.contains(SECRET));
    // It only reads, and creates no database.
    assert!(!std::path::Path::new(url.strip_prefix("sqlite:").unwrap()).exists());
}

/// D4t: the output for programs has the same settings, and no secret either.
#[test]
fn check_config_prints_the_same_as_json() {
    let (_folder, url) = folder();
    let lines = Program::new(&["check-config"]).set_all(&url).run();
    let json = Program::new(&["check-config", "--json"]).set_all(&url).run();
    assert_eq!((json.code, json.err.as_str()), (0, ""), "{json:?}");
    assert!(!json.out.contains(SECRET) && json.out.lines().count() == 1, "{json:?}");
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json.out).unwrap();
    assert_eq!(object.len(), lines.out.lines().count());
    for line in lines.out.lines() {
        let (name, value) = line.split_once('=').unwrap();
        assert_eq!(object[name], value, "{name}");
    }
    let refused = Program::new(&["check-config", "--json"]).set_all(&url).set("LISTEN", "example.org").run();
    refused.assert_says(2, "LISTEN: ");
}

/// D2t: neither `check-config` nor a connection error shows the password in the database's URL.
#[cfg(feature = "postgres")]
#[test]
fn the_databases_password_is_never_shown() {
    let url = |secret: &str| format!("postgres://auth:{secret}@127.0.0.1:1/auth");
    let shown = Program::new(&["check-config"]).set_all(&url("hunter2hunter2")).run();
    assert!(shown.code == 0 && shown.out.contains("DATABASE_URL=postgres://…"), "{shown:?}");
    for secret in
        ["hunter2hunter2", "hunter2%zz", "hunter2/x", "hunter2@x", "hunter2#x", "hunter2?x", "7/hunter2"]
    {
        let failed = Program::new(&["migrate"]).set("DATABASE_URL", &url(secret)).run();
        assert!(failed.code == 2 || failed.code == 3, "{failed:?}");
        assert!(failed.err.starts_with("auth-service: DATABASE_URL: "), "{failed:?}");
        assert!(!failed.err.contains("hunter2") && failed.err.lines().count() == 1, "{secret}: {failed:?}");
    }
}

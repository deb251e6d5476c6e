//! Settings of a service, and the errors for invalid ones.

use shared_claims::{Settings, SettingsError, SharedLogin};

fn read(changes: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::from_lookup(|name| {
        let changed = changes.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        changed.or_else(|| match name {
            "AUTH_URL" => Some("https://auth.example.org".to_owned()),
            "COOKIE_DOMAIN" => Some("example.org".to_owned()),
            "SERVICE_URL" => Some("https://shop.example.org".to_owned()),
            _ => None,
        })
    })
}

#[test]
fn three_settings_are_enough() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.auth_url(), "https://auth.example.org");
    assert_eq!(settings.service_url(), "https://shop.example.org");
    assert_eq!(settings.cookie_domain(), "example.org");
    assert_eq!(settings.access_cookie(), "__Secure-sso_access");
    assert_eq!(settings.hint_cookie(), "__Secure-sso_hint");
    assert_eq!(settings.refresh_ahead(), 60);
}

#[test]
fn trusted_origins_are_a_list_and_empty_by_default() {
    let trusted = |list| read(&[("TRUSTED_ORIGINS", list)]).unwrap().trusted_origins().to_vec();
    assert!(read(&[]).unwrap().trusted_origins().is_empty());
    assert!(trusted(" , ").is_empty());
    let both = ["https://app.example.org", "https://b.example.org:8443"];
    for list in [
        "https://app.example.org,https://b.example.org:8443",
        "https://app.example.org https://b.example.org:8443",
        " HTTPS://App.example.org:443/ ,\n https://b.example.org:8443, ",
    ] {
        assert_eq!(trusted(list), both, "{list}");
    }
}

#[test]
fn a_span_of_time_is_written_in_seconds_or_minutes() {
    for (text, seconds) in [("0", 0), ("90", 90), (" 90s ", 90), ("90 s", 90), ("2m", 120), ("60m", 3600)] {
        assert_eq!(read(&[("REFRESH_AHEAD", text)]).unwrap().refresh_ahead(), seconds, "{text}");
    }
}

#[test]
fn small_differences_in_writing_make_none() {
    let settings = read(&[
        ("AUTH_URL", " HTTPS://Auth.Example.ORG:443/ "),
        ("COOKIE_DOMAIN", "Example.ORG"),
        ("SERVICE_URL", "https://example.org/"),
        ("AUTH_JWKS", ""),
        ("ACCESS_COOKIE_NAME", " "),
    ]);
    let settings = settings.unwrap();
    assert_eq!(settings.auth_url(), "https://auth.example.org");
    assert_eq!(settings.service_url(), "https://example.org");
    assert_eq!(settings.cookie_domain(), "example.org");
}

/// D2t, D3t: one line that names the setting and not its value.
#[test]
fn an_unacceptable_setting_is_named_in_one_line_without_its_value() {
    for (name, value) in [
        ("AUTH_URL", ""),
        ("AUTH_URL", "auth.example.org"),
        ("AUTH_URL", "ftp://auth.example.org"),
        ("AUTH_URL", "http://auth.example.org"),
        ("AUTH_URL", "https://auth.example.org/sso"),
        ("AUTH_URL", "https://auth.example.org/?a"),
        ("AUTH_URL", "https://auth.example.org/#a"),
        ("AUTH_URL", "https://root:hunter2@auth.example.org"),
        ("AUTH_URL", "https://auth.example.com"),
        ("AUTH_URL", "https://authexample.org"),
        ("AUTH_URL", "https://example.org.evil.example"),
        ("AUTH_URL", "https://127.0.0.1"),
        ("SERVICE_URL", ""),
        ("SERVICE_URL", "https://shop.example.com"),
        ("SERVICE_URL", "http://shop.example.org"),
        ("SERVICE_URL", "https://shop.example.org/app"),
        ("COOKIE_DOMAIN", ""),
        ("COOKIE_DOMAIN", ".example.org"),
        ("COOKIE_DOMAIN", "example.org."),
        ("COOKIE_DOMAIN", "org"),
        ("COOKIE_DOMAIN", "localhost"),
        ("COOKIE_DOMAIN", "192.0.2.1"),
        ("COOKIE_DOMAIN", "exa mple.org"),
        ("COOKIE_DOMAIN", "https://example.org"),
        ("AUTH_JWKS", "http://auth.example.org/.well-known/jwks.json"),
        ("AUTH_JWKS", "http://203.0.113.1/jwks.json"),
        ("AUTH_JWKS", "ftp://auth.example.org/jwks.json"),
        ("AUTH_JWKS", "https://"),
        ("ACCESS_COOKIE_NAME", "a b"),
        ("ACCESS_COOKIE_NAME", "__Secure-a;b"),
        ("ACCESS_COOKIE_NAME", "__Host-access"),
        ("ACCESS_COOKIE_NAME", "access"),
        ("HINT_COOKIE_NAME", "a=b"),
        ("HINT_COOKIE_NAME", "__Host-hint"),
        ("HINT_COOKIE_NAME", "hint"),
        ("REFRESH_AHEAD", "soon"),
        ("REFRESH_AHEAD", "-60"),
        ("REFRESH_AHEAD", "+60"),
        ("REFRESH_AHEAD", "1.5m"),
        ("REFRESH_AHEAD", "1h30m"),
        ("REFRESH_AHEAD", "3601"),
        ("REFRESH_AHEAD", "99999999999m"),
        ("TRUSTED_ORIGINS", "*"),
        ("TRUSTED_ORIGINS", "null"),
        ("TRUSTED_ORIGINS", "app.example.org"),
        ("TRUSTED_ORIGINS", "https://*.example.org"),
        ("TRUSTED_ORIGINS", "https://app.example.com"),
        ("TRUSTED_ORIGINS", "http://app.example.org"),
        ("TRUSTED_ORIGINS", "http://app.example.localhost"),
        ("TRUSTED_ORIGINS", "https://app.example.org/api"),
        ("TRUSTED_ORIGINS", "https://root:hunter2@app.example.org"),
        ("TRUSTED_ORIGINS", "https://app.example.org; https://b.example.org"),
    ] {
        let error = read(&[(name, value)]).expect_err(value);
        assert_eq!(error.setting(), name, "{value}: {error}");
        let line = error.to_string();
        assert!(line.starts_with(name) && !line.contains('\n'), "{line}");
        assert!(value.len() < 4 || !line.contains(value), "{line}");
        assert!(!line.contains("hunter2"));
    }
}

#[test]
fn development_runs_on_localhost_names_without_https() {
    let development = [
        ("AUTH_URL", "http://auth.sso.localhost:8000"),
        ("COOKIE_DOMAIN", "sso.localhost"),
        ("SERVICE_URL", "http://demo.sso.localhost:8001"),
        ("ACCESS_COOKIE_NAME", "sso_access"),
    ];
    let settings = read(&development).unwrap();
    assert_eq!(settings.auth_url(), "http://auth.sso.localhost:8000");
    assert_eq!(settings.access_cookie(), "sso_access");
    assert_eq!(settings.hint_cookie(), "sso_hint", "neither has the prefix, or both have it");
    let mixed = [&development[..2], &[("SERVICE_URL", "https://demo.sso.localhost")]].concat();
    assert_eq!(read(&mixed).unwrap_err().setting(), "SERVICE_URL");
}

#[test]
fn keys_may_come_over_http_where_nobody_can_listen_in() {
    for place in [
        "http://auth-service:8000/.well-known/jwks.json",
        "http://127.0.0.1:8000/jwks",
        "http://[::1]/jwks",
        "http://10.1.2.3/jwks",
        "http://auth.sso.localhost:8000/jwks",
        "https://auth.example.org/jwks",
    ] {
        assert!(read(&[("AUTH_JWKS", place)]).is_ok(), "{place}");
    }
}

#[test]
fn a_key_file_that_cannot_be_read_refuses_the_start() {
    let missing = read(&[("AUTH_JWKS", "/nonexistent/jwks.json")]).unwrap();
    let error = SharedLogin::new(missing).unwrap_err();
    assert_eq!(error.setting(), "AUTH_JWKS");
    assert!(!error.to_string().contains("/nonexistent"), "{error}");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, b"{\"keys\":[]}").unwrap();
    let empty = read(&[("AUTH_JWKS", file.path().to_str().unwrap())]).unwrap();
    assert!(SharedLogin::new(empty).unwrap_err().to_string().contains("has no key"));
}

/// Settings from a real environment: this test runs itself again as that program.
#[test]
fn an_auth_variable_that_is_none_of_ours_refuses_the_start() {
    let run = |more: &[(&str, &str)]| {
        let mut program = std::process::Command::new(std::env::current_exe().unwrap());
        program.args([
            "--exact",
            "settings::the_program_that_reads_its_environment",
            "--ignored",
            "--nocapture",
        ]);
        program.env_clear().env("AUTH_URL", "https://auth.example.org").env("COOKIE_DOMAIN", "example.org");
        program.env("SERVICE_URL", "https://shop.example.org").envs(more.iter().copied());
        String::from_utf8(program.output().unwrap().stdout).unwrap()
    };
    assert!(run(&[]).contains("reads: fine"));
    assert!(run(&[("AUTH_JWKS", "/etc/keys.json"), ("OTHER_AUTH_X", "1")]).contains("reads: fine"));
    let misspelt = run(&[("AUTH_JKWS", "hunter2")]);
    assert!(misspelt.contains("reads: AUTH_JKWS is not a setting"), "{misspelt}");
    assert!(!misspelt.contains("hunter2"));
}

#[test]
#[ignore = "run by the test above"]
fn the_program_that_reads_its_environment() {
    match Settings::from_env() {
        Ok(_) => println!("reads: fine"),
        Err(error) => println!("reads: {error}"),
    }
}

/// Settings files come from Windows, and from tools that keep quotation marks.
#[test]
fn a_carriage_return_makes_no_difference_and_quotation_marks_are_told() {
    let crlf = read(&[
        ("AUTH_URL", "https://auth.example.org\r"),
        ("COOKIE_DOMAIN", "example.org\r"),
        ("SERVICE_URL", "https://shop.example.org\r\n"),
        ("ACCESS_COOKIE_NAME", "\r"),
    ]);
    let crlf = crlf.unwrap();
    assert_eq!((crlf.cookie_domain(), crlf.access_cookie()), ("example.org", "__Secure-sso_access"));
    assert_eq!(crlf.service_url(), "https://shop.example.org");
    for name in ["AUTH_URL", "COOKIE_DOMAIN", "SERVICE_URL", "AUTH_JWKS", "REFRESH_AHEAD", "HINT_COOKIE_NAME"]
    {
        for value in ["\"hunter2\"", "'hunter2'"] {
            let line = read(&[(name, value)]).unwrap_err().to_string();
            assert!(line.starts_with(&format!("{name} is in quotation marks")), "{line}");
            assert!(!line.contains("hunter2"), "{line}");
        }
    }
}

#[test]
fn what_is_set_to_nothing_is_told_from_what_is_not_set() {
    for name in ["AUTH_URL", "COOKIE_DOMAIN", "SERVICE_URL"] {
        for nothing in ["", " ", "\r"] {
            assert_eq!(
                read(&[(name, nothing)]).unwrap_err().to_string(),
                format!("{name} is set to nothing")
            );
        }
        let unset = Settings::from_lookup(|asked| match asked {
            _ if asked == name => None,
            "AUTH_URL" => Some("https://auth.example.org".to_owned()),
            "COOKIE_DOMAIN" => Some("example.org".to_owned()),
            "SERVICE_URL" => Some("https://shop.example.org".to_owned()),
            _ => None,
        });
        assert_eq!(unset.unwrap_err().to_string(), format!("{name} is not set"));
    }
}

/// A developer who sets the first variable is not told of the next one only then.
#[test]
fn all_that_is_missing_is_named_at_once() {
    let unset = Settings::from_lookup(|_| None).unwrap_err();
    assert_eq!(unset.to_string(), "AUTH_URL, COOKIE_DOMAIN and SERVICE_URL are not set");
    assert_eq!(unset.setting(), "AUTH_URL");
    let unset =
        Settings::from_lookup(|name| (name == "AUTH_URL").then(|| "https://auth.example.org".to_owned()));
    assert_eq!(unset.unwrap_err().to_string(), "COOKIE_DOMAIN and SERVICE_URL are not set");
}

/// A `main` that returns the error prints its `Debug`.
#[test]
fn an_error_that_main_returns_reads_as_the_message() {
    let error: Box<dyn std::error::Error> = read(&[("SERVICE_URL", "")]).unwrap_err().into();
    assert_eq!(format!("Error: {error:?}"), "Error: SERVICE_URL is set to nothing");
}

#[test]
fn an_address_without_a_scheme_is_told_both_schemes() {
    for address in ["auth.example.org:8000", "auth.example.org"] {
        let line = read(&[("AUTH_URL", address)]).unwrap_err().to_string();
        assert!(line.contains("https://") && line.contains("http:// on a host below .localhost"), "{line}");
    }
}

/// A star parses as a host name, and matches no origin.
#[test]
fn a_star_stands_for_no_host() {
    for (name, value) in [
        ("COOKIE_DOMAIN", "*.example.org"),
        ("AUTH_URL", "https://*.example.org"),
        ("SERVICE_URL", "https://*.example.org"),
        ("SERVICE_URL", "https://sh!op.example.org"),
        ("TRUSTED_ORIGINS", "https://*.example.org"),
    ] {
        assert_eq!(read(&[(name, value)]).unwrap_err().setting(), name, "{value}");
    }
}

//! Setting `JWT_SIGNING_KEY`, and its file.

use shared_claims::{Settings, SettingsError, SharedLogin};

const KEY: &str = "hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-hunter2-";

fn read(more: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::from_lookup(|name| {
        let given = more.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        given.or_else(|| match name {
            "AUTH_URL" => Some("https://auth.example.org".to_owned()),
            "COOKIE_DOMAIN" => Some("example.org".to_owned()),
            "SERVICE_URL" => Some("https://shop.example.org".to_owned()),
            "AUTH_JWKS" => Some("http://127.0.0.1:1/".to_owned()),
            _ => None,
        })
    })
}

fn file_of(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
    file
}

/// The ids of the keys that a service with these settings trusts before the first fetch.
fn kids(settings: Settings) -> Vec<String> {
    let login = SharedLogin::new(settings).unwrap();
    let keys = login.keys().current();
    keys.map(|keys| keys.key_ids().map(str::to_owned).collect()).unwrap_or_default()
}

#[test]
fn the_key_may_stand_in_a_file_whose_line_break_is_not_part_of_it() {
    let id = shared_claims::signing_key_id(KEY.as_bytes());
    assert_eq!(kids(read(&[("JWT_SIGNING_KEY", KEY)]).unwrap()), std::slice::from_ref(&id));
    for end in ["", "\n", "\r\n", "\n\n"] {
        let file = file_of(format!("{KEY}{end}").as_bytes());
        let settings = read(&[("JWT_SIGNING_KEY_FILE", file.path().to_str().unwrap())]);
        assert_eq!(kids(settings.unwrap()), std::slice::from_ref(&id), "{end:?}");
    }
    assert_eq!(kids(read(&[("JWT_SIGNING_KEY", &format!("{KEY}\r"))]).unwrap()), [id]);
}

/// Another program may remove these characters from the same setting, and then the keys differ.
#[test]
fn quotation_marks_spaces_and_a_second_line_are_no_part_of_a_key() {
    for (text, words) in [
        (format!("{KEY} "), "a space"),
        (format!(" {KEY}"), "a space"),
        (format!("\"{KEY}\""), "quotation marks"),
        (format!("'{KEY}'"), "quotation marks"),
        (format!("{KEY}\n{KEY}"), "line break"),
        (format!("\u{feff}{KEY}"), "byte order mark"),
    ] {
        let file = file_of(format!("{text}\r\n").as_bytes());
        let in_file = read(&[("JWT_SIGNING_KEY_FILE", file.path().to_str().unwrap())]).unwrap_err();
        let bare = read(&[("JWT_SIGNING_KEY", &text)]).unwrap_err();
        for (error, name) in [(in_file, "JWT_SIGNING_KEY_FILE"), (bare, "JWT_SIGNING_KEY")] {
            assert!(error.setting() == name && error.to_string().contains(words), "{error}");
            assert!(!error.to_string().contains(KEY), "{error}");
        }
    }
}

#[test]
fn without_it_there_is_no_key_before_the_first_fetch() {
    assert!(kids(read(&[]).unwrap()).is_empty());
    assert!(kids(read(&[("JWT_SIGNING_KEY", ""), ("JWT_SIGNING_KEY_FILE", " ")]).unwrap()).is_empty());
}

/// D2t
#[test]
fn an_unacceptable_key_refuses_the_start_and_is_not_shown() {
    assert_eq!(KEY.len(), 64);
    let short = file_of(format!("{}\n", &KEY[1..]).as_bytes());
    let empty = file_of(b"\n");
    let binary = file_of(&[0xff; 64]);
    let large = file_of(&[b'a'; 70_000]);
    let path = |file: &tempfile::NamedTempFile| file.path().to_str().unwrap().to_owned();
    let both = [("JWT_SIGNING_KEY", KEY), ("JWT_SIGNING_KEY_FILE", "/nonexistent/hunter2")];
    let mut errors = vec![
        (read(&[("JWT_SIGNING_KEY", &KEY[1..])]).unwrap_err(), "JWT_SIGNING_KEY", "fewer than 64 bytes"),
        (read(&both).unwrap_err(), "JWT_SIGNING_KEY", "is set twice"),
        (read(&both[1..]).unwrap_err(), "JWT_SIGNING_KEY_FILE", "cannot be read"),
    ];
    for (file, problem) in
        [(short, "fewer than 64"), (empty, "fewer than 64"), (binary, "not UTF-8"), (large, "too large")]
    {
        let error = read(&[("JWT_SIGNING_KEY_FILE", &path(&file))]).unwrap_err();
        assert!(!error.to_string().contains(&path(&file)), "{error}");
        errors.push((error, "JWT_SIGNING_KEY_FILE", problem));
    }
    for (error, name, problem) in errors {
        let line = error.to_string();
        assert_eq!(error.setting(), name, "{line}");
        assert!(line.starts_with(name) && line.contains(problem) && !line.contains('\n'), "{line}");
        assert!(!line.contains("hunter2"), "{line}");
    }
}

/// L1: printing the settings or the login for debugging does not show the key.
#[test]
fn printing_the_settings_does_not_show_the_key() {
    let settings = read(&[("JWT_SIGNING_KEY", KEY)]).unwrap();
    let login = SharedLogin::new(settings.clone()).unwrap();
    for text in [format!("{settings:?}"), format!("{settings:#?}"), format!("{login:?} {:?}", login.keys())] {
        assert!(!text.contains("hunter2"), "{text}");
        // The key is not shown as a list of numbers either.
        assert!(!text.contains("104, 117, 110"), "{text}");
    }
}

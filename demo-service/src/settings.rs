//! The settings of this service alone; those of the login are read by `SharedLogin::from_env`.

use std::env;

use shared_claims::server::Listen;

/// `LISTEN` and `NOTES_DATABASE`.
#[derive(Debug, PartialEq, Eq)]
pub struct Settings {
    /// Address and port, or `unix:` and the path of a socket. Default `127.0.0.1:8001`: a proxy in front is what the world sees.
    pub listen: Listen,
    /// Path of the SQLite file, created when missing. `NOTES_DATABASE` is `sqlite:<path>`, by default `sqlite:notes.db`.
    pub notes_database: String,
}

impl Settings {
    pub fn from_env() -> Result<Self, String> {
        Self::from_lookup(|name| env::var(name).ok())
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let get = |name: &str, default: &str| {
            lookup(name).filter(|value| !value.trim().is_empty()).unwrap_or_else(|| default.to_owned())
        };
        let listen = get("LISTEN", "127.0.0.1:8001");
        let database = get("NOTES_DATABASE", "sqlite:notes.db");
        Ok(Self {
            listen: listen.parse().map_err(|problem| format!("LISTEN {problem}"))?,
            notes_database: match database.trim().strip_prefix("sqlite:") {
                Some(path) if !path.is_empty() => path.to_owned(),
                _ => return Err("NOTES_DATABASE must be sqlite:<path of a file>".to_owned()),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, value: &str) -> Result<Settings, String> {
        Settings::from_lookup(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let settings = read("LISTEN", " ").unwrap();
        assert_eq!(settings.listen, "127.0.0.1:8001".parse().unwrap());
        assert_eq!(settings.notes_database, "notes.db");
    }

    #[test]
    fn a_wrong_setting_is_named_and_its_value_is_not_shown() {
        for (name, value) in [
            ("LISTEN", "everywhere"),
            ("LISTEN", "unix:everywhere"),
            ("NOTES_DATABASE", "postgres://x"),
            ("NOTES_DATABASE", "sqlite:"),
        ] {
            let problem = read(name, value).unwrap_err();
            assert!(problem.starts_with(name) && !problem.contains("everywhere"), "{problem}");
        }
    }
}

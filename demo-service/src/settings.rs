//! Settings of this service alone. `SharedLogin::from_env` reads those of the login.

use std::env::{self, VarError};

use serde::Serialize;
use shared_claims::server::Listen;
use shared_claims::setting;

/// `LISTEN`, `NOTES_DATABASE` and `OTHER_SERVICE`.
#[derive(Debug, PartialEq, Eq)]
pub struct Settings {
    /// Address and port, or `unix:` and the path of a socket. Default `127.0.0.1:8001`, behind a
    /// proxy.
    pub listen: Listen,
    /// Path of the SQLite file, created when missing. `NOTES_DATABASE` is `sqlite:<path>`, by
    /// default `sqlite:notes.db`.
    pub notes_database: String,
    /// A service with the same login, which the front page links to. `OTHER_SERVICE` is its name
    /// and its address: `Lists=https://lists.example.org`.
    pub other_service: Option<OtherService>,
}

/// Another service that trusts the same login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherService {
    pub name: String,
    pub url: String,
}

impl Settings {
    pub fn from_env() -> Result<Self, String> {
        Self::read(|name| match env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(format!("{name} is not UTF-8")),
        })
    }

    fn read(lookup: impl Fn(&str) -> Result<Option<String>, String>) -> Result<Self, String> {
        let get = |name: &str, default: &str| {
            let text = lookup(name)?.unwrap_or_default();
            let meant = setting::plain(&text).map_err(|unclear| format!("{name} {unclear}"))?;
            Ok::<_, String>(meant.unwrap_or(default).to_owned())
        };
        let listen = get("LISTEN", "127.0.0.1:8001")?;
        Ok(Self {
            listen: listen.parse().map_err(|problem| format!("LISTEN {problem}"))?,
            notes_database: file(&get("NOTES_DATABASE", "sqlite:notes.db")?)?,
            other_service: other_service(&get("OTHER_SERVICE", "")?)?,
        })
    }
}

/// Accepts the path of a file only. SQLite reserves some names for temporary databases, of which
/// each connection has its own.
fn file(text: &str) -> Result<String, String> {
    let path = text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
    match path {
        Some("") | None => Err("NOTES_DATABASE must be sqlite:<path of a file>".to_owned()),
        Some(path) if path.contains(":memory:") || path.starts_with("file:") || path.contains(['?', '#']) => {
            Err("NOTES_DATABASE must be sqlite:<path of a file>, without options, and not in memory"
                .to_owned())
        }
        Some(path) => Ok(path.to_owned()),
    }
}

fn other_service(text: &str) -> Result<Option<OtherService>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let (name, url) = text.split_once('=').map(|(name, url)| (name.trim(), url.trim())).unwrap_or_default();
    let is_web = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
    if name.is_empty() || !is_web || url.contains(char::is_whitespace) {
        return Err(
            "OTHER_SERVICE must be <name>=<address>, such as Lists=https://lists.example.org".to_owned()
        );
    }
    Ok(Some(OtherService { name: name.to_owned(), url: url.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, value: &str) -> Result<Settings, String> {
        Settings::read(|asked| Ok((asked == name).then(|| value.to_owned())))
    }

    #[test]
    fn nothing_needs_to_be_set() {
        for nothing in ["", " ", "\r"] {
            let settings = read("LISTEN", nothing).unwrap();
            assert_eq!(settings.listen, "127.0.0.1:8001".parse().unwrap());
            assert_eq!((settings.notes_database.as_str(), settings.other_service), ("notes.db", None));
        }
        let other =
            read("OTHER_SERVICE", "My lists = http://lists.sso.localhost:8003").unwrap().other_service;
        let (name, url) = ("My lists".to_owned(), "http://lists.sso.localhost:8003".to_owned());
        assert_eq!(other, Some(OtherService { name, url }));
        assert_eq!(
            read("NOTES_DATABASE", "sqlite:///srv/notes.db\r").unwrap().notes_database,
            "/srv/notes.db"
        );
    }

    #[test]
    fn a_wrong_setting_is_named_and_its_value_is_not_shown() {
        for (name, value) in [
            ("LISTEN", "everywhere"),
            ("LISTEN", "unix:everywhere"),
            ("NOTES_DATABASE", "postgres://x"),
            ("NOTES_DATABASE", "sqlite:"),
            ("NOTES_DATABASE", "sqlite::memory:"),
            ("NOTES_DATABASE", "sqlite:file:everywhere"),
            ("NOTES_DATABASE", "sqlite:notes.db?mode=ro"),
            ("NOTES_DATABASE", "\"sqlite:notes.db\""),
            ("LISTEN", "'127.0.0.1:8001'"),
            ("OTHER_SERVICE", "everywhere"),
            ("OTHER_SERVICE", "=https://everywhere.example.org"),
            ("OTHER_SERVICE", "Lists=javascript:everywhere"),
        ] {
            let problem = read(name, value).unwrap_err();
            assert!(problem.starts_with(name) && !problem.contains("everywhere"), "{problem}");
        }
    }
}

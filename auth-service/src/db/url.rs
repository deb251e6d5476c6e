//! Database URLs.

/// The database's location: `sqlite:<path>` or `postgres://…`. It may contain a password, so it is
/// never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Target);

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Target {
    #[cfg(feature = "sqlite")]
    Sqlite(String),
    #[cfg(feature = "postgres")]
    Postgres(String),
}

/// Why a database URL cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DatabaseUrlError {
    #[error("must be sqlite:<path of a file> or postgres://<user>@<host>/<name>")]
    UnknownScheme,
    #[error(
        "names a database in memory, which would be gone with each connection: write sqlite:<path of a file>"
    )]
    InMemory,
    #[error(
        "takes no options behind the path of a SQLite file, and no file: before it: write sqlite:<path of a file>, without ? and #"
    )]
    Options,
    #[error(
        "cannot be read: write it as postgres://<user>:<password>@<host>:<port>/<name>, with every character of \
         user and password that is no letter or digit as % and two hexadecimal digits"
    )]
    Ambiguous,
    #[error(
        "has {0}=, which PostgreSQL's library does not know; name the schema as ?options=-csearch_path%3D<schema>, or \
         for good: ALTER ROLE … SET search_path"
    )]
    NamesSchema(&'static str),
    #[error("names PostgreSQL, but this binary was built without it: build with --features postgres")]
    WithoutPostgres,
    #[error("names SQLite, but this binary was built without it: build with --features sqlite")]
    WithoutSqlite,
}

impl DatabaseUrl {
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        match text.split_once(':') {
            #[cfg(feature = "sqlite")]
            Some(("sqlite", path)) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                match path {
                    "" => Err(DatabaseUrlError::UnknownScheme),
                    _ if path.contains(":memory:") || path.contains("mode=memory") => {
                        Err(DatabaseUrlError::InMemory)
                    }
                    // SQLite would take the first for a URI, and the others for part of the file
                    // name.
                    _ if path.starts_with("file:") || path.contains(['?', '#']) => {
                        Err(DatabaseUrlError::Options)
                    }
                    _ => Ok(Self(Target::Sqlite(path.to_owned()))),
                }
            }
            #[cfg(not(feature = "sqlite"))]
            Some(("sqlite", _)) => Err(DatabaseUrlError::WithoutSqlite),
            #[cfg(feature = "postgres")]
            Some(("postgres" | "postgresql", rest)) if schema_parameter(rest).is_some() => {
                Err(DatabaseUrlError::NamesSchema(schema_parameter(rest).unwrap_or_default()))
            }
            #[cfg(feature = "postgres")]
            Some(("postgres" | "postgresql", rest)) if is_unambiguous(rest) => {
                Ok(Self(Target::Postgres(text.to_owned())))
            }
            #[cfg(feature = "postgres")]
            Some(("postgres" | "postgresql", _)) => Err(DatabaseUrlError::Ambiguous),
            #[cfg(not(feature = "postgres"))]
            Some(("postgres" | "postgresql", _)) => Err(DatabaseUrlError::WithoutPostgres),
            _ => Err(DatabaseUrlError::UnknownScheme),
        }
    }

    /// Whether it names a missing SQLite file, which opening would create.
    pub fn is_missing_file(&self) -> bool {
        self.file().is_some_and(|path| !path.exists())
    }

    /// The file of a SQLite database.
    pub fn file(&self) -> Option<&std::path::Path> {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Target::Sqlite(path) => Some(std::path::Path::new(path)),
            #[cfg(feature = "postgres")]
            Target::Postgres(_) => None,
        }
    }

    /// Requires that the path of a SQLite database is a regular file or does not exist. Opening a
    /// pipe would wait for a writer, and a device is endless.
    ///
    /// # Errors
    /// A complete sentence.
    pub fn require_file(&self) -> Result<(), String> {
        let Some(path) = self.file() else { return Ok(()) };
        let Ok(about) = std::fs::metadata(path) else { return Ok(()) };
        let kind = match about.file_type() {
            kind if kind.is_file() => return Ok(()),
            kind if kind.is_dir() => "a directory",
            _ => "a pipe, a socket or a device",
        };
        Err(format!("{} is {kind}, and no file of SQLite's", path.display()))
    }

    pub(super) fn target(&self) -> &Target {
        &self.0
    }

    /// The form for display: the path of a SQLite file, or only the word for PostgreSQL.
    pub fn masked(&self) -> String {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Target::Sqlite(path) => format!("sqlite:{path}"),
            #[cfg(feature = "postgres")]
            Target::Postgres(_) => "postgres://…".to_owned(),
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

/// Parameters that select the schema in other libraries: Prisma's, JDBC's, and likely guesses.
#[cfg(feature = "postgres")]
fn schema_parameter(rest: &str) -> Option<&'static str> {
    let (_, query) = rest.rsplit_once('?')?;
    let is_named = |name: &&str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    ["schema", "currentSchema", "search_path"].into_iter().find(is_named)
}

/// Whether libpq parses the URL as intended. It takes parts of a password with an unescaped `/`,
/// `@` or `%` for a port or a host, and shows them in its error message. For an unreadable host or
/// a `%00`, it shows everything.
#[cfg(feature = "postgres")]
fn is_unambiguous(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix("//") else { return false };
    let (authority, after) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    let is_escaped = |piece: &str| {
        !piece.starts_with("00") && piece.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2
    };
    // An IPv6 address, followed by at most a port.
    let has_good_brackets = |host: &str| match host.strip_prefix('[') {
        Some(inner) => inner
            .split_once(']')
            .is_some_and(|(address, port)| !address.is_empty() && (port.is_empty() || port.starts_with(':'))),
        None => !host.contains(['[', ']']),
    };
    let has_good_port = |host: &str| match host.rsplit_once(':') {
        Some((_, port)) => port.ends_with(']') || port.bytes().all(|byte| byte.is_ascii_digit()),
        None => true,
    };
    rest.split('%').skip(1).all(is_escaped)
        && !rest.contains('#')
        && !after.contains('@')
        && authority.matches('@').count() <= 1
        && hosts.split(',').all(|host| has_good_port(host) && has_good_brackets(host))
}

#[cfg(all(test, feature = "sqlite"))]
mod tests_of_files {
    use super::*;

    #[test]
    fn a_file_is_named_by_its_path_and_nothing_else() {
        for (text, path) in [
            ("sqlite:auth.db", "auth.db"),
            ("sqlite://auth.db", "auth.db"),
            ("sqlite:/var/lib/auth.db", "/var/lib/auth.db"),
            ("sqlite:///var/lib/auth.db", "/var/lib/auth.db"),
            ("sqlite:a b%20.db", "a b%20.db"),
        ] {
            let url = DatabaseUrl::parse(text).unwrap();
            assert_eq!(url.file(), Some(std::path::Path::new(path)), "{text}");
        }
        for (text, why) in [
            ("sqlite:", DatabaseUrlError::UnknownScheme),
            ("sqlite://", DatabaseUrlError::UnknownScheme),
            ("sqlite::memory:", DatabaseUrlError::InMemory),
            ("sqlite://:memory:", DatabaseUrlError::InMemory),
            ("sqlite:file::memory:?cache=shared", DatabaseUrlError::InMemory),
            ("sqlite:file:auth?mode=memory", DatabaseUrlError::InMemory),
            ("sqlite:file:auth.db", DatabaseUrlError::Options),
            ("sqlite:auth.db?mode=rwc", DatabaseUrlError::Options),
            ("sqlite:///auth.db?timeout=5", DatabaseUrlError::Options),
            ("sqlite:auth.db#x", DatabaseUrlError::Options),
        ] {
            assert_eq!(DatabaseUrl::parse(text), Err(why), "{text}");
        }
    }
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_postgresql_are_taken() {
        for text in [
            "postgres://auth:hunter2@db/auth",
            "postgresql://auth@db.example.org:5432/auth?sslmode=verify-full",
            "postgres://auth:p%40ss%2Fword@[::1]:5432/auth",
            "postgres://auth@[::1]/auth",
            "postgres://a.example.org:5432,b.example.org:5433/auth?target_session_attrs=read-write",
            "postgres:///auth?host=/run/postgresql",
            "postgres://",
        ] {
            assert!(DatabaseUrl::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_schema_is_named_as_libpq_does_it() {
        for name in ["schema", "currentSchema", "search_path"] {
            let parsed = DatabaseUrl::parse(&format!("postgres://auth@db/auth?sslmode=require&{name}=auth"));
            assert_eq!(parsed, Err(DatabaseUrlError::NamesSchema(name)));
        }
        assert!(DatabaseUrl::parse("postgres://auth@db/auth?options=-csearch_path%3Dauth").is_ok());
        assert!(DatabaseUrl::parse("postgres://auth@db/schema").is_ok());
    }

    /// D2t: libpq would show part of each of these passwords.
    #[test]
    fn an_address_that_libpq_would_read_otherwise_is_refused() {
        for text in [
            "postgres://auth:hunter2%zz@db/auth",
            "postgres://auth:hunter2%2@db/auth",
            "postgres://auth:hunter2/x@db/auth",
            "postgres://auth:hunter2?x@db/auth",
            "postgres://auth:hunter2@x@db/auth",
            "postgres://auth:hunter2#x@db/auth",
            "postgres://auth:hunter2",
            "postgres://auth:hunter2@[::1/auth",
            "postgres://auth:hunter2@[]/auth",
            "postgres://auth:hunter2@[::1]x/auth",
            "postgres://auth:hunter2@::1]/auth",
            "postgres://auth:hunter2@db,[::1/auth",
            "postgres://auth:hunter2%00x@db/auth",
            "postgres://db/auth?password=a%00b",
            "postgres://db/auth?password=%zz",
            "postgres:auth",
        ] {
            assert_eq!(DatabaseUrl::parse(text), Err(DatabaseUrlError::Ambiguous), "{text}");
        }
    }
}

//! The database of another application, opened read-only.

#[cfg(feature = "sqlite")]
use diesel::connection::DefaultLoadingMode;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl};

use super::url::Target;
use super::watchdog::Watchdog;
use super::{AnyConnection, DatabaseError, DatabaseUrl, deadlines};

/// The number of rows in one fetch.
#[cfg(feature = "postgres")]
const PAGE_SIZE: usize = 2_000;

/// Longer values are cut; the code that reads them refuses values that are too long.
const MAX_CHARS: usize = 4_000;

/// Another application's database, in one read-only transaction, so that both passes see the same
/// data.
pub struct SourceDatabase {
    conn: AnyConnection,
    /// Guards the reader, because a view may be endless and a server may freeze.
    watchdog: Watchdog,
}

/// The name of a table: `auth_user`, or with its schema `accounts.auth_user`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableName(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a table's name has letters, digits and underscores, and may have its schema and a dot in front")]
pub struct InvalidTableName;

impl std::str::FromStr for TableName {
    type Err = InvalidTableName;

    fn from_str(text: &str) -> Result<Self, InvalidTableName> {
        let is_word = |word: &str| {
            (1..=63).contains(&word.len())
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                && !word.starts_with(|c: char| c.is_ascii_digit())
        };
        let words: Vec<&str> = text.split('.').collect();
        if words.len() <= 2 && words.iter().all(|word| is_word(word)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidTableName)
        }
    }
}

impl TableName {
    fn quoted(&self) -> String {
        self.0.split('.').map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(".")
    }
}

impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// A column of another application's table.
#[derive(Debug)]
pub struct SourceColumn {
    pub name: String,
    /// Whether this column alone is the primary key.
    pub is_key: bool,
    /// Whether Django uses the column's type for UUIDs.
    pub may_hold_uuids: bool,
}

#[derive(QueryableByName)]
struct Described {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    is_key: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// The values of a row in the requested order, separated by [`UNIT`]; NULL becomes [`NULL`].
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    line: Option<String>,
}

/// Control characters that occur in no name, address, date or hash. A value that contains one makes
/// the row unreadable.
const UNIT: char = '\u{1f}';
const NULL: &str = "\u{1a}";

impl SourceDatabase {
    /// Opens the database and begins the transaction. If it stops responding, `end` is called with
    /// the reason on another thread, and must end the process.
    pub fn open(
        url: &DatabaseUrl,
        end: impl FnOnce(String) + Send + 'static,
    ) -> Result<Self, diesel::ConnectionError> {
        let silence = deadlines::FOREIGN;
        let says = format!(
            "has given no row for {} seconds: its server stands still, or --table names a view that never comes to an end; \
             name a table, or write a file by `manage.py dumpdata`",
            silence.as_secs()
        );
        let watchdog = Watchdog::new(silence, || true, move || end(says));
        let conn = watchdog.guard(|| Self::begin(url))?;
        Ok(Self { conn, watchdog })
    }

    fn begin(url: &DatabaseUrl) -> Result<AnyConnection, diesel::ConnectionError> {
        let mut conn = match url.target() {
            #[cfg(feature = "sqlite")]
            Target::Sqlite(path) => {
                let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
                AnyConnection::Sqlite(diesel::SqliteConnection::establish(&format!(
                    "file:{escaped}?mode=ro"
                ))?)
            }
            #[cfg(feature = "postgres")]
            Target::Postgres(url) => {
                AnyConnection::Postgres(diesel::PgConnection::establish(&deadlines::with_deadlines(url))?)
            }
        };
        let begin = match &conn {
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(_) => "PRAGMA query_only = ON; PRAGMA busy_timeout = 5000; BEGIN",
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(_) => {
                "SET TIME ZONE 'UTC'; SET DateStyle = 'ISO'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            }
        };
        conn.batch_execute(begin).map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
        Ok(conn)
    }

    /// The columns of a table; empty if the table does not exist.
    pub fn columns(&mut self, table: &TableName) -> Result<Vec<SourceColumn>, DatabaseError> {
        let query = match &self.conn {
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(_) => format!(
                "SELECT name, CASE WHEN pk > 0 AND (SELECT count(*) FROM pragma_table_info('{0}') WHERE pk > 0) = 1 \
                 THEN '1' ELSE '0' END AS is_key, lower(type) AS kind FROM pragma_table_info('{0}')",
                table.0
            ),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(_) => format!(
                "SELECT a.attname::text AS name, CASE WHEN i.indrelid IS NULL THEN '0' ELSE '1' END AS is_key, \
                 lower(format_type(a.atttypid, a.atttypmod)) AS kind FROM pg_attribute a \
                 LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary AND i.indnatts = 1 AND a.attnum = i.indkey[0] \
                 WHERE a.attrelid = to_regclass('{}') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
                table.quoted()
            ),
        };
        let columns: Vec<Described> =
            self.watchdog.guard(|| diesel::sql_query(query).load(&mut self.conn))?;
        let is_for_uuids = |kind: &str| {
            kind.contains("uuid") || (kind.contains("char") && (kind.contains("32") || kind.contains("36")))
        };
        Ok(columns
            .into_iter()
            .map(|Described { name, is_key, kind }| SourceColumn {
                name,
                is_key: is_key == "1",
                may_hold_uuids: is_for_uuids(&kind),
            })
            .collect())
    }

    /// The tables that have all these columns, by name.
    pub fn tables_with(&mut self, columns: &[&str]) -> Result<Vec<String>, DatabaseError> {
        let listed = columns.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        let query = match &self.conn {
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(_) => format!(
                "SELECT m.name AS name FROM sqlite_master m WHERE m.type = 'table' AND \
                 (SELECT count(*) FROM pragma_table_info(m.name) WHERE name IN ({listed})) = {} ORDER BY m.name",
                columns.len()
            ),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(_) => format!(
                "SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v') AND \
                 (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname IN ({listed})) \
                 = {} ORDER BY 1",
                columns.len()
            ),
        };
        let names: Vec<Name> = self.watchdog.guard(|| diesel::sql_query(query).load(&mut self.conn))?;
        Ok(names.into_iter().map(|row| row.name).collect())
    }

    /// Passes the named columns of every row as text, sorted by the first column. A row whose
    /// values cannot be separated is passed as `None`. The names come from
    /// [`SourceDatabase::columns`].
    pub fn rows<E>(
        &mut self,
        of: (&TableName, &[&str]),
        mut each: impl FnMut(Option<Vec<Option<String>>>) -> Result<(), E>,
    ) -> Result<(), E>
    where
        E: From<DatabaseError>,
    {
        let Self { conn, watchdog } = self;
        watchdog.guard(|| Self::each(conn, of, |row| watchdog.apart(|| each(row))))
    }

    fn each<E>(
        conn: &mut AnyConnection,
        (table, columns): (&TableName, &[&str]),
        mut each: impl FnMut(Option<Vec<Option<String>>>) -> Result<(), E>,
    ) -> Result<(), E>
    where
        E: From<DatabaseError>,
    {
        let values: Vec<String> = columns
            .iter()
            .map(|name| {
                let name = name.replace('"', "\"\"");
                format!("COALESCE(substr(CAST(\"{name}\" AS TEXT), 1, {MAX_CHARS}), '{NULL}')")
            })
            .collect();
        let line = values.join(&format!(" || '{UNIT}' || "));
        let query = format!(
            "SELECT {line} AS line FROM {} ORDER BY \"{}\"",
            table.quoted(),
            columns[0].replace('"', "\"\"")
        );
        let mut take = |row: Row| {
            let values: Option<Vec<_>> = row.line.map(|line| {
                line.split(UNIT).map(|value| (value != NULL).then(|| value.to_owned())).collect()
            });
            each(values.filter(|values| values.len() == columns.len()))
        };
        // Read everything in one pass: each page would have to skip all rows before it.
        match conn {
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(conn) => {
                let rows = diesel::sql_query(query).load_iter::<Row, DefaultLoadingMode>(conn);
                for row in rows.map_err(DatabaseError::from)? {
                    take(row.map_err(DatabaseError::from)?)?;
                }
            }
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => {
                let declare = format!("DECLARE people NO SCROLL CURSOR FOR {query}");
                conn.batch_execute(&declare).map_err(DatabaseError::from)?;
                loop {
                    let page: diesel::QueryResult<Vec<Row>> =
                        diesel::sql_query(format!("FETCH {PAGE_SIZE} FROM people")).load(conn);
                    let page = page.map_err(DatabaseError::from)?;
                    if page.is_empty() {
                        break;
                    }
                    page.into_iter().try_for_each(&mut take)?;
                }
                conn.batch_execute("CLOSE people").map_err(DatabaseError::from)?;
            }
        }
        Ok(())
    }
}

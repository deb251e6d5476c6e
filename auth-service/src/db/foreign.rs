//! Another application's database, opened to be read and nothing else.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, QueryResult, QueryableByName, RunQueryDsl};

use super::url::Target;
use super::{AnyConnection, DatabaseError, DatabaseUrl};

/// How many rows are read at a time.
const PAGE: usize = 2_000;

/// Longer values are cut: whoever reads them refuses what is longer than it can be.
const MAX_CHARS: usize = 4_000;

/// A database of somebody else's, in one read-only transaction: what is read twice is the same twice.
pub struct ForeignDatabase(AnyConnection);

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

/// A row's values in the order that was asked for, separated by [`UNIT`]; a missing one is [`NULL`].
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    line: Option<String>,
}

/// Control characters that stand in no name, address, date or hash; a value that holds one makes the row unreadable.
const UNIT: char = '\u{1f}';
const NULL: &str = "\u{1a}";

impl ForeignDatabase {
    /// Opens it and begins the transaction.
    pub fn open(url: &DatabaseUrl) -> Result<Self, diesel::ConnectionError> {
        let mut conn = match url.target() {
            #[cfg(feature = "sqlite")]
            Target::Sqlite(path) => {
                let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
                AnyConnection::Sqlite(diesel::SqliteConnection::establish(&format!(
                    "file:{escaped}?mode=ro"
                ))?)
            }
            #[cfg(feature = "postgres")]
            Target::Postgres(url) => AnyConnection::Postgres(diesel::PgConnection::establish(url)?),
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
        Ok(Self(conn))
    }

    /// The names of a table's columns; none when there is no such table.
    pub fn columns(&mut self, table: &TableName) -> Result<Vec<String>, DatabaseError> {
        let query = match &self.0 {
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(_) => format!("SELECT name FROM pragma_table_info('{}')", table.0),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(_) => format!(
                "SELECT attname::text AS name FROM pg_attribute \
                 WHERE attrelid = to_regclass('{}') AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                table.quoted()
            ),
        };
        let names: Vec<Name> = diesel::sql_query(query).load(&mut self.0)?;
        Ok(names.into_iter().map(|row| row.name).collect())
    }

    /// Hands out every row of a table, sorted by its first column: the named columns as text. `None` for a row whose
    /// values cannot be told apart. The names are those that [`ForeignDatabase::columns`] gave.
    pub fn rows<E>(
        &mut self,
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
        for offset in (0..).step_by(PAGE) {
            let query = format!(
                "SELECT {line} AS line FROM {} ORDER BY \"{}\" LIMIT {PAGE} OFFSET {offset}",
                table.quoted(),
                columns[0].replace('"', "\"\"")
            );
            let page: QueryResult<Vec<Row>> = diesel::sql_query(query).load(&mut self.0);
            let page = page.map_err(DatabaseError::from)?;
            let is_last = page.len() < PAGE;
            for row in page {
                let values: Option<Vec<_>> = row.line.map(|line| {
                    line.split(UNIT).map(|value| (value != NULL).then(|| value.to_owned())).collect()
                });
                each(values.filter(|values| values.len() == columns.len()))?;
            }
            if is_last {
                break;
            }
        }
        Ok(())
    }
}

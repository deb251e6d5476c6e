//! Database sources: the user table of a Django project, which may be running.

use super::super::CliError;
use super::record::{Cell, Column, Place, Record};
use super::report::Shown;
use super::seen::Seen;
use crate::db::{DatabaseError, DatabaseUrl, SourceColumn, SourceDatabase, TableName};

/// Connects read-only.
pub(super) fn open(url: &str) -> Result<SourceDatabase, CliError> {
    let url = DatabaseUrl::parse(url).map_err(|problem| CliError::Usage(format!("the source {problem}")))?;
    if url.is_missing_file() {
        return Err(CliError::Failed(format!("there is no file {}", url.masked())));
    }
    url.require_file().map_err(CliError::Failed)?;
    let end = |problem| super::super::end_at_once(&CliError::Failed(format!("the source {problem}")));
    SourceDatabase::open(&url, end)
        .map_err(|error| CliError::Failed(format!("the source cannot be opened: {error}")))
}

/// Passes every user in a table to the sink.
pub(super) fn each(
    db: &mut SourceDatabase,
    table: &TableName,
    seen: &mut Seen,
    sink: &mut dyn FnMut(Record) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let refused = |error: DatabaseError| CliError::Failed(format!("the source cannot be read: {error}"));
    let there = db.columns(table).map_err(refused)?;
    if there.is_empty() {
        let others = others(db, table).map_err(refused)?;
        return Err(CliError::Failed(format!(
            "the source has no table {table}; --table names another{others}"
        )));
    }
    // The primary key counts as `id` under any name, unless it is a column with a meaning of its
    // own, such as the address.
    let is_id = |column: &SourceColumn| {
        column.is_key && matches!(Column::parse(&column.name), None | Some(Column::Id))
    };
    let has_key = there.iter().any(is_id);
    let meaning = |column: &SourceColumn| match Column::parse(&column.name) {
        _ if is_id(column) => Some(Column::Id),
        Some(Column::Id) if has_key => None,
        known => known,
    };
    let mut columns: Vec<(Option<Column>, &SourceColumn)> =
        there.iter().map(|column| (meaning(column), column)).collect();
    for needed in [Column::Email, Column::Password] {
        if !columns.iter().any(|(column, _)| *column == Some(needed)) {
            return Err(CliError::Failed(format!(
                "the source's table {table} has no columns email and password"
            )));
        }
    }
    for (column, there) in &columns {
        if column.is_none() {
            seen.column(&there.name);
        }
    }
    columns.retain(|(column, there)| column.is_some() || there.may_hold_uuids);
    // Rows are sorted by the first column, so that both passes have the same order.
    columns.sort_by_key(|(column, _)| column.map_or(usize::MAX, |column| column as usize));
    let wanted: Vec<&str> = columns.iter().map(|(_, there)| there.name.as_str()).collect();
    let mut row = 0;
    let result: Result<(), Reading> = db.rows((table, &wanted), |values| {
        row += 1;
        let mut record = Record::new();
        record.place = Place { row, line: None };
        record.has_key = has_key;
        match values {
            None => record.is_unreadable = true,
            Some(values) => {
                for ((column, there), value) in columns.iter().zip(values) {
                    match column {
                        Some(column) => {
                            record.set(*column, value.map_or(Cell::Null, Cell::Text));
                        }
                        None => record.other(&there.name, &value.unwrap_or_default()),
                    }
                }
            }
        }
        sink(record).map_err(Reading::Stopped)
    });
    result.map_err(|error| match error {
        Reading::ImportSource(error) => refused(error),
        Reading::Stopped(failure) => failure,
    })
}

/// The other tables with an address and a password, as the end of a sentence.
pub(super) fn others(db: &mut SourceDatabase, table: &TableName) -> Result<String, DatabaseError> {
    let mut names = db.tables_with(&["email", "password"])?;
    names.retain(|name| *name != table.to_string());
    let names: Vec<String> = names.iter().take(10).map(|name| Shown(name).to_string()).collect();
    Ok(match names.as_slice() {
        [] => String::new(),
        names => format!(". There are columns email and password in {}", names.join(", ")),
    })
}

/// Either database can fail here, but exit code 3 means our own.
enum Reading {
    ImportSource(DatabaseError),
    Stopped(CliError),
}

impl From<DatabaseError> for Reading {
    fn from(error: DatabaseError) -> Self {
        Self::ImportSource(error)
    }
}

//! The table of a Django project that may be running.

use super::super::Failure;
use super::record::{Cell, Column, Place, Record};
use crate::db::{DatabaseError, DatabaseUrl, ForeignDatabase, TableName};

/// Connects, without changing anything there.
pub(super) fn open(url: &str) -> Result<ForeignDatabase, Failure> {
    let url = DatabaseUrl::parse(url).map_err(|problem| Failure::Misused(format!("the source {problem}")))?;
    if url.is_missing_file() {
        return Err(Failure::Refused(format!("there is no file {}", url.masked())));
    }
    ForeignDatabase::open(&url)
        .map_err(|error| Failure::Refused(format!("the source cannot be opened: {error}")))
}

/// Hands out the people in a table.
pub(super) fn each(
    db: &mut ForeignDatabase,
    table: &TableName,
    sink: &mut dyn FnMut(Record) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let refused = |error: DatabaseError| Failure::Refused(format!("the source cannot be read: {error}"));
    let names = db.columns(table).map_err(refused)?;
    if names.is_empty() {
        return Err(Failure::Refused(format!("the source has no table {table}; --table names another")));
    }
    let columns: Vec<Column> = names.iter().filter_map(|name| Column::parse(name)).collect();
    if !columns.contains(&Column::Email) || !columns.contains(&Column::Password) {
        return Err(Failure::Refused(format!(
            "the source's table {table} has no columns email and password"
        )));
    }
    // Rows are sorted by the first, and the same twice.
    let mut columns = columns;
    columns.sort_by_key(|column| *column as usize);
    let wanted: Vec<&str> = columns.iter().map(|column| column.name()).collect();
    let mut row = 0;
    let result: Result<(), Reading> = db.rows((table, &wanted), |values| {
        row += 1;
        let mut record = Record::new();
        record.place = Place { row, line: None };
        match values {
            None => record.is_unreadable = true,
            Some(values) => {
                for (column, value) in columns.iter().zip(values) {
                    record.set(*column, value.map_or(Cell::Null, Cell::Text));
                }
            }
        }
        sink(record).map_err(Reading::Stopped)
    });
    result.map_err(|error| match error {
        Reading::Source(error) => refused(error),
        Reading::Stopped(failure) => failure,
    })
}

/// Two databases can fail here, and exit code 3 speaks of ours.
enum Reading {
    Source(DatabaseError),
    Stopped(Failure),
}

impl From<DatabaseError> for Reading {
    fn from(error: DatabaseError) -> Self {
        Self::Source(error)
    }
}

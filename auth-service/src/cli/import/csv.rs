//! CSV sources, with Django's column names in the first line.

use std::fs::File;

use super::super::CliError;
use super::bounded::Bounded;
use super::record::{Cell, Column, Place, Record};
use super::seen::Seen;

/// Passes every user in a file to `sink`.
pub(super) fn each(
    file: &File,
    seen: &mut Seen,
    sink: &mut dyn FnMut(Record) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let unreadable = |error: std::io::Error| CliError::Failed(format!("the file cannot be read: {error}"));
    let (mut reader, progress) = Bounded::new(file).map_err(unreadable)?;
    let delimiter = delimiter(reader.peek_line().map_err(unreadable)?);
    let mut csv = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(reader);
    let header = csv.byte_headers().map_err(problem)?.clone();
    let columns = columns(&header)?;
    let has_key = columns.contains(&Some(Column::Id));
    let names: Vec<String> =
        header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    names.iter().for_each(|name| seen.column(name));
    let (mut values, mut row) = (csv::ByteRecord::new(), 0);
    while csv.read_byte_record(&mut values).map_err(problem)? {
        progress.next_record();
        row += 1;
        let line = values.position().map(csv::Position::line);
        let mut record = Record::new();
        record.place = Place { row, line };
        record.has_key = has_key;
        for ((column, name), value) in columns.iter().zip(&names).zip(&values) {
            let Some(column) = column else {
                record.other(name, std::str::from_utf8(value).unwrap_or_default());
                continue;
            };
            let value = std::str::from_utf8(value).map_err(|_| {
                CliError::Failed(format!("the file cannot be read: {} is not UTF-8", record.place))
            })?;
            record.set(*column, if value == "\\N" { Cell::Null } else { Cell::Text(value.to_owned()) });
        }
        sink(record)?;
    }
    Ok(())
}

fn problem(error: csv::Error) -> CliError {
    // The library's messages contain byte offsets, and often no line number.
    let words = match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!("line {line} has {len} values, and the first line {expected_len}: is it cut off?")
        }
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => error.to_string(),
    };
    CliError::Failed(format!("the file cannot be read: {words}"))
}

/// Spreadsheets use another delimiter in countries with a decimal comma.
fn delimiter(header: &[u8]) -> u8 {
    [b',', b';', b'\t'].into_iter().find(|byte| header.contains(byte)).unwrap_or(b',')
}

fn columns(header: &csv::ByteRecord) -> Result<Vec<Option<Column>>, CliError> {
    let mut columns = Vec::new();
    for name in header {
        let column = std::str::from_utf8(name).ok().and_then(|name| match name.trim() {
            name if name.eq_ignore_ascii_case("pk") => Some(Column::Id),
            name => Column::parse(name),
        });
        if let Some(column) = column.filter(|column| columns.contains(&Some(*column))) {
            return Err(CliError::Failed(format!(
                "the first line of the file names the column {} twice",
                column.name()
            )));
        }
        columns.push(column);
    }
    for needed in [Column::Email, Column::Password] {
        if !columns.contains(&Some(needed)) {
            return Err(CliError::Failed(format!(
                "the first line of the file names no column {}: it must hold the names of Django's columns",
                needed.name()
            )));
        }
    }
    Ok(columns)
}

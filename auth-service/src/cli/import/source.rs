//! Import sources: files and databases. Each can be read more than once.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use clap::ValueEnum;
use shared_claims::setting;

use super::super::CliError;
use super::record::Record;
use super::seen::Seen;
use super::{csv, json, table};
use crate::db::{SourceDatabase, TableName};

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A list, as `dumpdata` writes it.
    Json,
    /// An object a line, as `dumpdata --format jsonl` writes it.
    Jsonl,
    /// Comma-separated values; the first line names the columns.
    Csv,
}

pub(super) enum ImportSource {
    File { file: File, format: Format, model: String },
    Database { db: SourceDatabase, table: TableName },
}

impl ImportSource {
    /// Opens `text`: a file's path, `-`, or a database URL.
    pub fn open(
        text: &str,
        format: Option<Format>,
        (model, table): (Option<&str>, &TableName),
    ) -> Result<Self, CliError> {
        if ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme)) {
            return Ok(Self::Database { db: table::open(text)?, table: table.clone() });
        }
        // The text is not shown, because it may contain a password.
        if text.contains("://") {
            return Err(CliError::Usage(
                "the source is no database that can be read: sqlite:<path> and postgres://… are; of another, write a file by \
                 `manage.py dumpdata`"
                    .to_owned(),
            ));
        }
        let failed = |error: io::Error| CliError::Failed(format!("{text} cannot be read: {error}"));
        let file = if text == "-" {
            kept(io::stdin().lock()).map_err(failed)?
        } else {
            let file = setting::open_file(Path::new(text)).map_err(|problem| {
                CliError::Failed(format!("{text} {problem}, or `-` for standard input"))
            })?;
            if file.metadata().map_err(failed)?.is_file() { file } else { kept(file).map_err(failed)? }
        };
        let mut source = Self::File { file, format: Format::Json, model: model.unwrap_or("").to_owned() };
        let found = match format {
            Some(format) => format,
            None => source.sniff().map_err(failed)?.map_err(|what| {
                CliError::Usage(format!(
                    "{text} {what}: write it by `manage.py dumpdata --format json`, or as comma-separated values"
                ))
            })?,
        };
        if let Self::File { format, .. } = &mut source {
            *format = found;
        }
        Ok(source)
    }

    /// Guesses the format: `[` begins a list, `{` JSON Lines, and a word a CSV header. The inner
    /// error describes any other content.
    fn sniff(&mut self) -> io::Result<Result<Format, &'static str>> {
        let Self::File { file, .. } = self else { return Ok(Ok(Format::Json)) };
        file.rewind()?;
        let mut start = Vec::new();
        Read::by_ref(file).take(4096).read_to_end(&mut start)?;
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
        Ok(Ok(match start.trim_ascii_start() {
            [] | [b'[', ..] => Format::Json,
            [b'{', ..] => Format::Jsonl,
            [b'<', ..] => return Ok(Err("is XML")),
            [b'-', b' ', ..] => return Ok(Err("is YAML")),
            [0x1f, 0x8b, ..] | [b'P', b'K', 3, 4, ..] => return Ok(Err("is compressed")),
            _ if start.starts_with(b"SQLite format 3") => {
                return Ok(Err("is a SQLite database, which is read as sqlite:<path>"));
            }
            _ => Format::Csv,
        }))
    }

    /// Passes every record to the sink, from the first one.
    pub fn each(
        &mut self,
        seen: &mut Seen,
        sink: &mut dyn FnMut(Record) -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        match self {
            Self::Database { db, table } => table::each(db, table, seen, sink),
            Self::File { file, format, model } => {
                file.rewind()
                    .map_err(|error| CliError::Failed(format!("the file cannot be read: {error}")))?;
                match format {
                    Format::Csv => csv::each(file, seen, sink),
                    Format::Json => json::each(file, model, true, seen, sink),
                    Format::Jsonl => json::each(file, model, false, seen, sink),
                }
            }
        }
    }
}

/// The kind of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file by `dumpdata`.
    Dump,
    Csv,
    Database,
}

impl ImportSource {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Database { .. } => Kind::Database,
            Self::File { format: Format::Csv, .. } => Kind::Csv,
            Self::File { .. } => Kind::Dump,
        }
    }

    /// Explains why no user was found, and what to try.
    pub fn nobody(&mut self, seen: &Seen) -> CliError {
        CliError::Failed(match self {
            Self::Database { db, table } => {
                let others = table::others(db, table).unwrap_or_default();
                format!("the source's table {table} holds nobody; --table names another{others}")
            }
            Self::File { format: Format::Csv, .. } => {
                "the file holds nobody: there is nothing below its first line".to_owned()
            }
            Self::File { model, .. } => seen.nobody(model),
        })
    }
}

/// Copies input that can be read only once into an unnamed temporary file that no one else can
/// open.
fn kept(mut from: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut from, &mut file)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::hostile::tried;

    /// Arbitrary bytes as a source: every record is imported or refused, and all are counted.
    fn read(format: Format, input: &[u8]) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(input).unwrap();
        let mut source = ImportSource::File { file, format, model: String::new() };
        let mut count = 0;
        let outcome = source.each(&mut Seen::default(), &mut |record| {
            count += 1;
            assert_eq!(record.place.row, count);
            Ok(())
        });
        if let Err(refused) = outcome {
            assert!(!refused.to_string().is_empty());
        }
    }

    #[test]
    fn any_file_is_people_in_json_or_refused() {
        let person = r#"{"model":"auth.user","pk":1,"fields":{"email":"ada@example.org","password":"!"}}"#;
        let pieces = [
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            "\n",
            "\"model\"",
            "\"fields\"",
            "null",
            "1e400",
            "\\ud800",
            "\u{feff}",
            person,
        ];
        tried(&pieces, |input| {
            read(Format::Json, input);
            read(Format::Json, &[b"[", input, b"]"].concat());
            read(Format::Jsonl, input);
        });
    }

    #[test]
    fn any_file_is_people_in_csv_or_refused() {
        let pieces = [
            "id",
            "email",
            "password",
            ",",
            ";",
            "\"",
            "\n",
            "\r\n",
            "\\N",
            "ada@example.org",
            "\u{feff}",
            "=1+1",
        ];
        tried(&pieces, |input| {
            read(Format::Csv, input);
            read(Format::Csv, &[b"id,email,password\n", input].concat());
        });
    }
}

//! The import report: a summary on standard output, and one JSON line for each user in a file.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use super::super::{CliError, output, private_file};
use super::record::Place;

/// The maximum number of users that are printed; the file has all of them.
const MAX_PRINTED: u64 = 100;

/// The limit for untrusted text, in characters.
const SHOWN_CHARS: usize = 80;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Created,
    Changed,
    Unchanged,
    /// The accounts differ, and the existing one was kept.
    Kept,
    Refused,
}

/// One user. It contains no credentials.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    pub row: u64,
    #[serde(skip)]
    place: Place,
    /// The source's username.
    pub username: String,
    pub email: String,
    /// The user's UUID here.
    pub user_uuid: Option<uuid::Uuid>,
    pub outcome: Outcome,
    pub differs: Vec<&'static str>,
    pub changed: Vec<&'static str>,
    pub notes: Vec<Cow<'static, str>>,
}

impl Line {
    pub fn new(place: Place, username: String) -> Self {
        Self {
            row: place.row,
            place,
            username: cut(&username),
            email: String::new(),
            user_uuid: None,
            outcome: Outcome::Unchanged,
            differs: Vec::new(),
            changed: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The line as text; `None` if it need not be printed.
    fn words(&self) -> Option<String> {
        let what = match self.outcome {
            Outcome::Created | Outcome::Unchanged if self.notes.is_empty() => return None,
            Outcome::Created => "created".to_owned(),
            Outcome::Unchanged => "unchanged".to_owned(),
            Outcome::Changed => format!("changed: {}", self.changed.join(", ")),
            Outcome::Kept => "kept as it is here".to_owned(),
            Outcome::Refused => "not taken".to_owned(),
        };
        let mut words = format!("{}: {}: {what}", self.place, Shown(self.name()));
        let others: Vec<&str> =
            self.differs.iter().filter(|column| !self.changed.contains(column)).copied().collect();
        if !others.is_empty() {
            words.push_str(&format!("; the source has another {}", others.join(", ")));
        }
        for note in &self.notes {
            words.push_str("; ");
            words.push_str(note);
        }
        Some(words)
    }

    fn name(&self) -> &str {
        if self.email.trim().is_empty() { &self.username } else { &self.email }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}

/// Displays untrusted text on a terminal: shortened, and without control characters.
pub(super) struct Shown<'a>(pub &'a str);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use std::fmt::Write;
        if self.0.is_empty() {
            return f.write_str("(no name)");
        }
        for c in self.0.chars().take(SHOWN_CHARS) {
            match c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            {
                true => write!(f, "{}", c.escape_unicode())?,
                false => f.write_char(c)?,
            }
        }
        if self.0.chars().nth(SHOWN_CHARS).is_some() { f.write_str("…") } else { Ok(()) }
    }
}

pub(super) struct ImportReport {
    file: Option<BufWriter<File>>,
    is_dry: bool,
    /// By outcome.
    counts: [u64; 5],
    told: u64,
    untold: u64,
}

impl ImportReport {
    pub fn open(path: Option<&Path>, is_dry: bool) -> Result<Self, CliError> {
        let file = path.map(private_file::create).transpose()?.map(BufWriter::new);
        Ok(Self { file, is_dry, counts: [0; 5], told: 0, untold: 0 })
    }

    pub fn add(&mut self, mut line: Line) -> Result<(), CliError> {
        line.email = cut(&line.email);
        self.counts[line.outcome as usize] += 1;
        if let Some(file) = &mut self.file {
            let json =
                serde_json::to_string(&line).expect("texts, numbers and a UUID can be written as JSON");
            writeln!(file, "{json}").map_err(unwritable)?;
        }
        match line.words() {
            Some(words) if self.told < MAX_PRINTED => {
                self.told += 1;
                output::line(words)
            }
            Some(_) => {
                self.untold += 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Prints the totals, even if the import failed.
    pub fn close(mut self, done: Result<(), CliError>) -> Result<(), CliError> {
        if let Some(file) = &mut self.file {
            file.flush().map_err(unwritable)?;
        }
        if self.untold > 0 {
            output::line(format_args!("… and {} more; --report <file> has them all", self.untold))?;
        }
        let [created, changed, unchanged, kept, refused] = self.counts;
        let dry = if self.is_dry { "Nothing was written. It would be: " } else { "" };
        output::line(format_args!(
            "{dry}{created} created, {changed} changed, {unchanged} unchanged, {kept} kept as they are here, {refused} \
             not taken."
        ))?;
        done?;
        if created + changed == 0 && !self.is_dry {
            output::line("Nothing has changed.")?;
        }
        match refused {
            0 => Ok(()),
            _ => Err(CliError::Failed(format!("{refused} of the source's people could not be taken"))),
        }
    }
}

fn unwritable(error: std::io::Error) -> CliError {
    CliError::Failed(format!("the report cannot be written: {error}"))
}

//! What there is to know of a setting before it is read: its name, what it may be, and how it is
//! told of.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{ConfigError, duration};

/// A row of the table of settings.
pub struct Setting {
    /// Of its variable. Its flag has the same name, in lower case with hyphens.
    pub name: &'static str,
    pub rule: Rule,
    pub blank: Blank,
    /// Whether a file that `<NAME>_FILE` names can hold it: it is a secret, or has one in it.
    pub has_file: bool,
    /// Stands for the value in the help; for a number its limits do.
    value_name: &'static str,
    /// What `--help` says of it, a line each.
    help: &'static [&'static str],
}

/// What it may be, and what it is where nobody set it.
pub enum Rule {
    Required,
    /// Not set, it is what these words say, or is not there where there are none.
    Words(&'static str),
    Text(&'static str),
    /// One of these; the first where it is not set.
    OneOf(&'static [&'static str]),
    Number {
        default: u32,
        limits: RangeInclusive<u32>,
    },
    /// In seconds.
    Duration {
        default: u64,
        limits: RangeInclusive<u64>,
    },
    /// The same, or `0` for never.
    DurationOrNever {
        default: u64,
        limits: RangeInclusive<u64>,
    },
}

/// What it means to set it to nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// The same as not to set it.
    NotSet,
    /// It is refused, for without it more is allowed than with it.
    Refused,
    /// `secret.rs` reads it, which is stricter, and leaves what was the secret before as it was.
    Secret,
}

/// The parts of a row.
impl Setting {
    pub(super) const fn new(name: &'static str, value_name: &'static str, rule: Rule) -> Self {
        Self { name, rule, blank: Blank::NotSet, has_file: false, value_name, help: &[] }
    }

    pub(super) const fn duration(name: &'static str, default: u64, limits: RangeInclusive<u64>) -> Self {
        Self::new(name, "DURATION", Rule::Duration { default, limits })
    }

    pub(super) const fn span_or_never(name: &'static str, default: u64, limits: RangeInclusive<u64>) -> Self {
        Self::new(name, "DURATION", Rule::DurationOrNever { default, limits })
    }

    pub(super) const fn number(name: &'static str, default: u32, limits: RangeInclusive<u32>) -> Self {
        Self::new(name, "", Rule::Number { default, limits })
    }

    /// A random text.
    pub(super) const fn secret(name: &'static str, rule: Rule) -> Self {
        let mut secret = Self::new(name, "SECRET", rule);
        secret.blank = Blank::Secret;
        secret
    }

    pub(super) const fn not_blank(mut self) -> Self {
        self.blank = Blank::Refused;
        self
    }

    /// `files` names the field for its file, where it has one.
    pub(super) const fn described(mut self, help: &'static [&'static str], files: &[&str]) -> Self {
        self.help = help;
        self.has_file = !files.is_empty();
        self
    }
}

/// Descriptions.
impl Setting {
    /// What it is where nobody set it, as help and documents say it; nothing where there is nothing
    /// to say.
    pub fn describe_default(&self) -> Option<String> {
        match &self.rule {
            Rule::Required | Rule::Words("") => None,
            Rule::Words(words) | Rule::Text(words) | Rule::OneOf([words, ..]) => Some((*words).to_owned()),
            Rule::OneOf([]) => None,
            Rule::Number { default, .. } => Some(default.to_string()),
            Rule::Duration { default, .. } | Rule::DurationOrNever { default, .. } => {
                Some(format_seconds(*default))
            }
        }
    }

    /// What it may be, where that is a list or a range.
    pub fn describe_limits(&self) -> Option<String> {
        let durations = |limits: &RangeInclusive<u64>| {
            format!("{} to {}", format_seconds(*limits.start()), format_seconds(*limits.end()))
        };
        match &self.rule {
            Rule::Required | Rule::Words(_) | Rule::Text(_) => None,
            Rule::OneOf(words) => Some(words.join(", ")),
            Rule::Number { limits, .. } => Some(format!("{} to {}", limits.start(), limits.end())),
            Rule::Duration { limits, .. } => Some(durations(limits)),
            Rule::DurationOrNever { limits, .. } => Some(format!("{}, or 0", durations(limits))),
        }
    }

    pub fn flag(&self) -> String {
        format!("--{}", self.name.to_lowercase().replace('_', "-"))
    }

    /// What stands for the value in the help.
    pub fn value_name(&self) -> String {
        match &self.rule {
            Rule::Number { limits, .. } => format!("{}..{}", limits.start(), limits.end()),
            _ => self.value_name.to_owned(),
        }
    }

    /// The help of its flag.
    pub fn help(&self) -> String {
        let lines: Vec<&str> = self.help.iter().map(|line| line.trim()).collect();
        let text = lines.join(" ");
        let text = text.strip_suffix('.').unwrap_or(&text);
        match self.describe_default() {
            Some(default) => format!("{text} [default: {default}]"),
            None => text.to_owned(),
        }
    }

    /// What is in force, as its rule has it, where this text was given. Of a secret, that it is
    /// set.
    pub fn in_force(&self, given: Option<&str>) -> String {
        let or_default = || given.map(str::to_owned).or_else(|| self.describe_default());
        match &self.rule {
            _ if self.blank == Blank::Secret && given.is_some() => "(set, not shown)".to_owned(),
            Rule::Required | Rule::Words(_) => given.unwrap_or("(not used)").to_owned(),
            Rule::DurationOrNever { .. } if given == Some("0") => "0".to_owned(),
            Rule::Duration { .. } | Rule::DurationOrNever { .. } => {
                self.read_duration(given).map_or_else(|_| String::new(), duration::format_duration)
            }
            _ => or_default().unwrap_or_default(),
        }
    }
}

/// By their rules.
impl Setting {
    pub(super) fn read_duration(&self, value: Option<&str>) -> Result<Duration, ConfigError> {
        match &self.rule {
            Rule::Duration { default, limits } | Rule::DurationOrNever { default, limits } => {
                duration::parse(self.name, value, *default, limits.clone())
            }
            _ => unreachable!("{} is no duration in the table of settings", self.name),
        }
    }

    pub(super) fn read_number(&self, value: Option<&str>) -> Result<u32, ConfigError> {
        let Rule::Number { default, limits } = &self.rule else {
            unreachable!("{} is no number in the table of settings", self.name)
        };
        let Some(text) = value else { return Ok(*default) };
        text.parse().ok().filter(|number| limits.contains(number)).ok_or_else(|| {
            let problem = format!("must be a number from {} to {}", limits.start(), limits.end());
            ConfigError::new(self.name, problem)
        })
    }

    pub(super) fn read_choice(&self, value: Option<&str>) -> Result<&'static str, ConfigError> {
        let Rule::OneOf(words @ [default, ..]) = &self.rule else {
            unreachable!("{} is no choice in the table of settings", self.name)
        };
        let Some(text) = value else { return Ok(default) };
        words.iter().copied().find(|word| *word == text).ok_or_else(|| {
            let (last, others) = words.split_last().unwrap_or((default, &[]));
            ConfigError::new(self.name, format!("must be {} or {last}", others.join(", ")))
        })
    }

    /// What it is where nobody set it.
    pub(super) fn default_text(&self) -> &'static str {
        match self.rule {
            Rule::Text(text) => text,
            _ => unreachable!("{} has no text for its default in the table of settings", self.name),
        }
    }
}

fn format_seconds(seconds: u64) -> String {
    duration::format_duration(Duration::from_secs(seconds))
}

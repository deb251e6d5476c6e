//! The declaration of a setting: its name, its rule and its help text.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{ConfigError, duration};

/// A row of the table of settings.
pub struct Setting {
    /// The variable's name. The flag has the same name in lower case with hyphens.
    pub name: &'static str,
    pub rule: Rule,
    pub blank: Blank,
    /// Whether `<NAME>_FILE` can name a file with the value, because the value is secret or
    /// contains a secret.
    pub has_file: bool,
    /// The placeholder for the value in the help; numbers show their limits instead.
    value_name: &'static str,
    /// The `--help` text, line by line.
    help: &'static [&'static str],
}

/// The allowed values and the default of a setting.
pub enum Rule {
    Required,
    /// The default in words for the help; empty if there is no default.
    Words(&'static str),
    Text(&'static str),
    /// One of these words; the first is the default.
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
    /// A duration in seconds, or `0` for never.
    DurationOrNever {
        default: u64,
        limits: RangeInclusive<u64>,
    },
}

/// The meaning of a blank value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// The same as not set.
    NotSet,
    /// Refused, because the default would allow more than an operator who sets it intends.
    Refused,
    /// `secret.rs` handles it: it is stricter, and accepts any previous secret.
    Secret,
}

/// Constructors.
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

    /// `files` contains the name of the field for the file, if the setting has one.
    pub(super) const fn described(mut self, help: &'static [&'static str], files: &[&str]) -> Self {
        self.help = help;
        self.has_file = !files.is_empty();
        self
    }
}

/// Descriptions.
impl Setting {
    /// The default as help and documents show it; `None` if there is none to show.
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

    /// The allowed values, if they are a list or a range.
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

    /// The placeholder for the value in the help.
    pub fn value_name(&self) -> String {
        match &self.rule {
            Rule::Number { limits, .. } => format!("{}..{}", limits.start(), limits.end()),
            _ => self.value_name.to_owned(),
        }
    }

    /// The help text of the flag.
    pub fn help(&self) -> String {
        let lines: Vec<&str> = self.help.iter().map(|line| line.trim()).collect();
        let text = lines.join(" ");
        let text = text.strip_suffix('.').unwrap_or(&text);
        match self.describe_default() {
            Some(default) => format!("{text} [default: {default}]"),
            None => text.to_owned(),
        }
    }

    /// The effective value for a given text, by the setting's rule. A secret shows only that it is
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

/// Parsing by rule.
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

    /// The default.
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

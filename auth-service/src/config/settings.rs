//! The table of settings: the name, default and limits of each. Parsing reads it; the flags' help, `check-config`, the
//! doctor and `docs/settings.md` are compared with it.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::ConfigError;
use super::span::{self, DAY, HOUR, MINUTE};

/// What there is to know of a setting before it is read.
pub struct Setting {
    /// Of its variable. Its flag has the same name, in lower case with hyphens.
    pub name: &'static str,
    pub rule: Rule,
    pub blank: Blank,
    /// Whether a file that `<NAME>_FILE` names can hold it: it is a secret, or has one in it.
    pub has_file: bool,
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
    Span {
        default: u64,
        limits: RangeInclusive<u64>,
    },
    /// The same, or `0` for never.
    SpanOrNever {
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

/// Every setting, in the order in which they are shown.
pub const SETTINGS: &[Setting] = &[
    Setting::new("AUTH_URL", Rule::Required),
    Setting::new("COOKIE_DOMAIN", Rule::Required),
    Setting::new("LISTEN", Rule::Text("127.0.0.1:8000")),
    Setting::new("DATABASE_URL", Rule::Required).or_file(),
    Setting::new("SECRET_KEY", Rule::Required).secret(),
    Setting::new("SECRET_KEY_PREVIOUS", Rule::Words("")).secret(),
    Setting::new("TOKEN_ALGORITHM", Rule::OneOf(&["ES256", "EdDSA", "HS512"])),
    Setting::new("JWT_SIGNING_KEY", Rule::Words("")).secret(),
    Setting::new("KEY_ROTATION", Rule::SpanOrNever { default: 30 * DAY, limits: 2 * HOUR..=365 * DAY }),
    Setting::span("JWKS_MAX_AGE", 5 * MINUTE, 1..=HOUR),
    Setting::span("ACCESS_TOKEN_LIFETIME", 5 * MINUTE, 1..=HOUR),
    Setting::span("REFRESH_TOKEN_LIFETIME", 5 * DAY, MINUTE..=30 * DAY),
    Setting::span("SESSION_LIFETIME", 30 * DAY, HOUR..=365 * DAY),
    Setting::span("REFRESH_GRACE", 30, 0..=300),
    Setting::span("AUDIT_RETENTION", 90 * DAY, DAY..=3650 * DAY),
    Setting::new("TRUSTED_PROXIES", Rule::Words("none")),
    Setting::new("ALLOWED_ORIGINS", Rule::Words("COOKIE_DOMAIN and all below")).not_blank(),
    Setting::new("REGISTRATION", Rule::OneOf(&["open", "closed"])).not_blank(),
    // Below 10 only tests would go, which set PasswordRules themselves.
    Setting::new("BCRYPT_COST", Rule::Number { default: 12, limits: 10..=16 }),
    Setting::new("PASSWORD_MIN_LENGTH", Rule::Number { default: 12, limits: 8..=64 }),
    Setting::new("SITE_NAME", Rule::Words("One account, in each language")),
    Setting::new("SITE_LOGO", Rule::Words("a key")),
    Setting::new("SITE_COLOR", Rule::Words("blue")),
    Setting::new("FOOTER_LINKS", Rule::Words("")),
    Setting::new("TEMPLATES_DIR", Rule::Words("")),
    Setting::new("SMTP_URL", Rule::Words("no mail")).or_file(),
    Setting::new("MAIL_FROM", Rule::Words("")),
    Setting::new("COOKIE_SECURE", Rule::OneOf(&["true", "false"])),
    Setting::new("ACCESS_COOKIE_NAME", Rule::Text("__Secure-sso_access")),
    Setting::new("REFRESH_COOKIE_NAME", Rule::Text("__Host-sso_refresh")),
    Setting::new("BROWSER_COOKIE_NAME", Rule::Text("__Host-sso_browser")),
    Setting::new("HINT_COOKIE_NAME", Rule::Text("__Secure-sso_hint")),
    Setting::span("SHUTDOWN_DELAY", 5, 0..=300),
    Setting::new("LOG_FORMAT", Rule::OneOf(&["pretty", "json"])),
];

impl Setting {
    const fn new(name: &'static str, rule: Rule) -> Self {
        Self { name, rule, blank: Blank::NotSet, has_file: false }
    }

    const fn span(name: &'static str, default: u64, limits: RangeInclusive<u64>) -> Self {
        Self::new(name, Rule::Span { default, limits })
    }

    const fn or_file(mut self) -> Self {
        self.has_file = true;
        self
    }

    const fn secret(mut self) -> Self {
        self.blank = Blank::Secret;
        self.or_file()
    }

    const fn not_blank(mut self) -> Self {
        self.blank = Blank::Refused;
        self
    }

    /// What it is where nobody set it, as help and documents say it; nothing where there is nothing to say.
    pub fn default_in_words(&self) -> Option<String> {
        match &self.rule {
            Rule::Required | Rule::Words("") => None,
            Rule::Words(words) | Rule::Text(words) | Rule::OneOf([words, ..]) => Some((*words).to_owned()),
            Rule::OneOf([]) => None,
            Rule::Number { default, .. } => Some(default.to_string()),
            Rule::Span { default, .. } | Rule::SpanOrNever { default, .. } => Some(in_words(*default)),
        }
    }

    /// What it may be, where that is a list or a range.
    pub fn limits_in_words(&self) -> Option<String> {
        let spans = |limits: &RangeInclusive<u64>| {
            format!("{} to {}", in_words(*limits.start()), in_words(*limits.end()))
        };
        match &self.rule {
            Rule::Required | Rule::Words(_) | Rule::Text(_) => None,
            Rule::OneOf(words) => Some(words.join(", ")),
            Rule::Number { limits, .. } => Some(format!("{} to {}", limits.start(), limits.end())),
            Rule::Span { limits, .. } => Some(spans(limits)),
            Rule::SpanOrNever { limits, .. } => Some(format!("{}, or 0", spans(limits))),
        }
    }
}

fn in_words(seconds: u64) -> String {
    span::in_words(Duration::from_secs(seconds))
}

/// The setting of this name, in capitals or not.
pub fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name.eq_ignore_ascii_case(name))
}

/// Reads a duration by the rule of its setting.
pub(super) fn span(name: &'static str, value: Option<&str>) -> Result<Duration, ConfigError> {
    match find(name).map(|setting| &setting.rule) {
        Some(Rule::Span { default, limits } | Rule::SpanOrNever { default, limits }) => {
            span::parse(name, value, *default, limits.clone())
        }
        _ => unreachable!("{name} is no duration in the table of settings"),
    }
}

/// Reads a number by the rule of its setting.
pub(super) fn number(name: &'static str, value: Option<&str>) -> Result<u32, ConfigError> {
    let Some(Rule::Number { default, limits }) = find(name).map(|setting| &setting.rule) else {
        unreachable!("{name} is no number in the table of settings")
    };
    let Some(text) = value else { return Ok(*default) };
    text.parse().ok().filter(|number| limits.contains(number)).ok_or_else(|| {
        ConfigError::new(name, format!("must be a number from {} to {}", limits.start(), limits.end()))
    })
}

/// Reads a word by the rule of its setting.
pub(super) fn one_of(name: &'static str, value: Option<&str>) -> Result<&'static str, ConfigError> {
    let Some(Rule::OneOf(words @ [default, ..])) = find(name).map(|setting| &setting.rule) else {
        unreachable!("{name} is no choice in the table of settings")
    };
    let Some(text) = value else { return Ok(default) };
    words.iter().copied().find(|word| *word == text).ok_or_else(|| {
        let (last, others) = words.split_last().unwrap_or((default, &[]));
        ConfigError::new(name, format!("must be {} or {last}", others.join(", ")))
    })
}

/// What a setting is where nobody set it.
pub(super) fn text(name: &'static str) -> &'static str {
    match find(name).map(|setting| &setting.rule) {
        Some(Rule::Text(text)) => text,
        _ => unreachable!("{name} has no text for its default in the table of settings"),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command};

    use super::*;
    use crate::config::ServeFlags;

    /// The flags of settings, by their variable's name, with what the help says of each.
    fn flags() -> Vec<(String, String, String)> {
        let command = ServeFlags::augment_args(Command::new("serve"));
        let flag = |arg: &clap::Arg| {
            let name = arg.get_env().unwrap().to_str().unwrap().to_owned();
            let values: Vec<&str> = arg.get_value_names().unwrap().iter().map(|name| name.as_str()).collect();
            (name, values.concat(), arg.get_help().unwrap().to_string())
        };
        command.get_arguments().map(flag).collect()
    }

    #[test]
    fn every_setting_has_its_flag_and_every_flag_its_setting() {
        let mut named: Vec<String> = SETTINGS.iter().map(|setting| setting.name.to_owned()).collect();
        let with_files = SETTINGS.iter().filter(|setting| setting.has_file);
        named.extend(with_files.map(|setting| format!("{}_FILE", setting.name)));
        let mut of_flags: Vec<String> = flags().into_iter().map(|(name, ..)| name).collect();
        named.sort();
        of_flags.sort();
        assert_eq!(of_flags, named);
    }

    #[test]
    fn the_help_of_a_flag_says_the_default_that_is_in_force() {
        for (name, value, help) in flags() {
            let Some(setting) = find(&name) else { continue };
            let said = help.split_once("[default: ").map(|(_, rest)| rest.trim_end_matches(']').to_owned());
            assert_eq!(said, setting.default_in_words(), "{name}");
            if let Rule::Number { limits, .. } = &setting.rule {
                assert_eq!(value, format!("{}..{}", limits.start(), limits.end()), "{name}");
            }
        }
    }

    #[test]
    fn the_page_of_settings_has_each_with_its_default_and_limits() {
        let page = include_str!("../../../docs/settings.md");
        let rows = page.lines().filter(|line| line.starts_with("| `"));
        let rows: Vec<Vec<String>> = rows
            .map(|row| {
                row.split('|').skip(1).take(3).map(|cell| cell.replace('`', "").trim().to_owned()).collect()
            })
            .collect();
        let expected = SETTINGS.iter().map(|setting| {
            let secret = if setting.has_file { " (secret)" } else { "" };
            let default = match setting.rule {
                Rule::Required => "required".to_owned(),
                _ => setting.default_in_words().unwrap_or_default(),
            };
            vec![format!("{}{secret}", setting.name), default, setting.limits_in_words().unwrap_or_default()]
        });
        assert_eq!(rows, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_setting_that_is_unset_is_gone_with_its_file_and_no_other() {
        use crate::config::Tidy;
        let set = |text: &str| Some(text.to_owned());
        let mut flags =
            ServeFlags { secret_key: set("a"), secret_key_previous: set("b"), ..ServeFlags::default() };
        flags.secret_key_file = Some("c".into());
        flags.site.site_name = set("d");
        flags.unset("SECRET_KEY");
        assert_eq!((&flags.secret_key, &flags.secret_key_file), (&None, &None));
        assert_eq!(flags.secret_key_previous.as_deref(), Some("b"));
        flags.unset("SITE_NAME");
        assert_eq!(flags.site.site_name, None);
    }
}

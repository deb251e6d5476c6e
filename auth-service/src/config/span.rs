//! Spans of time in settings: `30s`, `5m`, `5d`.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::ConfigError;

pub(super) const MINUTE: u64 = 60;
pub(super) const HOUR: u64 = 60 * MINUTE;
pub(super) const DAY: u64 = 24 * HOUR;

/// Whole seconds within `bounds`; `default` when nothing is set.
pub(super) fn parse(
    setting: &'static str,
    value: Option<&str>,
    default: u64,
    bounds: RangeInclusive<u64>,
) -> Result<Duration, ConfigError> {
    let Some(text) = value else { return Ok(Duration::from_secs(default)) };
    let in_words = |seconds: &u64| humantime::format_duration(Duration::from_secs(*seconds)).to_string();
    match humantime::parse_duration(text) {
        Ok(span) if span.subsec_nanos() == 0 && bounds.contains(&span.as_secs()) => Ok(span),
        Ok(_) => Err(ConfigError::new(
            setting,
            format!("must be between {} and {}", in_words(bounds.start()), in_words(bounds.end())),
        )),
        Err(_) => Err(ConfigError::new(setting, "must be a duration such as 30s, 5m or 5d")),
    }
}

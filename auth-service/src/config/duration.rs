//! Durations in settings: `30s`, `5m`, `5d`.

use std::ops::RangeInclusive;
use std::time::Duration;

use shared_claims::setting;

use super::ConfigError;

pub(super) const MINUTE: u64 = 60;
pub(super) const HOUR: u64 = 60 * MINUTE;
pub(super) const DAY: u64 = 24 * HOUR;

/// Parses whole seconds within `bounds`; returns `default` if the setting is not set.
pub(super) fn parse(
    setting: &'static str,
    value: Option<&str>,
    default: u64,
    bounds: RangeInclusive<u64>,
) -> Result<Duration, ConfigError> {
    let Some(text) = value else { return Ok(Duration::from_secs(default)) };
    match setting::duration(text) {
        Some(duration) if duration.subsec_nanos() == 0 && bounds.contains(&duration.as_secs()) => {
            Ok(duration)
        }
        Some(_) => Err(ConfigError::new(
            setting,
            format!(
                "must be between {} and {}",
                format_duration(Duration::from_secs(*bounds.start())),
                format_duration(Duration::from_secs(*bounds.end()))
            ),
        )),
        None => Err(ConfigError::new(setting, "must be a duration such as 30s, 5m or 5d")),
    }
}

/// `1d 12h`, `1m 30s`: a form that a setting accepts. The largest unit is the day, because months
/// and years have no fixed length.
pub fn format_duration(duration: Duration) -> String {
    let mut left = duration.as_secs();
    let mut words = Vec::new();
    for (unit, name) in [(DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (1, "s")] {
        if left >= unit {
            words.push(format!("{}{name}", left / unit));
            left %= unit;
        }
    }
    if words.is_empty() { "0s".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_written_as_it_can_be_set() {
        for (seconds, words) in [
            (0, "0s"),
            (30, "30s"),
            (90, "1m 30s"),
            (300, "5m"),
            (90 * DAY, "90d"),
            (365 * DAY, "365d"),
            (DAY + 2 * HOUR, "1d 2h"),
        ] {
            let duration = Duration::from_secs(seconds);
            assert_eq!(format_duration(duration), words);
            assert_eq!(setting::duration(words), Some(duration));
        }
    }
}

//! Durations in settings.

use std::time::Duration;

/// Parses a duration such as `30s`, `5m`, `1h 30m` or `5 days`. `None` if it is none.
///
/// A number needs its unit, because `30` may be meant in seconds or in minutes. `0` is the same in
/// every unit.
///
/// ```
/// use std::time::Duration;
///
/// use shared_claims::setting::duration;
///
/// assert_eq!(duration("1m 30s"), Some(Duration::from_secs(90)));
/// assert_eq!(duration("5 days"), Some(Duration::from_secs(5 * 24 * 60 * 60)));
/// assert_eq!(duration("30"), None);
/// ```
pub fn duration(text: &str) -> Option<Duration> {
    humantime::parse_duration(text).ok()
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn a_duration_is_read_in_short_and_in_words() {
        for (text, seconds) in [
            ("0", 0),
            ("0s", 0),
            ("30s", 30),
            ("90 s", 90),
            ("301seconds", 301),
            ("5m", 300),
            ("1m 30s", 90),
            ("1h30m", 5400),
            ("2days", 172_800),
            ("5 days", 432_000),
            ("90d", 7_776_000),
        ] {
            assert_eq!(duration(text).map(|span| span.as_secs()), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_names_no_duration_is_none() {
        for text in ["", "a while", "30", "-30s", "+30s", "s", "30 s s", "99999999999999999999s", "30x"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}

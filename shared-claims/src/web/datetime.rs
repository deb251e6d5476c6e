//! Date and time formatting, in UTC.

use chrono::DateTime;

/// `2026-11-25 08:05:09 UTC`: to the second, for who compares clocks.
pub(super) fn format_utc(seconds: i64) -> String {
    match DateTime::from_timestamp(seconds, 0) {
        Some(at) => at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        // A token may name a time beyond every calendar.
        None => seconds.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::format_utc;

    #[test]
    fn moments_are_written_as_the_calendar_has_them() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (-1, "1969-12-31 23:59:59 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (951_868_800, "2000-03-01 00:00:00 UTC"),
            (1_800_000_000, "2027-01-15 08:00:00 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (253_402_300_799, "9999-12-31 23:59:59 UTC"),
            (i64::MAX, "9223372036854775807"),
        ] {
            assert_eq!(format_utc(seconds), text);
        }
    }
}

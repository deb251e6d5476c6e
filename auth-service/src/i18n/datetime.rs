//! Dates and times for people.

use std::time::Duration;

use chrono::{DateTime, Datelike};
use serde::Serialize;

use crate::db::types::Timestamp;
use crate::i18n::Message;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// "23 November 2026".
pub fn date(at: Timestamp) -> Message {
    in_parts("date", at).0
}

/// "23 Nov 2026, 21:39 UTC".
pub fn datetime(at: Timestamp) -> Message {
    let (text, time) = in_parts("moment", at);
    text.with("time", time)
}

/// A moment as a page shows it: how long ago, with the exact time behind it.
#[derive(Debug, Clone, Serialize)]
pub struct Moment {
    /// RFC 3339, for programs.
    machine: String,
    exact: Message,
    ago: Message,
    /// The day: without its year where that is the present one.
    day: Message,
}

impl Moment {
    /// The moment `at`, seen at the time `now`.
    pub fn of(at: Timestamp, now: Timestamp) -> Self {
        Self { machine: at.rfc3339(), exact: datetime(at), ago: ago(at, now), day: day(at, now) }
    }

    /// Any moment, for the template check.
    pub fn sample() -> Self {
        let now = Timestamp::from(DateTime::UNIX_EPOCH);
        Self::of(now, now + Duration::from_secs(2 * MINUTE))
    }
}

/// "2 minutes ago"; the date if it is longer ago than a week.
fn ago(at: Timestamp, now: Timestamp) -> Message {
    let passed = at.until(now).as_secs();
    let (text, unit) = match passed {
        0..MINUTE => return Message::new("ago-now"),
        MINUTE..HOUR => (Message::new("ago-minutes"), MINUTE),
        HOUR..DAY => (Message::new("ago-hours"), HOUR),
        _ if passed < 7 * DAY => (Message::new("ago-days"), DAY),
        _ => return date(at),
    };
    text.with("count", i64::try_from(passed / unit).unwrap_or(i64::MAX))
}

/// "23 Nov", or "23 November 2025" in another year.
fn day(at: Timestamp, now: Timestamp) -> Message {
    let year = |at: Timestamp| DateTime::from_timestamp(at.unix_seconds(), 0).unwrap_or_default().year();
    if year(at) == year(now) { in_parts("day", at).0 } else { date(at) }
}

fn in_parts(key: &'static str, at: Timestamp) -> (Message, String) {
    let at = DateTime::from_timestamp(at.unix_seconds(), 0).unwrap_or_default();
    // The year is passed as text, because a number might be grouped by thousands.
    let text =
        Message::new(key).with("day", at.day()).with("month", at.month()).with("year", at.year().to_string());
    (text, at.format("%H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Translations;

    #[test]
    fn a_moment_is_as_long_ago_as_its_largest_unit_says() {
        let texts = Translations::embedded();
        let then = Timestamp::from(DateTime::UNIX_EPOCH);
        for (seconds, words) in [
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (3599, "59 minutes ago"),
            (3600, "1 hour ago"),
            (2 * DAY - 1, "1 day ago"),
            (7 * DAY - 1, "6 days ago"),
            (7 * DAY, "1 January 1970"),
        ] {
            let now = then + Duration::from_secs(seconds);
            assert_eq!(texts.english(&ago(then, now)), words, "{seconds}");
        }
        // Another instance's clock may be ahead.
        assert_eq!(texts.english(&ago(then + Duration::from_secs(5), then)), "just now");
    }
}

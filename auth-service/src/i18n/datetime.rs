//! Dates and times for people.

use chrono::{DateTime, Datelike};

use crate::db::types::Timestamp;
use crate::i18n::Message;

/// "23 November 2026".
pub fn date(at: Timestamp) -> Message {
    in_parts("date", at).0
}

/// "23 Nov 2026, 21:39 UTC".
pub fn datetime(at: Timestamp) -> Message {
    let (text, time) = in_parts("moment", at);
    text.with("time", time)
}

fn in_parts(key: &'static str, at: Timestamp) -> (Message, String) {
    let at = DateTime::from_timestamp(at.unix_seconds(), 0).unwrap_or_default();
    // The year is passed as text, because a number might be grouped by thousands.
    let text =
        Message::new(key).with("day", at.day()).with("month", at.month()).with("year", at.year().to_string());
    (text, at.format("%H:%M").to_string())
}

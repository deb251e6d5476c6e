//! Parses dates in the formats of Django, psql and sqlite3.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use crate::db::types::Timestamp;

/// Formats with an offset.
const FIXED: [&str; 4] = [
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M:%S%.f %#z",
    "%Y-%m-%d %H:%M:%S%.f %#z",
];
/// Formats without an offset, taken as UTC, as Django with `USE_TZ` writes them to a database.
const NAIVE: [&str; 4] = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];

/// Dates before 1970 are errors, and a year after 9999 has five digits.
const EARLIEST: i64 = 0;

pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let text = text
        .strip_suffix(" UTC")
        .or_else(|| text.strip_suffix('Z'))
        .map_or_else(|| text.to_owned(), |rest| format!("{rest}+00:00"));
    let fixed = FIXED.iter().find_map(|format| DateTime::parse_from_str(&text, format).ok());
    let moment: DateTime<Utc> = fixed.map(|moment| moment.to_utc()).or_else(|| {
        let naive = NAIVE.iter().find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok());
        let day = || NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
        Some(naive.or_else(day)?.and_utc())
    })?;
    let is_sane = moment.timestamp() >= EARLIEST && moment.timestamp() < 253_402_300_800;
    is_sane.then(|| moment.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_moment_is_read() {
        let noon = "2024-02-29T12:00:00.000000Z";
        for text in [
            "2024-02-29T12:00:00Z",
            "2024-02-29T12:00:00.000Z",
            "2024-02-29T12:00:00+00:00",
            "2024-02-29T14:00:00+02:00",
            "2024-02-29 12:00:00",
            "2024-02-29 12:00:00+00",
            "2024-02-29 14:00:00+02",
            "2024-02-29 12:00:00.000000",
            "2024-02-29 12:00:00.000000+00:00",
            "2024-02-29 12:00:00 UTC",
            "2024-02-29T12:00",
            " 2024-02-29 12:00:00 ",
        ] {
            assert_eq!(parse(text).map(Timestamp::rfc3339).as_deref(), Some(noon), "{text}");
        }
        let precise = parse("2024-02-29 12:00:00.123456+00").unwrap();
        assert_eq!(precise.rfc3339(), "2024-02-29T12:00:00.123456Z");
        assert_eq!(parse("2024-02-29").unwrap().rfc3339(), "2024-02-29T00:00:00.000000Z");
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "yesterday",
            "2023-02-29",
            "2024-02-29 25:00",
            "1700000000",
            "29.02.2024",
            "1066-10-14",
            "+99999-01-01",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

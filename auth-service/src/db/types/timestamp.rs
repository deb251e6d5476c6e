//! Timestamps with microseconds, the resolution of both databases.

use std::time::Duration;

use chrono::{DateTime, Datelike, SubsecRound, TimeDelta, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{HasSqlType, SqlType};

use crate::db::connection::MultiBackend;

/// `timestamptz` on PostgreSQL, fixed-width UTC `TEXT` on SQLite, so that text order is time order.
#[derive(Debug, Clone, Copy, SqlType, diesel::query_builder::QueryId)]
#[cfg_attr(feature = "postgres", diesel(postgres_type(oid = 1184, array_oid = 1185)))]
#[cfg_attr(feature = "sqlite", diesel(sqlite_type(name = "Text")))]
pub struct UtcTimestamp;

impl HasSqlType<UtcTimestamp> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<UtcTimestamp>(lookup)
    }
}

/// A UTC timestamp with microseconds, the resolution of both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = UtcTimestamp)]
pub struct Timestamp(DateTime<Utc>);

#[cfg(feature = "sqlite")]
const SQLITE_TEXT: &str = "%Y-%m-%dT%H:%M:%S%.6fZ";

impl Timestamp {
    /// The beginning of 1970. No row is older.
    pub const EPOCH: Self = Self(DateTime::UNIX_EPOCH);

    /// Seconds since 1970, as in a JWT.
    pub fn unix_seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// Milliseconds since 1970.
    pub fn unix_millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// Microseconds since 1970.
    pub fn unix_micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// The same back; `None` before 1970, and after the year 9999, which has no text of our width.
    pub fn from_unix_micros(micros: i64) -> Option<Self> {
        let at = Self(DateTime::from_timestamp_micros(micros)?);
        (Self::EPOCH..=Self::last()).contains(&at).then_some(at)
    }

    /// The day in UTC, counted from 1970.
    pub fn day(self) -> i32 {
        self.0.num_days_from_ce() - DateTime::UNIX_EPOCH.num_days_from_ce()
    }

    /// The end of the year 9999.
    pub fn last() -> Self {
        Self::EPOCH.shifted(253_402_300_799_999_999)
    }

    /// The time from now until `later`; zero if it has passed.
    pub fn until(self, later: Self) -> Duration {
        (later.0 - self.0).to_std().unwrap_or(Duration::ZERO)
    }

    /// The microseconds by which this is after `other`; negative if it is before.
    pub fn micros_after(self, other: Self) -> i64 {
        let span = self.0 - other.0;
        span.num_microseconds().unwrap_or(if span < TimeDelta::zero() { i64::MIN } else { i64::MAX })
    }

    /// This timestamp moved by `micros`, limited to the valid range.
    pub fn shifted(self, micros: i64) -> Self {
        self.moved(TimeDelta::microseconds(micros))
    }

    /// A row may contain any date, so arithmetic on it must not panic.
    fn moved(self, span: TimeDelta) -> Self {
        let end = if span < TimeDelta::zero() { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
        self.0.checked_add_signed(span).unwrap_or(end).into()
    }

    /// For a terminal: "23 Nov 2026, 21:39 UTC".
    pub fn format_utc(self) -> String {
        self.0.format("%-d %b %Y, %H:%M UTC").to_string()
    }

    /// RFC 3339, for machines.
    pub fn rfc3339(self) -> String {
        self.0.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(value: DateTime<Utc>) -> Self {
        Self(value.trunc_subsecs(6))
    }
}

impl From<Timestamp> for std::time::SystemTime {
    fn from(at: Timestamp) -> Self {
        at.0.into()
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        self.moved(TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        self.moved(-TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX))
    }
}

#[cfg(feature = "postgres")]
impl ToSql<UtcTimestamp, diesel::pg::Pg> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
        ToSql::<diesel::sql_types::Timestamptz, diesel::pg::Pg>::to_sql(&self.0, out)
    }
}

#[cfg(feature = "sqlite")]
impl ToSql<UtcTimestamp, diesel::sqlite::Sqlite> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
        out.set_value(self.0.format(SQLITE_TEXT).to_string());
        Ok(IsNull::No)
    }
}

impl ToSql<UtcTimestamp, MultiBackend> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((UtcTimestamp, self));
        Ok(IsNull::No)
    }
}

#[cfg(feature = "postgres")]
impl FromSql<UtcTimestamp, diesel::pg::Pg> for Timestamp {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        let value =
            <DateTime<Utc> as FromSql<diesel::sql_types::Timestamptz, diesel::pg::Pg>>::from_sql(value)?;
        Ok(value.into())
    }
}

#[cfg(feature = "sqlite")]
impl FromSql<UtcTimestamp, diesel::sqlite::Sqlite> for Timestamp {
    fn from_sql(value: <diesel::sqlite::Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<diesel::sql_types::Text, diesel::sqlite::Sqlite>>::from_sql(value)?;
        Ok(chrono::NaiveDateTime::parse_from_str(&text, SQLITE_TEXT)?.and_utc().into())
    }
}

impl FromSql<UtcTimestamp, MultiBackend> for Timestamp {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, UtcTimestamp>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_utc() {
        let second = 1_000_000;
        for (micros, day) in [(0, 0), (-1, -1), (86_400 * second - 1, 0), (86_400 * second, 1)] {
            assert_eq!(Timestamp::EPOCH.shifted(micros).day(), day, "{micros}");
        }
        let [first, last] = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC].map(Timestamp::from);
        assert!(first.day() < -90_000_000 && last.day() > 90_000_000);
    }

    #[test]
    fn a_sum_ends_where_moments_end() {
        let [first, now, last] =
            [DateTime::<Utc>::MIN_UTC, DateTime::UNIX_EPOCH, DateTime::<Utc>::MAX_UTC].map(Timestamp::from);
        for span in [Duration::from_secs(1), Duration::from_secs(u64::from(u32::MAX)), Duration::MAX] {
            assert_eq!((last + span, first - span), (last, first), "{span:?}");
            assert!(now + span > now && now - span < now, "{span:?}");
        }
        for (moment, micros) in [(last, i64::MAX), (first, i64::MIN)] {
            assert_eq!(moment.shifted(micros), moment);
        }
        assert_eq!((last.micros_after(first), first.micros_after(last)), (i64::MAX, i64::MIN));
        assert_eq!((first.until(last).as_secs() > 0, last.until(first)), (true, Duration::ZERO));
    }
}

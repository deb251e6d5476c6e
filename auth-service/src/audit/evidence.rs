//! What the trail knows of the time.

use std::time::Duration;

use diesel::QueryResult;

use super::AuditEvent;
use crate::clock::{Clock, FAR};
use crate::db::AnyConnection;
use crate::db::types::Timestamp;

/// What is younger may have been written by a clock that is wrong since a moment ago.
const LONG_AGO: Duration = Duration::from_secs(3600);

/// The time, and when the last event was that is older than an hour.
pub fn now_and_last_event(
    conn: &mut AnyConnection,
    clock: &Clock,
) -> QueryResult<(Timestamp, Option<Timestamp>)> {
    let now = clock.read(conn)?;
    Ok((now, AuditEvent::last_before(conn, now - LONG_AGO)?))
}

/// Whether so little happened lately that the clock may be ahead.
pub fn is_gap(now: Timestamp, last_event: Option<Timestamp>) -> bool {
    last_event.is_some_and(|last| last + FAR < now)
}

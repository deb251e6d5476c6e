//! Evidence about the clock: the last event in the audit trail tells whether the time can be right.

use std::time::Duration;

use diesel::QueryResult;

use super::AuditEvent;
use crate::clock::{Clock, FAR};
use crate::db::AnyConnection;
use crate::db::types::Timestamp;

/// Younger events may have been dated by a clock that has gone wrong since.
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

//! Evidence about the clock: the last audit event shows whether the current time is plausible.

use std::time::Duration;

use diesel::QueryResult;

use super::AuditEvent;
use crate::clock::{Clock, FAR};
use crate::db::AnyConnection;
use crate::db::types::Timestamp;

/// More recent events may have been dated by a clock that went wrong meanwhile.
const LONG_AGO: Duration = Duration::from_secs(3600);

/// The current time, and the time of the last event that is more than an hour old.
pub fn now_and_last_event(
    conn: &mut AnyConnection,
    clock: &Clock,
) -> QueryResult<(Timestamp, Option<Timestamp>)> {
    let now = clock.read(conn)?;
    Ok((now, AuditEvent::last_before(conn, now - LONG_AGO)?))
}

/// Whether the last event is so old that the clock may be ahead.
pub fn is_gap(now: Timestamp, last_event: Option<Timestamp>) -> bool {
    last_event.is_some_and(|last| last + FAR < now)
}

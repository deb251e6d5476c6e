//! The purge: deletes sessions that expired some time ago.
//!
//! They are found by the day of `idle_until`, whose index a renewal seldom has to change. The time
//! itself decides. Rows of a former release may have an earlier day: they are looked at too early,
//! and deleted when it is time.

use diesel::prelude::*;

use crate::db::AnyConnection;
use crate::db::schema::sessions;
use crate::db::types::Timestamp;
use crate::sessions::{Session, SessionId};

/// Sessions that expired before `cutoff`. A revoked session is deleted when it would have expired.
#[diesel::dsl::auto_type(no_type_alias)]
fn are_over(cutoff: Timestamp) -> _ {
    let day: i32 = cutoff.day();
    sessions::idle_day.le(day).and(sessions::idle_until.lt(cutoff))
}

impl Session {
    /// The number of sessions that expired before `cutoff`.
    pub fn count_over(conn: &mut AnyConnection, cutoff: Timestamp) -> QueryResult<i64> {
        sessions::table.filter(are_over(cutoff)).count().get_result(conn)
    }

    /// Deletes up to `batch` sessions that expired before `cutoff`, those of the earliest days
    /// first, and returns their number.
    ///
    /// It takes a lock only to delete, because a look at the last day may pass many sessions that
    /// are kept for some hours more.
    pub fn purge(conn: &mut AnyConnection, cutoff: Timestamp, batch: i64) -> QueryResult<usize> {
        let over = sessions::table
            .filter(are_over(cutoff))
            .order(sessions::idle_day.asc())
            .limit(batch)
            .select(sessions::id)
            .load::<SessionId>(conn)?;
        if over.is_empty() {
            return Ok(0);
        }
        // Check again, because a session may have been renewed since.
        let rows = sessions::table.filter(sessions::id.eq_any(over)).filter(sessions::idle_until.lt(cutoff));
        conn.write(|conn| diesel::delete(rows.clone()).execute(conn))
    }
}

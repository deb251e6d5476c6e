//! A user's history, page by page.

use diesel::QueryResult;

use super::{AuditEvent, EventKind};
use crate::db::AnyConnection;
use crate::db::types::Timestamp;

/// Which events a page shows, and how many.
///
/// Anyone can cause refusals, so they have places of their own: wrong passwords must not push an
/// unknown login or a theft out of sight. A page goes back as far as its `done` events do.
#[derive(Debug, Clone, Copy)]
pub struct HistoryKinds {
    pub done: &'static [EventKind],
    pub most_done: usize,
    pub refused: &'static [EventKind],
    pub most_refused: usize,
}

/// One page.
pub struct History {
    /// The newest first.
    pub events: Vec<AuditEvent>,
    /// Whether there were more refusals than the page has places for.
    pub has_more_refused: bool,
    /// Where the next page begins, if there is one.
    pub older: Option<Timestamp>,
}

impl History {
    /// The latest events of a user, or the latest before `before`.
    pub fn read(
        conn: &mut AnyConnection,
        user: uuid::Uuid,
        kinds: HistoryKinds,
        before: Option<Timestamp>,
    ) -> QueryResult<Self> {
        let mut events =
            AuditEvent::latest_between(conn, user, kinds.done, None, before, kinds.most_done + 1)?;
        let mut end = None;
        if let Some(beyond) = events.get(kinds.most_done).map(|event| event.at) {
            events.truncate(kinds.most_done);
            end = events.last().map(|event| event.at);
            // One action can end many sessions at one moment. A page ends between two moments.
            if let Some(end) = end.filter(|end| *end == beyond) {
                events.retain(|event| event.at != end);
                let after = Some(end.shifted(1));
                let most = AuditEvent::MOST_AT_ONE_MOMENT;
                events.extend(AuditEvent::latest_between(conn, user, kinds.done, Some(end), after, most)?);
            }
        }
        let most = kinds.most_refused + 1;
        let mut refused = AuditEvent::latest_between(conn, user, kinds.refused, end, before, most)?;
        let has_more_refused = refused.len() == most;
        refused.truncate(kinds.most_refused);
        events.extend(refused);
        events.sort_by_key(|event| std::cmp::Reverse(event.order()));
        Ok(Self { events, has_more_refused, older: end })
    }
}

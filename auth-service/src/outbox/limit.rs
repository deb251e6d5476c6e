//! Limits: how many letters an account and an address may be sent because somebody asked.

use std::time::Duration;

use diesel::prelude::*;

use crate::audit::{RequestContext, SubjectId};
use crate::db::AnyConnection;
use crate::db::schema::deliveries;

/// What a stranger can cause somebody to receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// For one account within an hour, of one topic or of several that answer the same request
    /// (OWASP Forgot Password: three).
    pub an_hour: i64,
    /// Of all topics, for one address within a day.
    pub a_day: i64,
}

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

impl Limit {
    /// Of letters that anybody can ask for.
    pub const OF_REQUESTS: Self = Self { an_hour: 3, a_day: 20 };

    /// Whether one more is within the limit. Call it in the transaction that enqueues, after
    /// [`AnyConnection::lock_name`] of the recipient, so that two at once do not both find room.
    pub fn has_room(
        self,
        conn: &mut AnyConnection,
        (topics, user, recipient): (&[&str], Option<uuid::Uuid>, &str),
        context: &RequestContext,
    ) -> QueryResult<bool> {
        let now = context.now();
        let to_address = deliveries::table
            .filter(deliveries::recipient.eq(recipient))
            .filter(deliveries::created_at.gt(now - DAY))
            .count()
            .get_result::<i64>(conn)?;
        let has_room = to_address < self.a_day;
        let Some(user) = user else { return Ok(has_room) };
        let of_account = deliveries::table
            .filter(deliveries::user_id.eq(SubjectId::from(user)))
            .filter(deliveries::topic.eq_any(topics))
            .filter(deliveries::created_at.gt(now - HOUR))
            .count()
            .get_result::<i64>(conn)?;
        Ok(has_room && of_account < self.an_hour)
    }

    /// Whether the account was sent this topic within `span`: a notice is not repeated at once.
    pub fn was_sent_within(
        conn: &mut AnyConnection,
        (topic, user): (&str, uuid::Uuid),
        span: Duration,
        context: &RequestContext,
    ) -> QueryResult<bool> {
        let same = deliveries::table
            .filter(deliveries::user_id.eq(SubjectId::from(user)))
            .filter(deliveries::topic.eq(topic))
            .filter(deliveries::created_at.gt(context.now() - span));
        diesel::select(diesel::dsl::exists(same)).get_result(conn)
    }
}

//! Deliveries as rows: enqueued, listed, retried and purged.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::sealed_payload::PayloadKeys;
use crate::audit::{RequestContext, SubjectId};
use crate::db::AnyConnection;
use crate::db::schema::deliveries;
use crate::db::types::{Id, Stored, Timestamp, text_enum};

pub type DeliveryId = Id<Delivery>;

text_enum! {
    /// What is delivered.
    pub enum DeliveryKind {
        Letter = "letter",
    }
}

text_enum! {
    /// What became of a delivery.
    pub enum DeliveryState {
        Waiting = "waiting",
        Sent = "sent",
        /// Given up; an operator can retry it.
        Failed = "failed",
    }
}

/// One delivery to one recipient.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = deliveries)]
pub struct Delivery {
    pub id: DeliveryId,
    pub kind: Stored<DeliveryKind>,
    /// Names the content, such as the template of a letter.
    pub topic: String,
    pub user_id: Option<SubjectId>,
    pub recipient: String,
    /// Sealed; empty once it is delivered.
    payload: Vec<u8>,
    pub created_at: Timestamp,
    /// The time of the next attempt.
    pub due_at: Timestamp,
    pub attempts: i64,
    pub state: Stored<DeliveryState>,
    pub settled_at: Option<Timestamp>,
    /// Why the last attempt failed; `None` before the first and during each.
    pub last_error: Option<String>,
}

/// Written out and not bound: otherwise SQLite cannot know that the index of waiting rows is
/// enough.
pub(super) fn is_waiting() -> SqlLiteral<Bool> {
    sql("state = 'waiting'")
}

/// The content of a delivery.
pub struct NewDelivery<'a> {
    pub kind: DeliveryKind,
    pub topic: &'a str,
    pub user: Option<uuid::Uuid>,
    pub recipient: &'a str,
    pub payload: &'a [u8],
}

impl Delivery {
    /// Stores a delivery that is due at once, within the caller's transaction.
    pub fn enqueue(
        conn: &mut AnyConnection,
        new: &NewDelivery,
        keys: &PayloadKeys,
        context: &RequestContext,
    ) -> QueryResult<DeliveryId> {
        let id = Id::new(context.now());
        let row = Self {
            id,
            kind: new.kind.into(),
            topic: new.topic.to_owned(),
            user_id: new.user.map(Into::into),
            recipient: new.recipient.to_owned(),
            payload: keys.seal(id.uuid(), new.payload),
            created_at: context.now(),
            due_at: context.now(),
            attempts: 0,
            state: DeliveryState::Waiting.into(),
            settled_at: None,
            last_error: None,
        };
        diesel::insert_into(deliveries::table).values(&row).execute(conn)?;
        Ok(id)
    }

    /// Deletes a delivery that the caller's transaction has stored.
    pub fn take_back(conn: &mut AnyConnection, id: DeliveryId) -> QueryResult<()> {
        diesel::delete(deliveries::table.find(id)).execute(conn).map(|_| ())
    }

    /// The content; `None` if it cannot be opened with our secrets.
    pub fn open(&self, keys: &PayloadKeys) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        keys.open(self.id.uuid(), &self.payload)
    }

    pub fn by_id(conn: &mut AnyConnection, id: DeliveryId) -> QueryResult<Option<Self>> {
        deliveries::table.find(id).select(Self::as_select()).get_result(conn).optional()
    }

    /// The deliveries in one of `states`, the oldest first, up to `most`.
    pub fn list(conn: &mut AnyConnection, states: &[DeliveryState], most: i64) -> QueryResult<Vec<Self>> {
        deliveries::table
            .filter(deliveries::state.eq_any(states.iter().map(|state| state.as_str())))
            .order(deliveries::id.asc())
            .limit(most)
            .select(Self::as_select())
            .load(conn)
    }

    /// How many deliveries were given up, and are still kept.
    pub fn count_failed(conn: &mut AnyConnection) -> QueryResult<i64> {
        let failed = deliveries::table.filter(deliveries::state.eq(DeliveryState::Failed.as_str()));
        failed.count().get_result(conn)
    }

    /// Since when the oldest delivery waits; `None` if none does.
    pub fn oldest_waiting(conn: &mut AnyConnection) -> QueryResult<Option<Timestamp>> {
        deliveries::table
            .filter(is_waiting())
            .order(deliveries::created_at.asc())
            .select(deliveries::created_at)
            .first(conn)
            .optional()
    }

    /// Makes deliveries due now that were put off or given up: one, or all. Returns their number.
    /// What a worker has in its hands is left to it, or it would be delivered twice.
    pub fn retry(conn: &mut AnyConnection, one: Option<DeliveryId>, now: Timestamp) -> QueryResult<usize> {
        let again = (
            deliveries::state.eq(DeliveryState::Waiting.as_str()),
            deliveries::due_at.eq(now),
            deliveries::settled_at.eq(None::<Timestamp>),
            deliveries::attempts.eq(0),
        );
        let unsent = deliveries::table
            .filter(deliveries::state.ne(DeliveryState::Sent.as_str()))
            .filter(deliveries::last_error.is_not_null());
        match one {
            Some(id) => diesel::update(unsent.filter(deliveries::id.eq(id))).set(again).execute(conn),
            None => diesel::update(unsent).set(again).execute(conn),
        }
    }

    /// Deletes every delivery from a copy, or from a database that comes from one: what it has to
    /// tell is of long ago. Returns their number.
    pub fn remove_all(conn: &mut AnyConnection) -> QueryResult<usize> {
        diesel::delete(deliveries::table).execute(conn)
    }

    /// The number of deliveries that were settled before `cutoff`.
    pub fn count_settled_before(conn: &mut AnyConnection, cutoff: Timestamp) -> QueryResult<i64> {
        deliveries::table.filter(deliveries::settled_at.lt(cutoff)).count().get_result(conn)
    }

    /// Deletes up to `batch` deliveries that were settled before `cutoff`, and returns their
    /// number.
    pub fn purge(conn: &mut AnyConnection, cutoff: Timestamp, batch: i64) -> QueryResult<usize> {
        let old = deliveries::table
            .filter(deliveries::settled_at.lt(cutoff))
            .limit(batch)
            .select(deliveries::id)
            .load::<DeliveryId>(conn)?;
        diesel::delete(deliveries::table.filter(deliveries::id.eq_any(old))).execute(conn)
    }
}

//! Claims: of all workers of all instances, one at a time tries a delivery.
//!
//! A claim moves the time of the next attempt behind a lease, which no attempt outlasts. So a
//! delivery whose worker was killed is tried again when the lease has run out, and nobody has to
//! notice the death. Delivery is therefore "at least once": a worker that dies between the other
//! side's acceptance and its own commit delivers twice.

use std::time::Duration;

use diesel::prelude::*;

use super::backoff::Setback;
use super::delivery::{Delivery, DeliveryId, DeliveryKind, DeliveryState, is_waiting};
use crate::audit::RequestContext;
use crate::db::AnyConnection;
use crate::db::schema::deliveries;
use crate::db::types::Timestamp;

/// Longer than any attempt may take.
const LEASE: Duration = Duration::from_secs(10 * 60);

impl Delivery {
    /// Whether a delivery of this kind is due: a look that writes nothing.
    pub fn is_any_due(conn: &mut AnyConnection, kind: DeliveryKind, now: Timestamp) -> QueryResult<bool> {
        let due = deliveries::table
            .filter(is_waiting())
            .filter(deliveries::kind.eq(kind.as_str()))
            .filter(deliveries::due_at.le(now));
        Ok(due.select(deliveries::id).first::<DeliveryId>(conn).optional()?.is_some())
    }

    /// Claims up to `most` deliveries that are due, the longest due first.
    pub fn claim(
        conn: &mut AnyConnection,
        kind: DeliveryKind,
        most: i64,
        context: &RequestContext,
    ) -> QueryResult<Vec<Self>> {
        conn.write(|conn| {
            let now = context.read_time(conn)?.now();
            let mut claimed = Self::lock_due(conn, kind, now, most)?;
            let ids: Vec<DeliveryId> = claimed.iter().map(|delivery| delivery.id).collect();
            let until = now + LEASE;
            diesel::update(deliveries::table.filter(deliveries::id.eq_any(ids)))
                .set((
                    deliveries::due_at.eq(until),
                    deliveries::attempts.eq(deliveries::attempts + 1),
                    deliveries::last_error.eq(None::<String>),
                ))
                .execute(conn)?;
            for delivery in &mut claimed {
                delivery.due_at = until;
                delivery.attempts += 1;
                delivery.last_error = None;
            }
            Ok(claimed)
        })
    }

    /// SQLite's transaction has the lock of the whole file. On PostgreSQL rows that another worker
    /// is claiming are passed over.
    fn lock_due(
        conn: &mut AnyConnection,
        kind: DeliveryKind,
        now: Timestamp,
        most: i64,
    ) -> QueryResult<Vec<Self>> {
        let due = deliveries::table
            .filter(is_waiting())
            .filter(deliveries::kind.eq(kind.as_str()))
            .filter(deliveries::due_at.le(now))
            .order(deliveries::due_at.asc())
            .limit(most);
        match conn {
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(conn) => due.select(Self::as_select()).load(conn),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => {
                due.select(Self::as_select()).for_update().skip_locked().load(conn)
            }
        }
    }

    /// Ends the claim of a delivery that was not tried: it is due again.
    pub fn give_back(&self, conn: &mut AnyConnection, context: &RequestContext) -> QueryResult<()> {
        conn.write(|conn| {
            let now = context.read_time(conn)?.now();
            let again = (deliveries::due_at.eq(now), deliveries::attempts.eq(deliveries::attempts - 1));
            diesel::update(self.as_claimed()).set(again).execute(conn)?;
            Ok(())
        })
    }

    /// Records that the other side has taken it. `false` if another worker has claimed it since.
    pub fn settle(&self, conn: &mut AnyConnection, context: &RequestContext) -> QueryResult<bool> {
        conn.write(|conn| {
            let now = context.read_time(conn)?.now();
            let sent = (
                deliveries::state.eq(DeliveryState::Sent.as_str()),
                deliveries::settled_at.eq(now),
                deliveries::payload.eq(Vec::<u8>::new()),
                deliveries::last_error.eq(None::<String>),
            );
            Ok(diesel::update(self.as_claimed()).set(sent).execute(conn)? == 1)
        })
    }

    /// Records a failed attempt. Returns whether the delivery was given up.
    pub fn put_off(
        &self,
        conn: &mut AnyConnection,
        why: &Setback,
        context: &RequestContext,
    ) -> QueryResult<bool> {
        conn.write(|conn| {
            let now = context.read_time(conn)?.now();
            let error = deliveries::last_error.eq(why.reason());
            match why.pause(self.attempts, self.created_at.until(now)) {
                Some(pause) => {
                    let later = (error, deliveries::due_at.eq(now + pause));
                    diesel::update(self.as_claimed()).set(later).execute(conn)?;
                    Ok(false)
                }
                None => {
                    let failed = deliveries::state.eq(DeliveryState::Failed.as_str());
                    let over = (error, failed, deliveries::settled_at.eq(now));
                    diesel::update(self.as_claimed()).set(over).execute(conn)?;
                    Ok(true)
                }
            }
        })
    }

    /// This row, unless another worker has claimed it since.
    fn as_claimed(
        &self,
    ) -> diesel::dsl::Filter<
        diesel::dsl::Filter<deliveries::table, diesel::dsl::Eq<deliveries::id, DeliveryId>>,
        diesel::dsl::Eq<deliveries::due_at, Timestamp>,
    > {
        deliveries::table.filter(deliveries::id.eq(self.id)).filter(deliveries::due_at.eq(self.due_at))
    }
}

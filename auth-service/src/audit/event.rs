//! Audit events as rows: recorded, counted, listed and purged.

use diesel::prelude::*;
use tracing::Level;

use super::{Actor, EventKind, RequestContext};
use crate::db::schema::audit_events;
use crate::db::types::{Id, Stored, TextEnum, Timestamp};
use crate::db::{AnyConnection, on_connection};
use crate::telemetry;

/// The account or session of an event, which may be deleted by now.
pub type SubjectId = Id<()>;

#[derive(Clone, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = audit_events)]
pub struct AuditEvent {
    id: Id<AuditEvent>,
    pub at: Timestamp,
    pub event: Stored<EventKind>,
    actor: Stored<Actor>,
    pub user_id: Option<SubjectId>,
    pub session_id: Option<SubjectId>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    request_id: Option<SubjectId>,
    pub detail: Option<String>,
    /// The number of repetitions within the same window, and the time of the last one.
    pub repeats: i64,
    pub last_at: Option<Timestamp>,
    /// The key under which repeated events are counted.
    pub(super) repeat_key: Option<String>,
}

impl AuditEvent {
    /// A new event at the time of `context`, not yet stored.
    pub fn new(event: EventKind, context: &RequestContext) -> Self {
        Self {
            id: Id::new(context.now()),
            at: context.now(),
            event: event.into(),
            actor: context.actor.into(),
            user_id: None,
            session_id: None,
            address: context.address_text(),
            user_agent: context.user_agent.clone(),
            request_id: context.request_id.map(Id::from),
            detail: None,
            repeats: 0,
            last_at: None,
            repeat_key: None,
        }
    }

    pub fn user(self, user: uuid::Uuid) -> Self {
        Self { user_id: Some(user.into()), ..self }
    }

    pub fn session(self, session: uuid::Uuid) -> Self {
        Self { session_id: Some(session.into()), ..self }
    }

    /// Adds a detail. It must not contain user input.
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// Adds the reason, from a fixed list.
    pub fn reason(self, reason: impl TextEnum) -> Self {
        self.detail(reason.as_str())
    }

    /// The reason, if it is a variant of `T` that this release knows.
    pub fn reason_of<T: TextEnum>(&self) -> Option<T> {
        T::parse(self.detail.as_deref()?)
    }

    /// Stores and logs the event. Call it last in a transaction, so that events that are rolled
    /// back are rarely logged.
    pub fn record(self, conn: &mut AnyConnection) -> QueryResult<()> {
        let row = diesel::insert_into(audit_events::table).values(&self);
        on_connection!(conn, |conn| row.execute(conn))?;
        self.log();
        Ok(())
    }

    /// The statement that stores the event once for each row of `rows`.
    #[cfg(feature = "postgres")]
    pub fn insert_with(
        &self,
        rows: crate::db::updated::table,
    ) -> impl diesel::query_builder::QueryFragment<diesel::pg::Pg> + diesel::query_builder::QueryId {
        use diesel::sql_types::{BigInt, Nullable, Text};

        use crate::db::types::{UtcTimestamp, Uuid};
        // Without `..`, so that a new column is not forgotten.
        let Self {
            id,
            at,
            event,
            actor,
            user_id,
            session_id,
            address,
            user_agent,
            request_id,
            detail,
            repeats,
            last_at,
            repeat_key,
        } = self;
        let values = rows.select((
            id.into_sql::<Uuid>(),
            at.into_sql::<UtcTimestamp>(),
            event.into_sql::<Text>(),
            actor.into_sql::<Text>(),
            user_id.into_sql::<Nullable<Uuid>>(),
            session_id.into_sql::<Nullable<Uuid>>(),
            address.into_sql::<Nullable<Text>>(),
            user_agent.into_sql::<Nullable<Text>>(),
            request_id.into_sql::<Nullable<Uuid>>(),
            detail.into_sql::<Nullable<Text>>(),
            repeats.into_sql::<BigInt>(),
            last_at.into_sql::<Nullable<UtcTimestamp>>(),
            repeat_key.into_sql::<Nullable<Text>>(),
        ));
        diesel::insert_into(audit_events::table).values(values).into_columns(audit_events::all_columns)
    }

    pub(crate) fn log(&self) {
        let shown = |id: Option<SubjectId>| id.map(tracing::field::display);
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    target: telemetry::SECURITY,
                    event = self.event.as_str(),
                    actor = self.actor.as_str(),
                    user = shown(self.user_id),
                    session = shown(self.session_id),
                    address = self.address,
                    detail = self.detail,
                    repeats = (self.repeats > 0).then_some(self.repeats),
                )
            };
        }
        match self.event.known().map(EventKind::level) {
            Some(Level::WARN) => line!(warn),
            _ => line!(info),
        }
    }

    /// More events than one action causes for one account.
    pub(super) const MOST_AT_ONE_MOMENT: usize = 1000;

    /// What orders events: the time, and among equal times the id.
    pub(super) fn order(&self) -> (Timestamp, uuid::Uuid) {
        (self.at, self.id.uuid())
    }

    /// The latest events of a user of the given kinds, the newest first.
    pub fn latest_of(
        conn: &mut AnyConnection,
        user: uuid::Uuid,
        kinds: &[EventKind],
        limit: usize,
    ) -> QueryResult<Vec<Self>> {
        Self::latest_between(conn, user, kinds, None, None, limit)
    }

    /// The latest of those that happened before `before` and not before `from`.
    pub fn latest_between(
        conn: &mut AnyConnection,
        user: uuid::Uuid,
        kinds: &[EventKind],
        from: Option<Timestamp>,
        before: Option<Timestamp>,
        limit: usize,
    ) -> QueryResult<Vec<Self>> {
        let (from, before) = (from.unwrap_or(Timestamp::EPOCH), before.unwrap_or_else(Timestamp::last));
        let rows = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut latest = Vec::new();
        // One query for each kind reads only `limit` rows of the index. A single query for all
        // kinds would sort every row.
        for kind in kinds.iter().map(|kind| kind.as_str()) {
            latest.extend(
                audit_events::table
                    .filter(audit_events::user_id.eq(SubjectId::from(user)))
                    // Not `eq`: this order is then that of the index of users alone, and PostgreSQL
                    // cannot read the events of all users by time instead.
                    .filter(audit_events::event.between(kind, kind))
                    .filter(audit_events::at.lt(before))
                    .order((audit_events::event.desc(), audit_events::at.desc()))
                    .limit(rows)
                    .select(Self::as_select())
                    .load(conn)?,
            );
        }
        latest.retain(|entry: &Self| entry.at >= from);
        latest.sort_by_key(|entry| std::cmp::Reverse(entry.order()));
        latest.truncate(limit);
        Ok(latest)
    }

    /// The details of all events of a kind without an account.
    pub fn details_of(conn: &mut AnyConnection, kind: EventKind) -> QueryResult<Vec<String>> {
        let details = audit_events::table
            .filter(audit_events::user_id.is_null())
            .filter(audit_events::event.eq(kind.as_str()))
            .select(audit_events::detail)
            .load::<Option<String>>(conn)?;
        Ok(details.into_iter().flatten().collect())
    }

    /// The time of the latest event of any account.
    pub fn last_of_anybody(conn: &mut AnyConnection) -> QueryResult<Option<Timestamp>> {
        audit_events::table
            .filter(audit_events::user_id.is_not_null())
            .order(audit_events::at.desc())
            .select(audit_events::at)
            .first(conn)
            .optional()
    }

    /// The time of the latest event before `moment`.
    pub fn last_before(conn: &mut AnyConnection, moment: Timestamp) -> QueryResult<Option<Timestamp>> {
        audit_events::table
            .filter(audit_events::at.lt(moment))
            .order(audit_events::at.desc())
            .select(audit_events::at)
            .first(conn)
            .optional()
    }

    /// The number of events after `moment`, counted up to `most`.
    pub fn count_after(conn: &mut AnyConnection, moment: Timestamp, most: i64) -> QueryResult<usize> {
        let ids =
            audit_events::table.filter(audit_events::at.gt(moment)).limit(most).select(audit_events::id);
        Ok(ids.load::<Id<AuditEvent>>(conn)?.len())
    }

    /// The number of events before `cutoff`.
    pub fn count_before(conn: &mut AnyConnection, cutoff: Timestamp) -> QueryResult<i64> {
        audit_events::table.filter(audit_events::at.lt(cutoff)).count().get_result(conn)
    }

    /// Deletes up to `batch` events before `cutoff`, and returns their number.
    pub fn purge(conn: &mut AnyConnection, cutoff: Timestamp, batch: i64) -> QueryResult<usize> {
        let old = audit_events::table
            .filter(audit_events::at.lt(cutoff))
            .order(audit_events::at.asc())
            .limit(batch)
            .select(audit_events::id)
            .load::<Id<AuditEvent>>(conn)?;
        diesel::delete(audit_events::table.filter(audit_events::id.eq_any(old))).execute(conn)
    }
}

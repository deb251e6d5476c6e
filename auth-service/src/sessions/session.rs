//! Sessions: each row is one browser's login, and the only proof of it.

use std::time::Duration;

use diesel::prelude::*;
#[cfg(feature = "postgres")]
use diesel::query_dsl::methods::LoadQuery;
use diesel::result::Error as SqlError;

use super::rotation::FIRST_GENERATION;
use crate::audit::RequestContext;
use crate::config::SessionLimits;
#[cfg(feature = "postgres")]
use crate::db::WithTime;
use crate::db::schema::sessions;
use crate::db::types::{Id, Stored, Timestamp};
use crate::db::{AnyConnection, on_connection};
use crate::random;
use crate::sessions::{Amr, EndReason, Rotation, Verdict};
use crate::users::{User, UserId};

pub type SessionId = Id<Session>;

/// By how much a clock may be set back without having been wrong.
const CORRECTION: Duration = Duration::from_secs(60);

/// One login.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = sessions)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    /// Part of the input of the refresh tokens' authentication code: without it, `SECRET_KEY` alone
    /// cannot forge tokens.
    pub seed: Vec<u8>,
    /// Counts the issued refresh tokens.
    pub generation: i64,
    /// The authentication methods.
    pub amr: Amr,
    pub began_at: Timestamp,
    pub rotated_at: Timestamp,
    pub idle_until: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    pub revoked_because: Option<Stored<EndReason>>,
    /// When the owner last authenticated; `None` if that was at the login.
    #[diesel(column_name = proven_at)]
    pub authenticated_at: Option<Timestamp>,
    /// The client's address at the last use.
    pub address: Option<String>,
    /// The user agent at the last use.
    pub user_agent: Option<String>,
    #[diesel(embed)]
    pub lineage: Lineage,
    /// The day of `idle_until`, by which the purge finds the session. It is earlier where a former
    /// release changed `idle_until` alone, and 0 where one began the session.
    pub idle_day: i32,
}

/// The stored part of [`Rotation`]: which refresh tokens were issued for which. It becomes invalid
/// if the generation changes without it, by a former release or by a reauthentication.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sessions)]
pub struct Lineage {
    /// The generation to which the other fields apply.
    lineage_of: Option<i64>,
    anchor: Option<i64>,
    parent: Option<i64>,
    children_after: Option<i64>,
}

impl From<&Rotation> for Lineage {
    fn from(rotation: &Rotation) -> Self {
        Self {
            lineage_of: Some(rotation.newest),
            anchor: Some(rotation.anchor),
            parent: Some(rotation.parent),
            children_after: Some(rotation.children_after),
        }
    }
}

/// The id of an unreadable row, and the reason.
pub type UnreadableSession = (SessionId, String);

impl Session {
    pub fn begin(
        conn: &mut AnyConnection,
        user: UserId,
        amr: &Amr,
        context: &RequestContext,
        limits: SessionLimits,
    ) -> QueryResult<Self> {
        let now = context.now();
        let idle_until = now + limits.idle.min(limits.absolute);
        let session = Self {
            id: Id::from(random::uuid_v4()),
            user_id: user,
            seed: new_seed(),
            generation: FIRST_GENERATION,
            amr: amr.clone(),
            began_at: now,
            rotated_at: now,
            idle_until,
            expires_at: now + limits.absolute,
            revoked_at: None,
            revoked_because: None,
            authenticated_at: Some(now),
            address: context.address_text(),
            user_agent: context.user_agent.clone(),
            lineage: Lineage::default(),
            idle_day: idle_until.day(),
        };
        diesel::insert_into(sessions::table).values(&session).execute(conn)?;
        Ok(session)
    }

    pub fn by_id(conn: &mut AnyConnection, id: SessionId) -> QueryResult<Option<Self>> {
        // Not `first`: SQLite would compile the statement again each time, for its bound LIMIT.
        on_connection!(conn, |conn| sessions::table.find(id).select(Self::as_select()).get_result(conn))
            .optional()
    }

    /// The session, with the request context at the time of this look.
    pub fn with_time(
        conn: &mut AnyConnection,
        id: SessionId,
        context: &RequestContext,
    ) -> QueryResult<Option<(Self, RequestContext)>> {
        match conn {
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(_) => {
                let session = Self::by_id(conn, id)?;
                let context = context.read_time(conn)?;
                Ok(session.map(|session| (session, context)))
            }
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => {
                read_with_time(conn, sessions::table.find(id).select(Self::as_select()), context)
            }
        }
    }

    /// Locks the session until the end of the transaction, and returns it with the request context
    /// at the time when the lock was taken.
    pub fn lock(
        conn: &mut AnyConnection,
        id: SessionId,
        context: &RequestContext,
    ) -> QueryResult<Option<(Self, RequestContext)>> {
        match conn {
            // The transaction already locks the whole file.
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(_) => Self::with_time(conn, id, context),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => {
                let row = sessions::table.find(id).select(Self::as_select()).for_update();
                let found: Option<(Self, Timestamp)> =
                    crate::db::WithTime(row).get_result(conn).optional()?;
                Ok(found.map(|(session, now)| (session, context.with_database_time(now))))
            }
        }
    }

    /// The session and its user.
    pub fn with_user(conn: &mut AnyConnection, id: SessionId) -> QueryResult<Option<(Self, User)>> {
        use crate::db::schema::users;
        sessions::table
            .find(id)
            .inner_join(users::table)
            .select((Self::as_select(), User::as_select()))
            .get_result(conn)
            .optional()
    }

    /// Revokes the session. `false` if it was revoked before; the first reason stays.
    pub fn end(conn: &mut AnyConnection, id: SessionId, why: EndReason, now: Timestamp) -> QueryResult<bool> {
        let changed = diesel::update(sessions::table.find(id).filter(sessions::revoked_at.is_null()))
            .set((sessions::revoked_at.eq(now), sessions::revoked_because.eq(Stored::from(why))))
            .execute(conn)?;
        Ok(changed == 1)
    }

    /// Revokes every session of a user, and returns their number.
    pub fn end_all_of(
        conn: &mut AnyConnection,
        user: UserId,
        why: EndReason,
        now: Timestamp,
    ) -> QueryResult<usize> {
        diesel::update(
            sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::revoked_at.is_null()),
        )
        .set((sessions::revoked_at.eq(now), sessions::revoked_because.eq(Stored::from(why))))
        .execute(conn)
    }

    /// Revokes all sessions of a user but one, and returns their number.
    pub fn end_all_but(
        conn: &mut AnyConnection,
        (user, kept): (UserId, SessionId),
        why: EndReason,
        now: Timestamp,
    ) -> QueryResult<usize> {
        let others = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::id.ne(kept));
        diesel::update(others.filter(sessions::revoked_at.is_null()))
            .set((sessions::revoked_at.eq(now), sessions::revoked_because.eq(Stored::from(why))))
            .execute(conn)
    }

    /// Revokes every session, and returns their number.
    pub fn end_all(conn: &mut AnyConnection, why: EndReason, now: Timestamp) -> QueryResult<usize> {
        diesel::update(sessions::table.filter(sessions::revoked_at.is_null()))
            .set((sessions::revoked_at.eq(now), sessions::revoked_because.eq(Stored::from(why))))
            .execute(conn)
    }

    /// Deletes every session from a copy that must contain no logins, and returns their number.
    pub fn remove_all(conn: &mut AnyConnection) -> QueryResult<usize> {
        diesel::delete(sessions::table).execute(conn)
    }

    /// The active sessions of a user, the most recent login first. An unreadable row is logged and
    /// skipped.
    pub fn active_for_user(conn: &mut AnyConnection, user: UserId, now: Timestamp) -> QueryResult<Vec<Self>> {
        let (alive, unreadable) = Self::active_and_unreadable_for_user(conn, user, now)?;
        for (id, why) in unreadable {
            tracing::error!(session = %id, why, "a session's row cannot be read");
        }
        Ok(alive)
    }

    /// The active sessions, and those that are unreadable with the reason.
    pub fn active_and_unreadable_for_user(
        conn: &mut AnyConnection,
        user: UserId,
        now: Timestamp,
    ) -> QueryResult<(Vec<Self>, Vec<UnreadableSession>)> {
        let rows = || {
            sessions::table
                .filter(sessions::user_id.eq(user))
                .filter(sessions::revoked_at.is_null())
                .filter(sessions::idle_until.gt(now))
                .filter(sessions::expires_at.gt(now))
                .order((sessions::began_at.desc(), sessions::id))
        };
        let all = rows().select(Self::as_select()).load(conn);
        if !matches!(all, Err(SqlError::DeserializationError(_))) {
            return Ok((all?, Vec::new()));
        }
        let (mut alive, mut unreadable) = (Vec::new(), Vec::new());
        for id in rows().select(sessions::id).load::<SessionId>(conn)? {
            match Self::by_id(conn, id) {
                Ok(session) => alive.extend(session),
                Err(SqlError::DeserializationError(why)) => unreadable.push((id, why.to_string())),
                Err(other) => return Err(other),
            }
        }
        Ok((alive, unreadable))
    }

    /// Records a reauthentication, and invalidates every earlier token: a copy of one must not
    /// benefit from it, not even within the grace period. `false` if the session is over, or if
    /// another tab reauthenticated at the same moment; then the other tab's token is the valid one.
    pub fn record_reauthentication(
        &self,
        conn: &mut AnyConnection,
        context: &RequestContext,
    ) -> QueryResult<bool> {
        let now = context.now();
        let alive = sessions::table.find(self.id).filter(sessions::revoked_at.is_null());
        let changed = diesel::update(alive.filter(sessions::seed.eq(&self.seed)))
            .set((
                sessions::proven_at.eq(now),
                sessions::seed.eq(new_seed()),
                sessions::generation.eq(sessions::generation + 1),
                sessions::rotated_at.eq(now),
                sessions::address.eq(context.address_text()),
                sessions::user_agent.eq(&context.user_agent),
            ))
            .execute(conn)?;
        Ok(changed == 1)
    }

    /// When the owner last authenticated.
    pub fn authenticated_at(&self) -> Timestamp {
        self.authenticated_at.unwrap_or(self.began_at)
    }

    /// Whether that date is plausible. A date in the future was stored while the clock was ahead,
    /// unless the difference is within normal clock corrections.
    pub fn is_authentication_time_plausible(&self, now: Timestamp) -> bool {
        self.authenticated_at() <= now + CORRECTION
    }

    /// Whether the owner authenticated within the last `span`; false if the date is not plausible.
    pub fn was_authenticated_within(&self, span: Duration, now: Timestamp) -> bool {
        self.is_authentication_time_plausible(now) && now <= self.authenticated_at() + span
    }

    /// Whether the session was revoked or has expired.
    pub fn is_expired_or_revoked(&self, now: Timestamp) -> bool {
        self.revoked_at.is_some() || now >= self.idle_until || now >= self.expires_at
    }

    /// The rotation state of the session.
    pub fn rotation(&self) -> Rotation {
        let Lineage { lineage_of, anchor, parent, children_after } = self.lineage;
        match (anchor, parent, children_after) {
            (Some(anchor), Some(parent), Some(children_after)) if lineage_of == Some(self.generation) => {
                let (newest, rotated_at) = (self.generation, self.rotated_at);
                Rotation { newest, anchor, parent, children_after, rotated_at }
            }
            _ => Rotation::plain(self.generation, self.rotated_at),
        }
    }

    /// Whether a page accepts `generation`: it is the newest one, or leads to it within the grace
    /// period for tabs that renew at the same moment. A renewal also accepts an older token whose
    /// response was lost; a page does not.
    pub fn accepts(&self, generation: i64, grace: Duration, now: Timestamp) -> bool {
        let verdict = self.rotation().judge(generation, grace, now);
        generation == self.generation || matches!(verdict, Verdict::Again(_))
    }

    /// The session with another generation to hand out.
    pub fn handing_out(self, generation: i64) -> Self {
        Self { generation, ..self }
    }

    /// When the session expires without a renewal. Neither cookie lives longer.
    pub fn ends_at(&self) -> Timestamp {
        self.idle_until.min(self.expires_at)
    }
}

/// Reads a session and PostgreSQL's time in one query.
#[cfg(feature = "postgres")]
fn read_with_time<'query, Q>(
    conn: &mut PgConnection,
    row: Q,
    context: &RequestContext,
) -> QueryResult<Option<(Session, RequestContext)>>
where
    WithTime<Q>: LoadQuery<'query, PgConnection, (Session, Timestamp)>,
{
    let found: Option<(Session, Timestamp)> = WithTime(row).get_result(conn).optional()?;
    Ok(found.map(|(session, now)| (session, context.with_database_time(now))))
}

fn new_seed() -> Vec<u8> {
    random::bytes::<32>().to_vec()
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({}, generation {})", self.id, self.generation)
    }
}

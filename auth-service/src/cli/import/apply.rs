//! Writes imported accounts: each batch is one transaction, together with its audit events.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as SqlError};

use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::schema::users;
use crate::db::{AnyConnection, Database, DatabaseError};
use crate::proofs::Proof;
use crate::sessions::{EndReason, Session};
use crate::users::{Email, User, UserId};

/// The number of attempts for a batch whose addresses are registered at the same moment.
const MAX_ATTEMPTS: usize = 5;

/// Runs the work of one batch in a transaction. Retries the whole batch after a unique-key conflict
/// or a deadlock; the next attempt sees the account that came in between.
pub fn in_one_transaction<T>(
    db: &Database,
    mut work: impl FnMut(&mut AnyConnection) -> QueryResult<T>,
) -> Result<T, DatabaseError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match db.run_blocking(|conn| conn.write(&mut work).map_err(DatabaseError::from)) {
            Err(DatabaseError::Query(error)) if tries < MAX_ATTEMPTS && is_a_race(&error) => {}
            other => return other,
        }
    }
}

fn is_a_race(error: &SqlError) -> bool {
    matches!(error, SqlError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

impl User {
    /// The users with these addresses.
    pub fn by_emails(conn: &mut AnyConnection, emails: &[Email]) -> QueryResult<Vec<Self>> {
        let emails: Vec<&str> = emails.iter().map(Email::as_str).collect();
        users::table.filter(users::email.eq_any(emails)).select(Self::as_select()).load(conn)
    }

    /// Which of these ids exist already, with the addresses of their users.
    pub fn taken(conn: &mut AnyConnection, ids: &[UserId]) -> QueryResult<Vec<(UserId, Email)>> {
        users::table.filter(users::id.eq_any(ids)).select((users::id, users::email)).load(conn)
    }

    /// Inserts an imported user, within the caller's transaction.
    pub fn import(&self, conn: &mut AnyConnection, context: &RequestContext) -> QueryResult<()> {
        diesel::insert_into(users::table).values(self).execute(conn)?;
        AuditEvent::new(EventKind::Imported, context).user(self.id.uuid()).detail("created").record(conn)
    }

    /// Changes this account to `new`, and ends its sessions if its password changed or it was
    /// deactivated. Call it within a transaction, after [`User::lock_row`].
    pub fn apply_import(
        &self,
        conn: &mut AnyConnection,
        new: &Self,
        context: &RequestContext,
        changed: &str,
    ) -> QueryResult<()> {
        diesel::update(users::table.find(self.id))
            .set((
                users::first_name.eq(&new.first_name),
                users::last_name.eq(&new.last_name),
                users::password_hash.eq(&new.password_hash),
                users::is_active.eq(new.is_active),
                users::is_staff.eq(new.is_staff),
                users::is_superuser.eq(new.is_superuser),
                users::date_joined.eq(new.date_joined),
                users::last_login.eq(new.last_login),
            ))
            .execute(conn)?;
        if self.password_hash != new.password_hash {
            Session::end_all_of(conn, self.id, EndReason::PasswordChanged, context.now())?;
            Proof::close_all(conn, self.id, context)?;
        } else if self.is_active && !new.is_active {
            Session::end_all_of(conn, self.id, EndReason::Deactivated, context.now())?;
            Proof::close_all(conn, self.id, context)?;
        }
        let entry = AuditEvent::new(EventKind::Imported, context).user(self.id.uuid());
        entry.detail(format!("changed: {changed}")).record(conn)
    }

    /// Whether an import created or changed this account, as far back as the audit trail goes.
    pub fn was_imported(&self, conn: &mut AnyConnection) -> QueryResult<bool> {
        Ok(!AuditEvent::latest_of(conn, self.id.uuid(), &[EventKind::Imported], 1)?.is_empty())
    }

    /// Whether the owner has logged in here or received a new password, as far back as the audit
    /// trail goes.
    pub fn has_activity(&self, conn: &mut AnyConnection) -> QueryResult<bool> {
        let kinds = [EventKind::Login, EventKind::PasswordChanged];
        Ok(!AuditEvent::latest_of(conn, self.id.uuid(), &kinds, 1)?.is_empty())
    }
}

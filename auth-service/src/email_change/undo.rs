//! Undoes a change: the address is the former one again, and every session ends.

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as SqlError};

use super::UNDO_CHANGE;
use super::ask::Desk;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::AnyConnection;
use crate::proofs::{CodeOutcome, Presented, Proof};
use crate::sessions::{EndReason, Session};
use crate::users::{Email, PasswordHash, User};

/// What came of it.
#[must_use]
pub(super) enum Outcome {
    /// The address that the account has again.
    Done(Email),
    /// Used, too old, or none of ours.
    Over,
    /// Somebody else has got the address in the meantime.
    Taken,
}

/// Uses up the link. The sessions end, and the password no longer works: whoever changed the
/// address had both, and is faster than an owner who has to wait for a letter first.
pub(super) fn undo(
    conn: &mut AnyConnection,
    presented: &Presented,
    desk: &Desk,
    context: &RequestContext,
) -> QueryResult<Outcome> {
    let undone = conn.write(|conn| {
        let (used, context) = presented.use_up(conn, &UNDO_CHANGE, &desk.keys, context)?;
        let (CodeOutcome::Right(proof), context) = (used, &context) else { return Ok(Outcome::Over) };
        let former = proof.detail.as_deref().and_then(|text| Email::parse(text).ok());
        let (Some(owner), Some(former)) = (proof.user_id, former) else { return Ok(Outcome::Over) };
        User::set_email(conn, owner, &former, context.now())?;
        User::set_password(conn, owner, &PasswordHash::unusable())?;
        Proof::close_all(conn, owner, context)?;
        // Another change may have come after this one, to an address of the same thief.
        proof.close_later(conn, &UNDO_CHANGE, owner, context)?;
        let ended = Session::end_all_of(conn, owner, EndReason::ByOwner, context.now())?;
        let event = AuditEvent::new(EventKind::EmailChangeUndone, context).user(owner.uuid());
        event.detail(format!("{ended} session(s) ended; the password closed")).record(conn)?;
        Ok(Outcome::Done(former))
    });
    match undone {
        Err(SqlError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(Outcome::Taken),
        other => other,
    }
}

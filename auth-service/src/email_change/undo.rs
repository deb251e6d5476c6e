//! Undoes a change: the address is the former one again, and every session ends.

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as SqlError};

use super::UNDO_CHANGE;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::AnyConnection;
use crate::proofs::{LinkToken, Proof};
use crate::sessions::{EndReason, Session};
use crate::users::{Email, User};

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

/// Uses up the link. The sessions end because somebody changed the address who had the password, or
/// a browser that was logged in.
pub(super) fn undo(
    conn: &mut AnyConnection,
    link: &LinkToken,
    context: &RequestContext,
) -> QueryResult<Outcome> {
    let undone = conn.write(|conn| {
        let context = &context.read_time(conn)?;
        let Some(proof) = Proof::use_link(conn, &UNDO_CHANGE, link, context)? else {
            return Ok(Outcome::Over);
        };
        let former = proof.detail.as_deref().and_then(|text| Email::parse(text).ok());
        let (Some(owner), Some(former)) = (proof.user_id, former) else { return Ok(Outcome::Over) };
        User::lock_row(conn, owner)?;
        User::set_email(conn, owner, &former, context.now())?;
        Proof::close_all(conn, owner, context)?;
        // Another change may have come after this one, to an address of the same thief.
        Proof::close(conn, &UNDO_CHANGE, owner, context)?;
        let ended = Session::end_all_of(conn, owner, EndReason::ByOwner, context.now())?;
        let event = AuditEvent::new(EventKind::EmailChangeUndone, context).user(owner.uuid());
        event.detail(format!("{ended} session(s) ended")).record(conn)?;
        Ok(Outcome::Done(former))
    });
    match undone {
        Err(SqlError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(Outcome::Taken),
        other => other,
    }
}

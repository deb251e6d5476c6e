//! Carries a change out: one transaction, which uses up the link or the code.

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as SqlError};

use super::ask::Desk;
use super::letters::ChangedNotice;
use super::{CHANGE, UNDO_CHANGE};
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::AnyConnection;
use crate::mail::Addressee;
use crate::proofs::{CodeOutcome, Presented, Proof};
use crate::users::{Email, User};

/// What came of it.
#[must_use]
pub(super) enum Outcome {
    Done(Box<User>),
    /// The code is wrong, with the number of tries that are left.
    Wrong(i64),
    /// Used, replaced, too old, or tried too often.
    Over,
    /// Somebody else has got the address in the meantime.
    Taken,
}

/// Of two at once, one finds the proof used. A wrong code is committed, because it counts.
pub(super) fn carry_out(
    conn: &mut AnyConnection,
    presented: &Presented,
    desk: &Desk,
    context: &RequestContext,
) -> QueryResult<Outcome> {
    let carried_out = conn.write(|conn| {
        let (used, context) = presented.use_up(conn, &CHANGE, &desk.keys, context)?;
        let proof = match used {
            CodeOutcome::Right(proof) => proof,
            CodeOutcome::Wrong(left) => return Ok(Outcome::Wrong(left)),
            CodeOutcome::Over => return Ok(Outcome::Over),
        };
        let (Some(owner), Some(to)) = (proof.user_id, proof.detail.as_deref()) else {
            return Ok(Outcome::Over);
        };
        let user = User::by_id(conn, owner)?.filter(|user| user.is_active);
        let (Some(user), Ok(to)) = (user, Email::parse(to)) else { return Ok(Outcome::Over) };
        change(conn, &user, &to, desk, &context)?;
        Ok(Outcome::Done(Box::new(User { email: to, ..user })))
    });
    match carried_out {
        Err(SqlError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(Outcome::Taken),
        other => other,
    }
}

/// Changes the address, closes what was sent to the old one, and tells its reader how to undo it.
fn change(
    conn: &mut AnyConnection,
    user: &User,
    to: &Email,
    desk: &Desk,
    context: &RequestContext,
) -> QueryResult<()> {
    User::set_email(conn, user.id, to, context.now())?;
    Proof::close_all(conn, user.id, context)?;
    let before = (Some(user.id), Some(user.email.as_str()));
    let undo = Proof::issue_beside(conn, &UNDO_CHANGE, before, &desk.keys, context)?;
    let notice = ChangedNotice::new(to.as_str(), &undo, &desk.auth_url, context);
    // Not a notice that may be left out: each change has its own way back.
    desk.postbox.post(conn, &Addressee::from(user), &notice, context)?;
    AuditEvent::new(EventKind::EmailChanged, context).user(user.id.uuid()).record(conn)
}

//! Carries a change out: one transaction, which uses up the link or the code.

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as SqlError};

use super::ask::Desk;
use super::letters::ChangedNotice;
use super::{CHANGE, UNDO_CHANGE};
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::AnyConnection;
use crate::mail::Addressee;
use crate::proofs::{CodeOutcome, LinkToken, Proof, ProofId};
use crate::users::{Email, User};

/// What somebody proves with that they read the mail of the new address.
pub(super) enum Presented {
    ByLink(LinkToken),
    ByCode(ProofId, String),
}

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

impl Presented {
    /// Of two at once, one finds the proof used. A wrong code is committed, because it counts.
    pub fn carry_out(
        &self,
        conn: &mut AnyConnection,
        desk: &Desk,
        context: &RequestContext,
    ) -> QueryResult<Outcome> {
        let carried_out = conn.write(|conn| {
            let context = &context.read_time(conn)?;
            let proof = match self.use_up(conn, desk, context)? {
                CodeOutcome::Right(proof) => proof,
                CodeOutcome::Wrong(left) => return Ok(Outcome::Wrong(left)),
                CodeOutcome::Over => return Ok(Outcome::Over),
            };
            let (Some(owner), Some(to)) = (proof.user_id, proof.detail.as_deref()) else {
                return Ok(Outcome::Over);
            };
            User::lock_row(conn, owner)?;
            let user = User::by_id(conn, owner)?.filter(|user| user.is_active);
            let (Some(user), Ok(to)) = (user, Email::parse(to)) else { return Ok(Outcome::Over) };
            change(conn, &user, &to, desk, context)?;
            Ok(Outcome::Done(Box::new(User { email: to, ..user })))
        });
        match carried_out {
            Err(SqlError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(Outcome::Taken),
            other => other,
        }
    }

    fn use_up(
        &self,
        conn: &mut AnyConnection,
        desk: &Desk,
        context: &RequestContext,
    ) -> QueryResult<CodeOutcome> {
        match self {
            Self::ByLink(link) => {
                let used = Proof::use_link(conn, &CHANGE, link, context)?;
                Ok(used.map_or(CodeOutcome::Over, |proof| CodeOutcome::Right(Box::new(proof))))
            }
            Self::ByCode(id, typed) => Proof::use_code(conn, &CHANGE, (*id, typed), &desk.keys, context),
        }
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

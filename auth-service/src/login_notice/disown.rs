//! Ends a login that its notice's reader says is somebody else's.

use diesel::QueryResult;

use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::AnyConnection;
use crate::proofs::{CodeOutcome, Presented, Proof, ProofKeys};
use crate::sessions::{EndReason, Session, SessionId};
use crate::sign_in::NOT_ME;
use crate::users::{PasswordHash, User};

/// Uses up the link and returns the account; `None` if the link is used or too old. The password no
/// longer works: whoever logged in has it, and is faster than an owner who has to wait for a letter
/// first.
pub(super) fn disown(
    conn: &mut AnyConnection,
    presented: &Presented,
    keys: &ProofKeys,
    context: &RequestContext,
) -> QueryResult<Option<User>> {
    conn.write(|conn| {
        let (used, context) = presented.use_up(conn, &NOT_ME, keys, context)?;
        let CodeOutcome::Right(proof) = used else { return Ok(None) };
        let session = proof.detail.as_deref().and_then(|text| uuid::Uuid::try_parse(text).ok());
        let (Some(owner), Some(session)) = (proof.user_id, session.map(SessionId::from)) else {
            return Ok(None);
        };
        User::set_password(conn, owner, &PasswordHash::unusable())?;
        Proof::close_all(conn, owner, &context)?;
        let event = AuditEvent::new(EventKind::LoginDisowned, &context).user(owner.uuid());
        event.session(session.uuid()).detail("the password closed").record(conn)?;
        if let Some((session, context)) = Session::lock(conn, session, &context)? {
            session.end_and_audit(conn, EndReason::ByOwner, &context)?;
        }
        User::by_id(conn, owner)
    })
}

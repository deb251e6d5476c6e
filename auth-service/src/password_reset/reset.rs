//! Sets the new password: one transaction, which uses up the link or the code.

use diesel::QueryResult;

use super::PURPOSE;
use super::ask::Desk;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::AnyConnection;
use crate::proofs::{CodeOutcome, Presented};
use crate::sessions::{EndReason, RefreshKey, RefreshToken, Session};
use crate::sign_in::{NewPasswordFor, Way};
use crate::users::{PasswordHash, User};

/// A reset under way.
pub(super) struct Reset {
    pub presented: Presented,
    pub hash: PasswordHash,
    /// The language of the page.
    pub language: String,
    /// The login that this browser holds, of whomever.
    pub held: Option<RefreshToken>,
    pub refresh_key: RefreshKey,
    pub desk: Desk,
}

/// What came of it.
#[must_use]
pub(super) enum Outcome {
    Done(Box<User>),
    /// The code is wrong, with the number of tries that are left.
    Wrong(i64),
    /// Used, replaced, too old, tried too often, or of an account that is inactive.
    Over,
}

impl Reset {
    /// Of two at once, one finds the proof used. A wrong code is committed, because it counts. From
    /// the beginning on, logins of this account wait.
    pub fn run(&self, conn: &mut AnyConnection, context: &RequestContext) -> QueryResult<Outcome> {
        conn.write(|conn| {
            let (used, context) = self.presented.use_up(conn, &PURPOSE, &self.desk.keys, context)?;
            let proof = match used {
                CodeOutcome::Right(proof) => proof,
                CodeOutcome::Wrong(left) => return Ok(Outcome::Wrong(left)),
                CodeOutcome::Over => return Ok(Outcome::Over),
            };
            let owner = proof.user_id.map_or(Ok(None), |owner| User::by_id(conn, owner))?;
            // A letter to a former address opens nothing.
            let is_theirs = |user: &User| proof.detail.as_deref().is_none_or(|to| to == user.email.as_str());
            let owner = owner.filter(|user| user.is_active && is_theirs(user));
            let Some(user) = owner else { return Ok(Outcome::Over) };
            self.store(conn, &user, proof.detail.as_deref(), &context)?;
            Ok(Outcome::Done(Box::new(user)))
        })
    }

    fn store(
        &self,
        conn: &mut AnyConnection,
        user: &User,
        address: Option<&str>,
        context: &RequestContext,
    ) -> QueryResult<()> {
        // A letter to the address proves that it is the owner's. A link of the operator's does not.
        if let Some(address) = address.filter(|_| !user.is_verified())
            && User::verify_email(conn, user.id, address, context.now())?
        {
            AuditEvent::new(EventKind::EmailVerified, context).user(user.id.uuid()).record(conn)?;
        }
        let Desk { postbox, auth_url, .. } = &self.desk;
        let new =
            NewPasswordFor { user, hash: &self.hash, way: Way::Reset, kept: None, language: &self.language };
        new.store(conn, (postbox, auth_url), context)?;
        if let Some(token) = &self.held {
            Session::sign_out_in(conn, token, &self.refresh_key, EndReason::LoggedOut, context)?;
        }
        Ok(())
    }
}

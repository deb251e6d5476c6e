//! Sets the new password: one transaction, which uses up the link or the code.

use diesel::QueryResult;

use super::PURPOSE;
use super::ask::Desk;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::AnyConnection;
use crate::proofs::{CodeOutcome, LinkToken, Proof, ProofId};
use crate::sessions::{EndReason, RefreshKey, RefreshToken, Session};
use crate::sign_in::{NewPasswordFor, Way};
use crate::users::{PasswordHash, User, UserId};

/// What somebody presents to show that the account is theirs.
pub(super) enum Presented {
    Link(LinkToken),
    Code(ProofId, String),
}

impl Presented {
    fn owner(&self, conn: &mut AnyConnection, context: &RequestContext) -> QueryResult<Option<UserId>> {
        let now = context.now();
        match self {
            Self::Link(link) => {
                Ok(Proof::by_link(conn, &PURPOSE, link, now)?.and_then(|proof| proof.user_id))
            }
            Self::Code(id, _) => Proof::owner_of(conn, &PURPOSE, *id, now),
        }
    }

    fn use_up(
        &self,
        conn: &mut AnyConnection,
        desk: &Desk,
        context: &RequestContext,
    ) -> QueryResult<CodeOutcome> {
        match self {
            Self::Link(link) => {
                let used = Proof::use_link(conn, &PURPOSE, link, context)?;
                Ok(used.map_or(CodeOutcome::Over, |proof| CodeOutcome::Right(Box::new(proof))))
            }
            Self::Code(id, typed) => Proof::use_code(conn, &PURPOSE, (*id, typed), &desk.keys, context),
        }
    }
}

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
    /// Of two at once, one finds the proof used. A wrong code is committed, because it counts.
    pub fn run(&self, conn: &mut AnyConnection, context: &RequestContext) -> QueryResult<Outcome> {
        conn.write(|conn| {
            let context = context.read_time(conn)?;
            let owner = self.presented.owner(conn, &context)?;
            // From here on, logins of this account wait. Where there is none, the same is asked.
            User::lock_row(conn, owner.unwrap_or_else(|| UserId::from(uuid::Uuid::nil())))?;
            let context = &context.read_time(conn)?;
            let proof = match self.presented.use_up(conn, &self.desk, context)? {
                CodeOutcome::Right(proof) => proof,
                CodeOutcome::Wrong(left) => return Ok(Outcome::Wrong(left)),
                CodeOutcome::Over => return Ok(Outcome::Over),
            };
            let owner = proof.user_id.map_or(Ok(None), |owner| User::by_id(conn, owner))?;
            let Some(user) = owner.filter(|user| user.is_active) else { return Ok(Outcome::Over) };
            self.store(conn, &user, proof.detail.as_deref(), context)?;
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

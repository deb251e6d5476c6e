//! What somebody presents: a link, or a code in the browser that asked for it.

use diesel::QueryResult;

use super::code::ProofKeys;
use super::link::LinkToken;
use super::proof::{CodeOutcome, Proof, ProofId};
use super::purpose::Purpose;
use crate::audit::RequestContext;
use crate::db::AnyConnection;
use crate::users::{User, UserId};

/// What somebody proves with that they read the mail of an address.
pub enum Presented {
    Link(LinkToken),
    /// The proof that this browser asked for, and the code as typed.
    Code(ProofId, String),
}

impl Presented {
    /// Locks the account, then uses the proof up, and returns the request context at the time when
    /// the lock was taken. Call it within the transaction that does what the proof is for, and
    /// commit that also when a code is wrong.
    ///
    /// Whatever changes an account locks it before its proofs. In another order, two transactions
    /// on PostgreSQL could wait for each other.
    pub fn use_up(
        &self,
        conn: &mut AnyConnection,
        purpose: &Purpose,
        keys: &ProofKeys,
        context: &RequestContext,
    ) -> QueryResult<(CodeOutcome, RequestContext)> {
        let context = context.read_time(conn)?;
        let owner = self.owner(conn, purpose, &context)?;
        // Where there is no account, the same is asked.
        User::lock_row(conn, owner.unwrap_or_else(|| UserId::from(uuid::Uuid::nil())))?;
        let context = context.read_time(conn)?;
        let outcome = match self {
            Self::Link(link) => {
                let used = Proof::use_link(conn, purpose, link, &context)?;
                used.map_or(CodeOutcome::Over, |proof| CodeOutcome::Right(Box::new(proof)))
            }
            Self::Code(id, typed) => Proof::use_code(conn, purpose, (*id, typed), keys, &context)?,
        };
        Ok((outcome, context))
    }

    fn owner(
        &self,
        conn: &mut AnyConnection,
        purpose: &Purpose,
        context: &RequestContext,
    ) -> QueryResult<Option<UserId>> {
        match self {
            Self::Link(link) => {
                let proof = Proof::by_link(conn, purpose, link, context.now())?;
                Ok(proof.and_then(|proof| proof.user_id))
            }
            Self::Code(id, _) => Proof::owner_of(conn, purpose, *id, context.now()),
        }
    }
}

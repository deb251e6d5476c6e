//! Asks for a change: one transaction, with the same work whether or not the new address is free.

use diesel::QueryResult;

use super::CHANGE;
use super::letters::{ConfirmLetter, TakenLetter};
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::config::AuthUrl;
use crate::db::AnyConnection;
use crate::mail::{Addressee, Postbox};
use crate::proofs::{Proof, ProofId, ProofKeys};
use crate::users::{Email, User};

/// What letters are written with.
#[derive(Clone)]
pub(super) struct Desk {
    pub postbox: Postbox,
    pub keys: ProofKeys,
    pub auth_url: AuthUrl,
}

/// A request to change an account's address.
pub(super) struct Change {
    pub user: User,
    pub to: Email,
    /// The language of the page, for an account that has none.
    pub language: String,
}

impl Change {
    /// Issues a proof and posts its letter to the new address. If that has an account, its owner is
    /// told, and nothing fits the proof: the asker must not learn who has accounts.
    pub fn ask(
        &self,
        conn: &mut AnyConnection,
        desk: &Desk,
        context: &RequestContext,
    ) -> QueryResult<ProofId> {
        conn.write(|conn| {
            User::lock_row(conn, self.user.id)?;
            let context = &context.read_time(conn)?;
            let owner = User::by_email(conn, &self.to)?;
            // The letters of both kinds count as the asker's, so nobody can send many to others.
            let reader = Addressee {
                user: Some(self.user.id),
                email: self.to.clone(),
                language: self.user.language.clone().or_else(|| Some(self.language.clone())),
            };
            let has_room = desk.postbox.has_room::<ConfirmLetter>(conn, &reader, context)?
                && desk.postbox.has_room::<TakenLetter>(conn, &reader, context)?;
            let may_change = has_room && owner.is_none();
            let about = (may_change.then_some(self.user.id), Some(self.to.as_str()));
            let proof = Proof::issue(conn, &CHANGE, about, &desk.keys, context)?;
            match owner {
                Some(owner) if has_room => {
                    let to = Addressee { email: owner.email.clone(), language: owner.language, ..reader };
                    let login_url = desk.auth_url.join("/login");
                    desk.postbox.post(conn, &to, &TakenLetter { login_url }, context)?;
                }
                _ => {
                    let letter = ConfirmLetter::new(&proof, &desk.auth_url);
                    desk.postbox.post_if(may_change, conn, (&reader, &letter), context)?;
                }
            }
            let event = AuditEvent::new(EventKind::EmailChangeRequested, context);
            event.user(self.user.id.uuid()).record_or_count_locked(conn)?;
            Ok(proof.id)
        })
    }
}

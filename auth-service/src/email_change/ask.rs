//! Asks for a change: one transaction, with the same work whether or not the new address is free.

use diesel::QueryResult;

use super::CHANGE;
use super::letters::{ConfirmLetter, TakenLetter};
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::config::AuthUrl;
use crate::db::AnyConnection;
use crate::mail::{Addressee, Postbox};
use crate::pages::Letter;
use crate::proofs::{IssuedProof, Proof, ProofId, ProofKeys};
use crate::sessions::{Current, SessionId};
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
    /// The account as it was when the password was checked.
    pub user: User,
    pub session: SessionId,
    pub to: Email,
    /// The language of the page, for an account that has none.
    pub language: String,
}

impl Change {
    /// Issues a proof and posts its letter to the new address. If that has an account, its owner is
    /// told, and nothing fits the proof: the asker must not learn who has accounts. `None` if the
    /// session is over by now, or the account has another password.
    pub fn ask(
        &self,
        conn: &mut AnyConnection,
        desk: &Desk,
        context: &RequestContext,
    ) -> QueryResult<Option<ProofId>> {
        conn.write(|conn| {
            User::lock_row(conn, self.user.id)?;
            let context = &context.read_time(conn)?;
            if !Current::goes_on(conn, self.session, &self.user, context.now())? {
                return Ok(None);
            }
            let owner = User::by_email(conn, &self.to)?;
            let reader = self.reader();
            // The letters of both kinds count as the asker's, and together: nobody can send many to
            // others, or count what is left.
            let kinds = [ConfirmLetter::TEMPLATE, TakenLetter::TEMPLATE];
            let has_room = desk.postbox.has_room_for(conn, &kinds, &reader, context)?;
            let event = AuditEvent::new(EventKind::EmailChangeRequested, context);
            event.user(self.user.id.uuid()).record_or_count_locked(conn)?;
            // Beyond the limit the last letter to this address goes on working.
            let about = (self.user.id, &self.to);
            if !has_room && let Some(open) = Proof::latest_of(conn, &CHANGE, about, context.now())? {
                return Ok(Some(open));
            }
            let proof = self.issue(conn, has_room && owner.is_none(), desk, context)?;
            self.post(conn, (owner, &reader), (&proof, has_room), desk, context)?;
            Ok(Some(proof.id))
        })
    }

    fn reader(&self) -> Addressee {
        Addressee {
            user: Some(self.user.id),
            email: self.to.clone(),
            language: self.user.language.clone().or_else(|| Some(self.language.clone())),
        }
    }

    /// Issues the proof. An earlier one is closed in any case, because the asker may hold its
    /// letter and see.
    fn issue(
        &self,
        conn: &mut AnyConnection,
        may_change: bool,
        desk: &Desk,
        context: &RequestContext,
    ) -> QueryResult<IssuedProof> {
        Proof::close(conn, &CHANGE, self.user.id, context)?;
        let about = (may_change.then_some(self.user.id), Some(self.to.as_str()));
        Proof::issue_beside(conn, &CHANGE, about, &desk.keys, context)
    }

    fn post(
        &self,
        conn: &mut AnyConnection,
        (owner, reader): (Option<User>, &Addressee),
        (proof, has_room): (&IssuedProof, bool),
        desk: &Desk,
        context: &RequestContext,
    ) -> QueryResult<()> {
        let Some(owner) = owner else {
            let letter = ConfirmLetter::new(proof, &desk.auth_url);
            return desk.postbox.post_if(has_room, conn, (reader, &letter), context);
        };
        let to = Addressee { language: owner.language, ..reader.clone() };
        let letter = TakenLetter { login_url: desk.auth_url.join("/login") };
        desk.postbox.post_if(has_room, conn, (&to, &letter), context)
    }
}

//! Asks for a letter: one transaction with the same statements for every address.

use diesel::QueryResult;

use super::PURPOSE;
use super::letter::ResetLetter;
use crate::app::App;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::config::AuthUrl;
use crate::db::AnyConnection;
use crate::db::types::text_enum;
use crate::mail::{Addressee, Postbox};
use crate::proofs::{Proof, ProofId, ProofKeys};
use crate::users::{Email, User, UserId};

text_enum! {
    /// Why no letter was sent. Only the audit trail has it.
    enum Refusal {
        NoSuchAccount = "no such account",
        Inactive = "inactive",
        TooMany = "too many",
    }
}

/// What a letter is written with.
#[derive(Clone)]
pub struct Desk {
    pub postbox: Postbox,
    pub keys: ProofKeys,
    pub auth_url: AuthUrl,
}

impl From<&App> for Desk {
    fn from(app: &App) -> Self {
        Self {
            postbox: app.postbox.clone(),
            keys: app.proof_keys.clone(),
            auth_url: app.config.auth_url.clone(),
        }
    }
}

/// A request for a letter.
pub struct Asking {
    pub email: Email,
    /// The language of the letter, if the account has none: that of the page.
    pub language: String,
}

impl Asking {
    /// Issues a proof and posts the letter, if there is an active account and room within the
    /// limits. Otherwise it does the same work, and the proof is one that nothing fits. Changes
    /// nothing else, so that a stranger who asks locks nobody out.
    pub fn run(
        &self,
        conn: &mut AnyConnection,
        desk: &Desk,
        context: &RequestContext,
    ) -> QueryResult<ProofId> {
        conn.write(|conn| {
            let context = &context.read_time(conn)?;
            let found = User::by_email(conn, &self.email)?;
            let to = self.addressee(found.as_ref());
            let has_room = desk.postbox.has_room::<ResetLetter>(conn, &to, context)?;
            let refusal = match &found {
                None => Some(Refusal::NoSuchAccount),
                Some(user) if !user.is_active => Some(Refusal::Inactive),
                Some(_) if !has_room => Some(Refusal::TooMany),
                Some(_) => None,
            };
            let owner = found.as_ref().map(|user| user.id);
            let about = (owner.filter(|_| refusal.is_none()), Some(self.email.as_str()));
            let proof = Proof::issue(conn, &PURPOSE, about, &desk.keys, context)?;
            let letter = ResetLetter::new(&proof, &desk.auth_url, context.now());
            desk.postbox.post_if(refusal.is_none(), conn, (&to, &letter), context)?;
            note(owner, refusal, context).record_or_count_locked(conn)?;
            Ok(proof.id)
        })
    }

    /// Somebody without an account gets the id of nobody, so that the limits ask the same of the
    /// database.
    fn addressee(&self, found: Option<&User>) -> Addressee {
        Addressee {
            user: Some(found.map_or_else(|| UserId::from(uuid::Uuid::nil()), |user| user.id)),
            email: self.email.clone(),
            language: found.and_then(|user| user.language.clone()).or_else(|| Some(self.language.clone())),
        }
    }
}

fn note(owner: Option<UserId>, refusal: Option<Refusal>, context: &RequestContext) -> AuditEvent {
    let event = AuditEvent::new(EventKind::ResetRequested, context);
    let event = owner.map_or(event.clone(), |owner| event.user(owner.uuid()));
    refusal.map_or(event.clone(), |refusal| event.reason(refusal))
}

//! The verification service: asks for a proof by mail, and takes it.

use std::time::Duration;

use diesel::QueryResult;
use url::form_urlencoded;

use super::letter::VerifyLetter;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::config::AuthUrl;
use crate::db::{AnyConnection, Database};
use crate::error::Error;
use crate::mail::{Addressee, Postbox};
use crate::proofs::{CodeOutcome, LinkToken, Presented, Proof, ProofId, ProofKeys, Purpose};
use crate::users::{Email, User, UserId};

/// A link of a letter works for a day.
pub const PURPOSE: Purpose = Purpose { name: "verify_email", link_life: Duration::from_secs(24 * 3600) };

/// The page that takes the code and the link.
pub const PATH: &str = "/email/verify";

/// A longer `next` is left out of the link, which mail programs would cut.
const MAX_NEXT_BYTES: usize = 600;

/// Verifies addresses.
#[derive(Clone)]
pub struct Verification {
    pub db: Database,
    pub postbox: Postbox,
    pub keys: ProofKeys,
    pub auth_url: AuthUrl,
}

/// Who reads the letter, as far as the request shows.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The language of the page, as a tag (BCP 47).
    pub language: String,
    /// Where the person was going.
    pub next: Option<String>,
}

/// What came of a code or a link.
#[derive(Debug)]
#[must_use]
pub enum Verified {
    /// The address is verified. The proof tells whether this browser asked for it.
    Done(Box<User>, ProofId),
    /// The code is wrong; so many tries are left.
    Wrong(i64),
    /// Used, replaced, expired, or tried too often.
    Over,
}

impl Verification {
    /// Issues a proof for `user`, and posts its letter to `address`, which is the account's, within
    /// the caller's transaction. Where there is nothing to verify the work is the same, and the
    /// proof is one that nothing fits. Beyond the limits the last letter goes on working.
    pub fn ask(
        &self,
        conn: &mut AnyConnection,
        (user, address): (Option<&User>, &Email),
        reader: &Reader,
        context: &RequestContext,
    ) -> QueryResult<ProofId> {
        let user = user.filter(|user| user.is_active && !user.is_verified() && user.email == *address);
        let owner = user.map_or_else(|| UserId::from(uuid::Uuid::nil()), |user| user.id);
        let language = user.and_then(|user| user.language.clone());
        let to = Addressee {
            user: Some(owner),
            email: address.clone(),
            language: language.or_else(|| Some(reader.language.clone())),
        };
        let may_send = self.postbox.has_room::<VerifyLetter>(conn, &to, context)? && user.is_some();
        let open = Proof::latest_of(conn, &PURPOSE, (owner, address), context.now())?;
        let about = (may_send.then_some(owner), Some(address.as_str()));
        let proof = Proof::issue(conn, &PURPOSE, about, &self.keys, context)?;
        let url = self.link(&proof.link, reader.next.as_deref());
        let letter = VerifyLetter::new(proof.code, url, proof.expires_at);
        self.postbox.post_if(may_send, conn, (&to, &letter), context)?;
        Ok(open.filter(|_| !may_send).unwrap_or(proof.id))
    }

    /// A proof without an account, so that its page behaves like any other.
    pub fn ask_in_vain(&self, conn: &mut AnyConnection, context: &RequestContext) -> QueryResult<ProofId> {
        Ok(Proof::issue(conn, &PURPOSE, (None, None), &self.keys, context)?.id)
    }

    /// [`Verification::ask`] in a transaction of its own, for a browser that has given the password
    /// of `checked`. If the account has another one since, nothing fits the proof.
    pub async fn ask_for(
        &self,
        checked: User,
        reader: Reader,
        context: RequestContext,
    ) -> Result<ProofId, Error> {
        let this = self.clone();
        let ask = move |conn: &mut AnyConnection| {
            conn.write(|conn| {
                User::lock_row(conn, checked.id)?;
                let context = context.read_time(conn)?;
                let user = User::by_id(conn, checked.id)?;
                let user = user.filter(|user| user.password_hash == checked.password_hash);
                this.ask(conn, (user.as_ref(), &checked.email), &reader, &context)
            })
        };
        let proof = self.db.query_on_writer(ask).await?;
        self.postbox.ring();
        Ok(proof)
    }

    /// Asks again for what this browser awaits.
    pub async fn ask_again(
        &self,
        (proof, address): (ProofId, Email),
        reader: Reader,
        context: RequestContext,
    ) -> Result<ProofId, Error> {
        let this = self.clone();
        let ask = move |conn: &mut AnyConnection| {
            conn.write(|conn| {
                let context = context.read_time(conn)?;
                let owner = Proof::owner_of(conn, &PURPOSE, proof, context.now())?;
                let owner = owner.unwrap_or_else(|| UserId::from(uuid::Uuid::nil()));
                User::lock_row(conn, owner)?;
                let user = User::by_id(conn, owner)?;
                this.ask(conn, (user.as_ref(), &address), &reader, &context)
            })
        };
        let proof = self.db.query_on_writer(ask).await?;
        self.postbox.ring();
        Ok(proof)
    }

    /// Takes a link in any browser, or a code in the browser that asked for it.
    pub async fn take(&self, presented: Presented, context: RequestContext) -> Result<Verified, Error> {
        let keys = self.keys.clone();
        let take = move |conn: &mut AnyConnection| {
            conn.write(|conn| {
                let (used, context) = presented.use_up(conn, &PURPOSE, &keys, &context)?;
                match used {
                    CodeOutcome::Right(proof) => verify(conn, &proof, &context),
                    CodeOutcome::Wrong(left) => Ok(Verified::Wrong(left)),
                    CodeOutcome::Over => Ok(Verified::Over),
                }
            })
        };
        Ok(self.db.query_on_writer(take).await?)
    }

    fn link(&self, token: &LinkToken, next: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("token", &token.text());
        if let Some(next) = next.filter(|next| next.len() <= MAX_NEXT_BYTES) {
            query.append_pair("next", next);
        }
        self.auth_url.join(&format!("{PATH}?{}", query.finish()))
    }
}

/// Marks the address as verified that the letter went to, if it is still the account's.
fn verify(conn: &mut AnyConnection, proof: &Proof, context: &RequestContext) -> QueryResult<Verified> {
    let (Some(owner), Some(address)) = (proof.user_id, proof.detail.as_deref()) else {
        return Ok(Verified::Over);
    };
    if !User::verify_email(conn, owner, address, context.now())? {
        return Ok(Verified::Over);
    }
    let Some(user) = User::by_id(conn, owner)? else { return Ok(Verified::Over) };
    AuditEvent::new(EventKind::EmailVerified, context).user(UserId::uuid(owner)).record(conn)?;
    Ok(Verified::Done(Box::new(user), proof.id))
}

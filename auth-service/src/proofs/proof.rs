//! Proofs as rows: issued, used once, and closed.

use diesel::prelude::*;

use super::code::{self, ProofKeys};
use super::link::LinkToken;
use super::purpose::Purpose;
use crate::audit::RequestContext;
use crate::db::AnyConnection;
use crate::db::schema::proofs;
use crate::db::types::{Id, Timestamp};
use crate::random;
use crate::users::{Email, UserId};

pub type ProofId = Id<Proof>;

/// A link and a code that were sent to an address.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = proofs)]
pub struct Proof {
    pub id: ProofId,
    purpose: String,
    /// `None` where there is no account. Such a row is made so that asking for a letter does the
    /// same work whether or not there is one; neither its link nor its code was ever sent.
    pub user_id: Option<UserId>,
    link_hash: Vec<u8>,
    code_hash: Vec<u8>,
    tries_left: i64,
    /// What the purpose needs to know, such as a new address.
    pub detail: Option<String>,
    created_at: Timestamp,
    code_expires_at: Timestamp,
    pub expires_at: Timestamp,
    used_at: Option<Timestamp>,
}

/// A new proof, with the secrets for its letter.
pub struct IssuedProof {
    pub id: ProofId,
    pub link: LinkToken,
    /// Six digits.
    pub code: String,
    pub expires_at: Timestamp,
}

/// What came of a typed code.
#[derive(Debug)]
#[must_use]
pub enum CodeOutcome {
    Right(Box<Proof>),
    /// Wrong, with the number of tries that are left.
    Wrong(i64),
    /// Used, replaced, expired, or tried too often.
    Over,
}

impl Proof {
    /// Issues a proof, and closes the former ones of this purpose and account. Call it within the
    /// transaction that enqueues the letter.
    pub fn issue(
        conn: &mut AnyConnection,
        purpose: &Purpose,
        (user, detail): (Option<UserId>, Option<&str>),
        keys: &ProofKeys,
        context: &RequestContext,
    ) -> QueryResult<IssuedProof> {
        // The same statement where there is no account.
        let nobody = || UserId::from(uuid::Uuid::nil());
        Self::close(conn, purpose, user.unwrap_or_else(nobody), context)?;
        Self::issue_beside(conn, purpose, (user, detail), keys, context)
    }

    /// [`Proof::issue`] that leaves the former ones open: each letter undoes something of its own.
    pub fn issue_beside(
        conn: &mut AnyConnection,
        purpose: &Purpose,
        (user, detail): (Option<UserId>, Option<&str>),
        keys: &ProofKeys,
        context: &RequestContext,
    ) -> QueryResult<IssuedProof> {
        let (link, code) = (LinkToken::random(), code::random_code());
        let mut row = Self::of_link(purpose, (user, detail), &link, context);
        row.code_hash = keys.hash(row.id.uuid(), &code);
        row.tries_left = Purpose::CODE_TRIES;
        row.code_expires_at = context.now() + Purpose::CODE_LIFE;
        diesel::insert_into(proofs::table).values(&row).execute(conn)?;
        Ok(IssuedProof { id: row.id, link, code, expires_at: row.expires_at })
    }

    /// Issues a proof with a link and no code, and closes the former ones of this purpose and
    /// account: for an operator, who hands the link over. Returns the link and when it expires.
    pub fn issue_link(
        conn: &mut AnyConnection,
        purpose: &Purpose,
        user: UserId,
        context: &RequestContext,
    ) -> QueryResult<(LinkToken, Timestamp)> {
        Self::close(conn, purpose, user, context)?;
        let link = LinkToken::random();
        let row = Self::of_link(purpose, (Some(user), None), &link, context);
        diesel::insert_into(proofs::table).values(&row).execute(conn)?;
        Ok((link, row.expires_at))
    }

    /// A row that no code fits.
    fn of_link(
        purpose: &Purpose,
        (user, detail): (Option<UserId>, Option<&str>),
        link: &LinkToken,
        context: &RequestContext,
    ) -> Self {
        let now = context.now();
        Self {
            id: Id::from(random::uuid_v4()),
            purpose: purpose.name.to_owned(),
            user_id: user,
            link_hash: link.hash(),
            code_hash: Vec::new(),
            tries_left: 0,
            detail: detail.map(str::to_owned),
            created_at: now,
            code_expires_at: now,
            expires_at: now + purpose.link_life,
            used_at: None,
        }
    }

    /// Closes the open proofs of this purpose and account, so that older links and codes no longer
    /// work.
    pub fn close(
        conn: &mut AnyConnection,
        purpose: &Purpose,
        user: UserId,
        context: &RequestContext,
    ) -> QueryResult<usize> {
        let open = proofs::table
            .filter(proofs::user_id.eq(user))
            .filter(proofs::purpose.eq(purpose.name))
            .filter(proofs::used_at.is_null());
        diesel::update(open).set(proofs::used_at.eq(context.now())).execute(conn)
    }

    /// Ends every proof of this account: with a new password, nothing works any more that was sent
    /// before, and no browser that asked before can ask again.
    ///
    /// What undoes something stays open, because whoever takes an account over changes its password
    /// next ([`Purpose::UNDO`]).
    pub fn close_all(conn: &mut AnyConnection, user: UserId, context: &RequestContext) -> QueryResult<usize> {
        let open = proofs::table
            .filter(proofs::user_id.eq(user))
            .filter(proofs::purpose.not_like(format!("{}%", Purpose::UNDO)))
            .filter(proofs::expires_at.gt(context.now()));
        let now = context.now();
        diesel::update(open).set((proofs::used_at.eq(now), proofs::expires_at.eq(now))).execute(conn)
    }

    /// Closes the open proofs of this purpose and account that were issued after this one. Earlier
    /// ones stay open: of several that undo something, the first leads back the furthest.
    pub fn close_later(
        &self,
        conn: &mut AnyConnection,
        purpose: &Purpose,
        user: UserId,
        context: &RequestContext,
    ) -> QueryResult<usize> {
        let later = proofs::table
            .filter(proofs::user_id.eq(user))
            .filter(proofs::purpose.eq(purpose.name))
            .filter(proofs::created_at.gt(self.created_at))
            .filter(proofs::used_at.is_null());
        diesel::update(later).set(proofs::used_at.eq(context.now())).execute(conn)
    }

    /// The account that may take this address back by an open proof ([`Purpose::UNDO`]). Until then
    /// the address is kept for it: otherwise whoever took the account over would register it.
    pub fn keeper_of(
        conn: &mut AnyConnection,
        address: &Email,
        now: Timestamp,
    ) -> QueryResult<Option<UserId>> {
        let kept = proofs::table
            .filter(proofs::detail.eq(address.as_str()))
            .filter(proofs::purpose.like(format!("{}%", Purpose::UNDO)))
            .filter(proofs::used_at.is_null())
            .filter(proofs::expires_at.gt(now));
        Ok(kept.select(proofs::user_id).first(conn).optional()?.flatten())
    }

    /// Whose proof this is, used or not, until it expires: for the browser that asked for it, and
    /// asks again.
    pub fn owner_of(
        conn: &mut AnyConnection,
        purpose: &Purpose,
        id: ProofId,
        now: Timestamp,
    ) -> QueryResult<Option<UserId>> {
        let found = proofs::table
            .find(id)
            .filter(proofs::purpose.eq(purpose.name))
            .filter(proofs::expires_at.gt(now));
        Ok(found.select(proofs::user_id).get_result(conn).optional()?.flatten())
    }

    /// The open proof of this purpose, account and address.
    pub fn latest_of(
        conn: &mut AnyConnection,
        purpose: &Purpose,
        (user, address): (UserId, &Email),
        now: Timestamp,
    ) -> QueryResult<Option<ProofId>> {
        proofs::table
            .filter(proofs::user_id.eq(user))
            .filter(proofs::purpose.eq(purpose.name))
            .filter(proofs::detail.eq(address.as_str()))
            .filter(proofs::used_at.is_null())
            .filter(proofs::expires_at.gt(now))
            .order(proofs::created_at.desc())
            .select(proofs::id)
            .first(conn)
            .optional()
    }

    /// The open proof of a link. Changes nothing, because a mail scanner may have opened the link.
    pub fn by_link(
        conn: &mut AnyConnection,
        purpose: &Purpose,
        link: &LinkToken,
        now: Timestamp,
    ) -> QueryResult<Option<Self>> {
        let found = proofs::table
            .filter(proofs::link_hash.eq(link.hash()))
            .filter(proofs::purpose.eq(purpose.name))
            .filter(proofs::used_at.is_null())
            .filter(proofs::expires_at.gt(now));
        found.select(Self::as_select()).get_result(conn).optional()
    }

    /// Uses up the proof of a link; `None` if it is used, replaced or expired. Call it within the
    /// transaction that does what the proof is for.
    pub fn use_link(
        conn: &mut AnyConnection,
        purpose: &Purpose,
        link: &LinkToken,
        context: &RequestContext,
    ) -> QueryResult<Option<Self>> {
        let Some(proof) = Self::by_link(conn, purpose, link, context.now())? else { return Ok(None) };
        Ok(proof.use_up(conn, context)?.then_some(proof))
    }

    /// Tries a typed code on the proof that this browser asked for. A try is counted before it is
    /// compared, so that tries at the same moment count each. Call it within the transaction that
    /// does what the proof is for, and commit that also when the code is wrong.
    pub fn use_code(
        conn: &mut AnyConnection,
        purpose: &Purpose,
        (id, typed): (ProofId, &str),
        keys: &ProofKeys,
        context: &RequestContext,
    ) -> QueryResult<CodeOutcome> {
        let open = proofs::table
            .find(id)
            .filter(proofs::purpose.eq(purpose.name))
            .filter(proofs::used_at.is_null())
            .filter(proofs::tries_left.gt(0))
            .filter(proofs::code_expires_at.gt(context.now()));
        let tried = diesel::update(open).set(proofs::tries_left.eq(proofs::tries_left - 1)).execute(conn)?;
        if tried == 0 {
            return Ok(CodeOutcome::Over);
        }
        let proof: Self = proofs::table.find(id).select(Self::as_select()).get_result(conn)?;
        let is_right =
            keys.fits(id.uuid(), &code::digits(typed), &proof.code_hash) && proof.user_id.is_some();
        if !is_right {
            return Ok(CodeOutcome::Wrong(proof.tries_left));
        }
        Ok(if proof.use_up(conn, context)? { CodeOutcome::Right(Box::new(proof)) } else { CodeOutcome::Over })
    }

    /// Of several at once, one changes the row.
    fn use_up(&self, conn: &mut AnyConnection, context: &RequestContext) -> QueryResult<bool> {
        let open = proofs::table.find(self.id).filter(proofs::used_at.is_null());
        Ok(diesel::update(open).set(proofs::used_at.eq(context.now())).execute(conn)? == 1)
    }

    /// Deletes every proof from a copy, or from a database that comes from one, so that no link and
    /// no code works twice. Returns their number.
    pub fn remove_all(conn: &mut AnyConnection) -> QueryResult<usize> {
        diesel::delete(proofs::table).execute(conn)
    }

    /// The number of proofs that expired before `cutoff`.
    pub fn count_expired_before(conn: &mut AnyConnection, cutoff: Timestamp) -> QueryResult<i64> {
        proofs::table.filter(proofs::expires_at.lt(cutoff)).count().get_result(conn)
    }

    /// Deletes up to `batch` proofs that expired before `cutoff`, and returns their number.
    pub fn purge(conn: &mut AnyConnection, cutoff: Timestamp, batch: i64) -> QueryResult<usize> {
        let old = proofs::table
            .filter(proofs::expires_at.lt(cutoff))
            .limit(batch)
            .select(proofs::id)
            .load::<ProofId>(conn)?;
        diesel::delete(proofs::table.filter(proofs::id.eq_any(old))).execute(conn)
    }
}

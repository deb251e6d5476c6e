//! The rows of signing keys. Every change is one guarded statement, whose row count shows whether
//! it applied.

use diesel::prelude::*;

use crate::config::TokenAlgorithm;
use crate::db::AnyConnection;
use crate::db::schema::signing_keys;
use crate::db::types::{Stored, Timestamp, text_enum};

text_enum! {
    /// The state of a key. After `Retired` its row is deleted.
    #[derive(PartialOrd, Ord)]
    pub enum State {
        /// It signs.
        Active = "active",
        /// It is published in advance, so that services know it when it begins to sign.
        Next = "next",
        /// It no longer signs, and is published until its last token has expired.
        Retired = "retired",
        /// It was taken out of service at once. Its row stays without the private half, so that the
        /// key cannot return.
        Revoked = "revoked",
    }
}

text_enum! {
    /// Signature algorithms with their names in RFC 7518 and RFC 8037.
    pub enum KeyAlgorithm {
        Es256 = "ES256",
        EdDsa = "EdDSA",
        Hs512 = "HS512",
    }
}

impl From<&TokenAlgorithm> for KeyAlgorithm {
    fn from(setting: &TokenAlgorithm) -> Self {
        match setting {
            TokenAlgorithm::Es256 => Self::Es256,
            TokenAlgorithm::EdDsa => Self::EdDsa,
            TokenAlgorithm::Hs512(_) => Self::Hs512,
        }
    }
}

/// The purpose of the key that seals private keys.
pub(super) const SEALING: &str = "signing-key-sealing/v1";

/// A row: the public half in clear text, and the private half sealed.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys)]
pub struct SigningKey {
    pub kid: String,
    pub algorithm: Stored<KeyAlgorithm>,
    pub(super) state: Stored<State>,
    pub(super) public_jwk: Option<String>,
    pub(super) sealed_private_key: Vec<u8>,
    /// When it was published.
    pub created_at: Timestamp,
    /// When it began to sign.
    pub activated_at: Option<Timestamp>,
    /// When it stopped signing.
    pub retired_at: Option<Timestamp>,
}

impl SigningKey {
    /// An unknown state, written by a later release, counts as revoked: the key neither signs nor
    /// is published.
    pub fn state(&self) -> State {
        self.state.known().unwrap_or(State::Revoked)
    }

    /// Whether services have the key from their settings instead of the JWKS.
    pub fn is_shared(&self) -> bool {
        self.algorithm == KeyAlgorithm::Hs512.into()
    }

    /// Whether one of its dates is after `moment`.
    pub fn is_dated_after(&self, moment: Timestamp) -> bool {
        let dates = [Some(self.created_at), self.activated_at, self.retired_at];
        self.state() != State::Revoked && dates.into_iter().flatten().any(|date| moment < date)
    }

    /// All keys: the active one, the next one, then the others, the youngest first.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        let mut keys: Vec<Self> = signing_keys::table.select(Self::as_select()).load(conn)?;
        keys.sort_by_key(|key| (key.state(), std::cmp::Reverse(key.retired_at), key.kid.clone()));
        Ok(keys)
    }

    /// Inserts a key. Fails with a unique violation if another instance was first.
    pub(super) fn insert(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::insert_into(signing_keys::table).values(self).execute(conn).map(|_| ())
    }

    /// Changes a key's state. `false` if it was no longer in the expected state.
    pub(super) fn change_state(
        conn: &mut AnyConnection,
        kid: &str,
        from: State,
        to: State,
        now: Timestamp,
    ) -> QueryResult<bool> {
        let row = signing_keys::table.find(kid).filter(signing_keys::state.eq(Stored::from(from)));
        let changed = match to {
            State::Active => diesel::update(row)
                .set((signing_keys::state.eq(Stored::from(to)), signing_keys::activated_at.eq(now)))
                .execute(conn),
            State::Retired => diesel::update(row)
                .set((signing_keys::state.eq(Stored::from(to)), signing_keys::retired_at.eq(now)))
                .execute(conn),
            State::Revoked => diesel::update(row)
                .set((
                    signing_keys::state.eq(Stored::from(to)),
                    signing_keys::retired_at.eq(now),
                    signing_keys::sealed_private_key.eq(Vec::<u8>::new()),
                ))
                .execute(conn),
            State::Next => diesel::update(row)
                .set((signing_keys::state.eq(Stored::from(to)), signing_keys::created_at.eq(now)))
                .execute(conn),
        };
        Ok(changed? == 1)
    }

    /// Replaces every date after `latest` by `now`. `false` if there is none or the key is revoked.
    pub(super) fn redate(
        conn: &mut AnyConnection,
        kid: &str,
        latest: Timestamp,
        now: Timestamp,
    ) -> QueryResult<bool> {
        let row =
            || signing_keys::table.find(kid).filter(signing_keys::state.ne(Stored::from(State::Revoked)));
        let created = diesel::update(row().filter(signing_keys::created_at.gt(latest)))
            .set(signing_keys::created_at.eq(now))
            .execute(conn)?;
        let activated = diesel::update(row().filter(signing_keys::activated_at.gt(latest)))
            .set(signing_keys::activated_at.eq(now))
            .execute(conn)?;
        let retired = diesel::update(row().filter(signing_keys::retired_at.gt(latest)))
            .set(signing_keys::retired_at.eq(now))
            .execute(conn)?;
        Ok(created + activated + retired > 0)
    }

    /// Deletes a key. `false` if it was no longer in that state.
    pub(super) fn remove(conn: &mut AnyConnection, kid: &str, state: State) -> QueryResult<bool> {
        let row = signing_keys::table.find(kid).filter(signing_keys::state.eq(Stored::from(state)));
        Ok(diesel::delete(row).execute(conn)? == 1)
    }

    /// Revokes a key in any state. `false` if it was revoked before or does not exist.
    pub(super) fn revoke(conn: &mut AnyConnection, kid: &str, now: Timestamp) -> QueryResult<bool> {
        let revoked = || Stored::from(State::Revoked);
        let row = signing_keys::table.find(kid).filter(signing_keys::state.ne(revoked()));
        let changed = diesel::update(row)
            .set((
                signing_keys::state.eq(revoked()),
                signing_keys::retired_at.eq(now),
                signing_keys::sealed_private_key.eq(Vec::<u8>::new()),
            ))
            .execute(conn)?;
        Ok(changed == 1)
    }

    /// Deletes every key that is not revoked, from a copy that must not sign, and returns their
    /// number.
    pub fn remove_all_unrevoked(conn: &mut AnyConnection) -> QueryResult<usize> {
        let rows = signing_keys::table.filter(signing_keys::state.ne(Stored::from(State::Revoked)));
        diesel::delete(rows).execute(conn)
    }

    /// Replaces the sealed private half, unless another instance did it before.
    pub(super) fn reseal(
        conn: &mut AnyConnection,
        kid: &str,
        before: &[u8],
        after: &[u8],
    ) -> QueryResult<bool> {
        let row = signing_keys::table.find(kid).filter(signing_keys::sealed_private_key.eq(before));
        let changed = diesel::update(row).set(signing_keys::sealed_private_key.eq(after)).execute(conn)?;
        Ok(changed == 1)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({}, {})", self.kid, self.state)
    }
}

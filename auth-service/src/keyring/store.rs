//! Signing keys as rows. Every change is one statement whose row count decides.

use diesel::prelude::*;

use crate::config::TokenAlgorithm;
use crate::db::AnyConnection;
use crate::db::schema::signing_keys;
use crate::db::types::{Stored, Timestamp, text_enum};

text_enum! {
    /// Where a key is in its life. After `Retired` its row goes.
    #[derive(PartialOrd, Ord)]
    pub enum State {
        /// Signs.
        Active = "active",
        /// Published, so that services know it when it begins to sign.
        Next = "next",
        /// Signs no more; published until its last token has run out.
        Retired = "retired",
        /// Taken out of service at once. Its row stays without the private half, so that it never
        /// comes back.
        Revoked = "revoked",
    }
}

text_enum! {
    /// Signature algorithms, under their names in RFC 7518 and RFC 8037.
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

/// A row: the public half in the clear, the private half sealed.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys)]
pub struct SigningKey {
    pub kid: String,
    pub algorithm: Stored<KeyAlgorithm>,
    pub(super) state: Stored<State>,
    pub(super) public_jwk: Option<String>,
    pub(super) sealed_private_key: Vec<u8>,
    /// Since when it is published.
    pub created_at: Timestamp,
    /// When it began to sign.
    pub activated_at: Option<Timestamp>,
    /// When it signed no more.
    pub retired_at: Option<Timestamp>,
}

impl SigningKey {
    /// A state that a later release may know and we do not counts as revoked: it neither signs nor
    /// is published.
    pub fn state(&self) -> State {
        self.state.known().unwrap_or(State::Revoked)
    }

    /// Whether services have the key from their settings, and not from us.
    pub fn is_shared(&self) -> bool {
        self.algorithm == KeyAlgorithm::Hs512.into()
    }

    /// Whether something of it happened after `moment`, if its dates are right.
    pub fn is_dated_after(&self, moment: Timestamp) -> bool {
        let dates = [Some(self.created_at), self.activated_at, self.retired_at];
        self.state() != State::Revoked && dates.into_iter().flatten().any(|date| moment < date)
    }

    /// All there are: the active one, the next, then the others, the youngest first.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        let mut keys: Vec<Self> = signing_keys::table.select(Self::as_select()).load(conn)?;
        keys.sort_by_key(|key| (key.state(), std::cmp::Reverse(key.retired_at), key.kid.clone()));
        Ok(keys)
    }

    /// Puts a key in. A unique violation when another instance was first.
    pub(super) fn insert(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::insert_into(signing_keys::table).values(self).execute(conn).map(|_| ())
    }

    /// Moves a key from one state to another. `false` when it was not in the first any more.
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

    /// Puts `now` in the place of each date after `latest`. `false` when there was none, or the key
    /// is revoked.
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

    /// Takes a key away for good. `false` when it was not in that state any more.
    pub(super) fn remove(conn: &mut AnyConnection, kid: &str, state: State) -> QueryResult<bool> {
        let row = signing_keys::table.find(kid).filter(signing_keys::state.eq(Stored::from(state)));
        Ok(diesel::delete(row).execute(conn)? == 1)
    }

    /// Takes a key out of service, wherever in its life it is. `false` when it was already, or is
    /// gone.
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

    /// Takes away every key that is not revoked, from a copy that is to sign nothing; how many
    /// there were.
    pub fn remove_all_unrevoked(conn: &mut AnyConnection) -> QueryResult<usize> {
        let rows = signing_keys::table.filter(signing_keys::state.ne(Stored::from(State::Revoked)));
        diesel::delete(rows).execute(conn)
    }

    /// Seals the private half anew, unless somebody did before.
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

//! The dummy hash: an address without an account is checked against it, so that the check takes as
//! long as for an existing account.
//!
//! Imported users keep their old hashes until they log in, and those take a different time than our
//! own. So an unknown address borrows the hash of some row. The address and a key decide which row.
//! Every attempt and every instance then takes the same time for the same address, and without the
//! key the choice cannot be predicted. Finding the row takes one index lookup, however many rows
//! exist.

use aws_lc_rs::hmac;
use diesel::QueryResult;

use crate::config::SecretKey;
use crate::db::AnyConnection;
use crate::users::{Email, PasswordHash, User};

/// Chooses the row whose hash an unknown address borrows. All clones choose alike.
#[derive(Clone)]
pub struct DummyHashes {
    key: hmac::Key,
    cost: u32,
}

impl DummyHashes {
    /// `cost` is the cost of the dummy hash if there is no row to borrow from.
    pub fn new(secret: &SecretKey, cost: u32) -> Self {
        let key = secret.derive::<32>("decoys for unknown addresses");
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &*key), cost }
    }

    /// The hash to check against if `email` has no account.
    pub fn for_address(&self, conn: &mut AnyConnection, email: &Email) -> QueryResult<PasswordHash> {
        let place = hmac::sign(&self.key, email.as_str().as_bytes());
        let place = hex::encode(&place.as_ref()[..User::END_OF_ID / 2]);
        let borrowed = User::hash_at(conn, &place)?;
        Ok(borrowed.unwrap_or_else(|| PasswordHash::dummy(self.cost)))
    }
}

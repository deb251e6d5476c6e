//! The dummy hash: what an address without an account is compared with, so that it takes as long as
//! one with an account.
//!
//! People from other systems keep their hashes until they log in, and checking those takes another
//! time than checking ours. So an unknown address borrows the hash of some row. Which row is fixed
//! by the address and a key: the address answers alike each time and at each instance, and nobody
//! without the key can compute how. Finding the row is one step in an index, however many rows
//! there are.

use aws_lc_rs::hmac;
use diesel::QueryResult;

use crate::config::SecretKey;
use crate::db::AnyConnection;
use crate::users::{Email, PasswordHash, User};

/// Says whose hash an unknown address borrows. Clones are equal.
#[derive(Clone)]
pub struct DummyHashes {
    key: hmac::Key,
    cost: u32,
}

impl DummyHashes {
    /// `cost` is that of the dummy hash where there is no row to borrow from.
    pub fn new(secret: &SecretKey, cost: u32) -> Self {
        let key = secret.derive::<32>("decoys for unknown addresses");
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &*key), cost }
    }

    /// The hash that `email` is compared with when it has no account.
    pub fn for_address(&self, conn: &mut AnyConnection, email: &Email) -> QueryResult<PasswordHash> {
        let place = hmac::sign(&self.key, email.as_str().as_bytes());
        let place = hex::encode(&place.as_ref()[..User::END_OF_ID / 2]);
        let borrowed = User::hash_at(conn, &place)?;
        Ok(borrowed.unwrap_or_else(|| PasswordHash::dummy(self.cost)))
    }
}

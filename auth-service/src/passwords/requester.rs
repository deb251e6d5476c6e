//! The requester of a hash, which determines its turn in the queue.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::audit::RequestContext;
use crate::config::SecretKey;
use crate::rate_limit::Network;
use crate::users::Email;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requester {
    pub network: Network,
    /// Set if this browser logged in to the requested account before. Such requests have their own
    /// queue places.
    pub known_as: Option<AccountMark>,
}

impl Requester {
    /// A requester of whom only the network is known.
    pub fn unknown(context: &RequestContext) -> Self {
        Self { network: Network::from(context), known_as: None }
    }

    /// Adds the mark of a browser that logged in to this account before.
    pub fn known_as(self, mark: Option<AccountMark>) -> Self {
        Self { known_as: mark, ..self }
    }
}

/// Identifies an account without revealing which one; browsers keep it after a login. It grants no
/// access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountMark([u8; AccountMark::BYTES]);

impl AccountMark {
    /// Long enough that collisions do not occur, short enough that several marks fit into a cookie.
    const BYTES: usize = 12;
}

impl std::fmt::Display for AccountMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// Creates and recognizes marks, including those made with the previous secret.
#[derive(Clone)]
pub struct AccountMarks {
    current: hmac::Key,
    previous: Option<hmac::Key>,
}

impl AccountMarks {
    pub fn new(secret: &SecretKey, previous: Option<&SecretKey>) -> Self {
        let key = |secret: &SecretKey| {
            hmac::Key::new(hmac::HMAC_SHA256, &*secret.derive::<32>("accounts that a browser knows"))
        };
        Self { current: key(secret), previous: previous.map(key) }
    }

    /// The mark of an account.
    pub fn of(&self, email: &Email) -> AccountMark {
        mark(&self.current, email)
    }

    /// The account's mark, if the browser holds it.
    pub fn find(&self, email: &Email, held: &[String]) -> Option<AccountMark> {
        let keys = std::iter::once(&self.current).chain(&self.previous);
        let mut possible = keys.map(|key| mark(key, email).to_string());
        // The held marks come from a cookie that only we can make, so the timing of the comparison
        // reveals nothing.
        possible.any(|mark| held.contains(&mark)).then(|| self.of(email))
    }
}

fn mark(key: &hmac::Key, email: &Email) -> AccountMark {
    let tag = hmac::sign(key, email.as_str().as_bytes());
    AccountMark(std::array::from_fn(|n| tag.as_ref()[n]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretKey {
        SecretKey::parse("SECRET_KEY", text).unwrap()
    }

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    /// W2
    #[test]
    fn a_mark_is_known_again_for_its_own_account_alone_and_survives_a_change_of_the_secret() {
        let (old, new) =
            (secret("pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho"), secret("aF8HoGpG5cX9dUeRkVt3mBz7QwYhLn2s"));
        let (ada, eve) = (email("ada@example.org"), email("eve@example.org"));
        let before = AccountMarks::new(&old, None);
        let held = vec!["nonsense".to_owned(), before.of(&ada).to_string()];
        assert_eq!(before.find(&ada, &held), Some(before.of(&ada)));
        assert_eq!(before.find(&eve, &held), None);
        let after = AccountMarks::new(&new, Some(&old));
        assert_eq!(after.find(&ada, &held), Some(after.of(&ada)));
        assert_eq!(after.find(&eve, &held), None);
        assert_eq!(AccountMarks::new(&new, None).find(&ada, &held), None);
    }
}

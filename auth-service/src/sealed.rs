//! Sealed texts: AES-256-GCM under a key derived from `SECRET_KEY`.
//!
//! The database holds private keys and letters in this form, so a copy of it alone reveals none.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use zeroize::Zeroizing;

use crate::config::SecretKey;

/// The first byte of every sealed text, so that the format can change.
const VERSION: u8 = 1;

/// Seals and opens the texts of one purpose.
pub struct SealingKeys {
    current: RandomizedNonceKey,
    /// Derived from the previous secret: it opens, and never seals.
    previous: Option<RandomizedNonceKey>,
}

/// An opened text, and whether it must be sealed again because the secret has changed.
pub struct Opened {
    pub text: Zeroizing<Vec<u8>>,
    pub is_outdated: bool,
}

impl SealingKeys {
    /// `purpose` names the derived key, such as `signing-key-sealing/v1`.
    pub fn new(purpose: &str, secret: &SecretKey, previous: Option<&SecretKey>) -> Self {
        let key = |secret: &SecretKey| {
            let key = secret.derive::<32>(purpose);
            RandomizedNonceKey::new(&AES_256_GCM, &*key).expect("the key is as long as AES-256 wants it")
        };
        Self { current: key(secret), previous: previous.map(key) }
    }

    /// Version, nonce, ciphertext and tag. The `id` is authenticated, so a sealed text cannot be
    /// used in another row.
    pub fn seal(&self, id: &str, text: &[u8]) -> Vec<u8> {
        let mut text = text.to_vec();
        let nonce = self
            .current
            .seal_in_place_append_tag(Aad::from(id.as_bytes()), &mut text)
            .expect("a text of some kilobytes is within the cipher's limits");
        [[VERSION].as_slice(), nonce.as_ref(), &text].concat()
    }

    /// The text; `None` if it was sealed by another secret, for another purpose or id, or was
    /// modified.
    pub fn open(&self, id: &str, sealed: &[u8]) -> Option<Opened> {
        let now = open(&self.current, id, sealed).map(|text| (text, false));
        let (text, is_outdated) = now.or_else(|| Some((open(self.previous.as_ref()?, id, sealed)?, true)))?;
        Some(Opened { text, is_outdated })
    }
}

fn open(key: &RandomizedNonceKey, id: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, text) = sealed.strip_prefix(&[VERSION])?.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut text = Zeroizing::new(text.to_vec());
    let length = key.open_in_place(nonce, Aad::from(id.as_bytes()), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretKey {
        SecretKey::parse("SECRET_KEY", text).unwrap()
    }

    fn keys(text: &str) -> SealingKeys {
        SealingKeys::new("test/v1", &secret(text), None)
    }

    const SECRET: &str = "pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho";
    const OTHER: &str = "Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E";

    #[test]
    fn a_sealed_text_opens_for_the_same_secret_purpose_and_id_alone() {
        let sealed = keys(SECRET).seal("kid-1", b"private");
        let opened = keys(SECRET).open("kid-1", &sealed).unwrap();
        assert!(opened.text.as_slice() == b"private" && !opened.is_outdated);
        assert!(keys(SECRET).open("kid-2", &sealed).is_none());
        assert!(keys(OTHER).open("kid-1", &sealed).is_none());
        assert!(SealingKeys::new("other/v1", &secret(SECRET), None).open("kid-1", &sealed).is_none());
        for changed in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[changed] ^= 1;
            assert!(keys(SECRET).open("kid-1", &damaged).is_none(), "byte {changed}");
        }
        assert!(keys(SECRET).open("kid-1", &[]).is_none() && keys(SECRET).open("kid-1", &[1, 2]).is_none());
    }

    #[test]
    fn the_secret_before_opens_what_it_sealed_and_seals_nothing_more() {
        let sealed = keys(SECRET).seal("kid-1", b"private");
        let both = SealingKeys::new("test/v1", &secret(OTHER), Some(&secret(SECRET)));
        let opened = both.open("kid-1", &sealed).unwrap();
        assert!(opened.text.as_slice() == b"private" && opened.is_outdated);
        assert!(keys(SECRET).open("kid-1", &both.seal("kid-1", b"private")).is_none());
    }

    /// D1t
    #[test]
    fn the_sealed_form_holds_nothing_of_the_text() {
        let sealed = keys(SECRET).seal("kid-1", b"a private key of some length");
        assert!(!sealed.windows(7).any(|window| window == b"private"));
    }
}

//! The secret of a link: 256 random bits, of which only a hash is stored.

use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::random;

/// The secret in a link. It grants what the proof is for, so it is never logged or shown.
#[derive(Clone)]
pub struct LinkToken(Zeroizing<[u8; 32]>);

impl LinkToken {
    pub(super) fn random() -> Self {
        Self(Zeroizing::new(random::bytes()))
    }

    /// The token of a link that somebody opened; `None` if it cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The token of an address that somebody opened. A repeated parameter counts as absent.
    pub fn in_query(query: &str) -> Option<Self> {
        let mut tokens = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "token");
        let (_, first) = tokens.next()?;
        Self::parse(&first).filter(|_| tokens.next().is_none())
    }

    /// The text in the link.
    pub fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(*self.0)
    }

    /// The stored form. A plain hash is enough, because nobody can guess 256 random bits.
    pub(super) fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, &*self.0).as_ref().to_vec()
    }
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// V1
    #[test]
    fn a_token_has_one_text_and_256_bits() {
        let token = LinkToken::random();
        assert_eq!(token.text().len(), 43);
        assert_eq!(LinkToken::parse(&token.text()).unwrap().hash(), token.hash());
        assert_ne!(LinkToken::random().hash(), token.hash());
        for other in ["", "short", &format!("{}=", token.text()), &format!("{}A", token.text())] {
            assert!(LinkToken::parse(other).is_none(), "{other}");
        }
    }
}

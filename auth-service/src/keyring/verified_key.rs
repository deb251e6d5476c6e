//! Authenticity of key rows. An attacker with write access to the database can insert any row, and
//! services trust published keys. So a key is accepted only if we sealed its private half and the
//! rest of the row matches that half.
//!
//! The seal includes the id, and the id is a digest of the public half (RFC 7638) or of the shared
//! key. So parts of two rows cannot be exchanged. The state and the dates are not sealed, because
//! they change.

use std::collections::HashSet;

use zeroize::Zeroizing;

use super::generate;
use super::jwk::Jwk;
use super::store::{SigningKey, State};
use crate::sealed::SealingKeys;

/// A verified key with its opened private half.
pub(super) struct VerifiedKey {
    pub row: SigningKey,
    pub private_key: Zeroizing<Vec<u8>>,
    /// Computed from the private half; `None` for a shared key.
    pub public: Option<Jwk>,
    /// Whether the previous secret sealed it.
    pub is_outdated: bool,
}

/// Why a row is not one of our keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProblem {
    /// Neither secret opens the private half.
    Unopened,
    /// The id, the algorithm or the public half does not match the private half.
    Mismatched,
    /// It was revoked, and its row says otherwise now.
    Returned,
}

impl KeyProblem {
    /// The text for the log and the audit trail.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Unopened => "SECRET_KEY did not seal it",
            Self::Mismatched => "its parts do not belong together",
            Self::Returned => "it had been revoked",
        }
    }
}

/// All rows, separated by authenticity. Revoked rows are in neither list, because they have no
/// effect.
pub(super) struct VerifiedKeys {
    pub ours: Vec<VerifiedKey>,
    pub not_ours: Vec<(SigningKey, KeyProblem)>,
}

impl VerifiedKeys {
    /// `revoked` contains the ids of all keys that are known to have been revoked.
    pub fn new(rows: Vec<SigningKey>, sealing: &SealingKeys, revoked: &HashSet<String>) -> Self {
        let mut sorted = Self { ours: Vec::new(), not_ours: Vec::new() };
        for row in rows.into_iter().filter(|row| row.state() != State::Revoked) {
            let judged = match revoked.contains(&row.kid) {
                true => Err(KeyProblem::Returned),
                false => verify(&row, sealing),
            };
            match judged {
                Ok((private_key, public, is_outdated)) => {
                    sorted.ours.push(VerifiedKey { row, private_key, public, is_outdated });
                }
                Err(why) => sorted.not_ours.push((row, why)),
            }
        }
        sorted
    }

    /// Our key in a state that at most one key can have.
    pub fn only(&self, state: State) -> Option<&VerifiedKey> {
        self.ours.iter().find(|key| key.row.state() == state)
    }

    /// Whether an invalid row occupies a state that at most one key can have.
    pub fn is_taken(&self, state: State) -> bool {
        self.not_ours.iter().any(|(row, _)| row.state() == state)
    }

    /// The rows of our keys.
    pub fn rows(&self) -> Vec<SigningKey> {
        self.ours.iter().map(|key| key.row.clone()).collect()
    }
}

type Opened = (Zeroizing<Vec<u8>>, Option<Jwk>, bool);

fn verify(row: &SigningKey, sealing: &SealingKeys) -> Result<Opened, KeyProblem> {
    let opened = sealing.open(&row.kid, &row.sealed_private_key).ok_or(KeyProblem::Unopened)?;
    let (kid, public) = row
        .algorithm
        .known()
        .and_then(|algorithm| generate::id_and_public_half(algorithm, &opened.text))
        .ok_or(KeyProblem::Mismatched)?;
    let stored: Option<Jwk> = match &row.public_jwk {
        Some(text) => Some(serde_json::from_str(text).map_err(|_| KeyProblem::Mismatched)?),
        None => None,
    };
    if kid != row.kid || stored != public {
        return Err(KeyProblem::Mismatched);
    }
    Ok((opened.text, public, opened.is_outdated))
}

/// An id for display. A planted one may contain anything.
pub(super) fn shown(kid: &str) -> String {
    kid.chars().filter(char::is_ascii_graphic).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SecretKey, TokenAlgorithm};
    use crate::db::types::Timestamp;
    use crate::keyring::store::KeyAlgorithm;

    fn sealing(secret: &str) -> SealingKeys {
        SealingKeys::new(super::super::store::SEALING, &SecretKey::parse("SECRET_KEY", secret).unwrap(), None)
    }

    fn ours() -> SealingKeys {
        sealing("pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho")
    }

    fn key(algorithm: &TokenAlgorithm, sealing: &SealingKeys) -> SigningKey {
        let now = Timestamp::from(chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        generate::make(algorithm, sealing, now)
    }

    /// K9
    #[test]
    fn a_row_is_ours_only_with_all_its_parts() {
        for algorithm in [TokenAlgorithm::Es256, TokenAlgorithm::EdDsa] {
            let (one, other) = (key(&algorithm, &ours()), key(&algorithm, &ours()));
            let theirs = key(&algorithm, &sealing("Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E"));
            assert!(verify(&one, &ours()).is_ok());
            let planted = [
                ("somebody else's", theirs.clone(), KeyProblem::Unopened),
                (
                    "without a private half",
                    SigningKey { sealed_private_key: vec![], ..theirs.clone() },
                    KeyProblem::Unopened,
                ),
                (
                    "another's seal",
                    SigningKey { sealed_private_key: other.sealed_private_key.clone(), ..one.clone() },
                    KeyProblem::Unopened,
                ),
                (
                    "another's public half",
                    SigningKey { public_jwk: theirs.public_jwk.clone(), ..one.clone() },
                    KeyProblem::Mismatched,
                ),
                ("no public half", SigningKey { public_jwk: None, ..one.clone() }, KeyProblem::Mismatched),
                (
                    "nonsense",
                    SigningKey { public_jwk: Some("{".into()), ..one.clone() },
                    KeyProblem::Mismatched,
                ),
                (
                    "taken for a shared key",
                    SigningKey { algorithm: KeyAlgorithm::Hs512.into(), public_jwk: None, ..one.clone() },
                    KeyProblem::Mismatched,
                ),
                (
                    "an algorithm that there is not",
                    SigningKey { algorithm: "none".to_owned().into(), ..one.clone() },
                    KeyProblem::Mismatched,
                ),
                ("another id", SigningKey { kid: other.kid.clone(), ..one.clone() }, KeyProblem::Unopened),
            ];
            for (name, row, why) in planted {
                assert_eq!(verify(&row, &ours()).err(), Some(why), "{name}");
            }
        }
    }

    /// K9
    #[test]
    fn a_key_that_was_revoked_does_not_come_back() {
        let row = key(&TokenAlgorithm::Es256, &ours());
        let revoked = HashSet::from([row.kid.clone()]);
        let sorted = VerifiedKeys::new(vec![row], &ours(), &revoked);
        assert!(sorted.ours.is_empty() && sorted.not_ours[0].1 == KeyProblem::Returned);
    }
}

//! The one secret of the service, and the keys derived from it.

use aws_lc_rs::hkdf;
use zeroize::Zeroizing;

use super::ConfigError;

/// Fewer bytes than this can be guessed.
const MIN_BYTES: usize = 32;

/// 32 random bytes repeat some; text that somebody typed repeats most.
const MIN_DISTINCT_BYTES: usize = 12;

/// Words that stand in examples, never in a random secret of base64 or hex (the shortest would appear in one
/// of some hundred million).
const PLACEHOLDERS: [&str; 8] =
    ["change", "secret", "example", "default", "insecure", "password", "placeholder", "your-"];

/// The secret that everything sealed or authenticated here rests on.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(Zeroizing<Vec<u8>>);

impl SecretKey {
    /// Takes a secret that looks random and is long enough (ASVS 13.2.3, 11.5.1). `setting` is where it stands.
    pub fn parse(setting: &'static str, text: &str) -> Result<Self, ConfigError> {
        require_random(setting, text, MIN_BYTES)?;
        Ok(Self(Zeroizing::new(text.as_bytes().to_vec())))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A key for one purpose (HKDF-SHA256, RFC 5869): knowing one says nothing about another.
    ///
    /// # Panics
    /// When `N` is above 8,160, HKDF's limit, which is the caller's constant.
    pub fn derive<const N: usize>(&self, purpose: &str) -> Zeroizing<[u8; N]> {
        struct Length(usize);
        impl hkdf::KeyType for Length {
            fn len(&self) -> usize {
                self.0
            }
        }
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"auth-service");
        let mut key = Zeroizing::new([0; N]);
        salt.extract(&self.0)
            .expand(&[purpose.as_bytes()], Length(N))
            .and_then(|material| material.fill(&mut *key))
            .expect("N is within HKDF's limit");
        key
    }
}

/// Refuses what was typed, copied from an example, or is short.
pub(super) fn require_random(setting: &'static str, text: &str, min_bytes: usize) -> Result<(), ConfigError> {
    let lower = text.to_lowercase();
    let problem = if text.len() < min_bytes {
        "is too short"
    } else if distinct_bytes(text) < MIN_DISTINCT_BYTES {
        "repeats itself too much to be random"
    } else if PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
        "looks like a placeholder"
    } else {
        return Ok(());
    };
    Err(ConfigError::new(setting, format!("{problem}; make one with `auth-service generate-secret`")))
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

fn distinct_bytes(text: &str) -> usize {
    text.bytes().collect::<std::collections::BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_secret_is_taken() {
        assert!(SecretKey::parse("SECRET_KEY", "pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho").is_ok());
    }

    /// D2t
    #[test]
    fn a_weak_secret_is_refused_by_name_and_never_shown() {
        for weak in [
            "",
            "hunter2",
            "pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8H",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabcabcabcabcabcabcabcabcabc",
            "change-me-please-0123456789-abcdefghijklm",
            "This-Is-An-Example-0123456789-qwertzuiop",
            "my_super_SECRET_key_0123456789_abcdefghi",
        ] {
            let refusal = SecretKey::parse("SECRET_KEY", weak).unwrap_err();
            assert_eq!(refusal.setting, "SECRET_KEY");
            assert!(weak.is_empty() || !refusal.to_string().contains(weak), "{refusal}");
        }
    }

    #[test]
    fn keys_of_two_purposes_differ_and_one_purpose_gives_one_key() {
        let secret = SecretKey::parse("SECRET_KEY", "pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho").unwrap();
        assert_eq!(secret.derive::<32>("a"), secret.derive::<32>("a"));
        assert_ne!(secret.derive::<32>("a"), secret.derive::<32>("b"));
    }
}

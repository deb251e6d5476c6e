//! The master secret of the service, and the keys derived from it.

use aws_lc_rs::hkdf;
use zeroize::Zeroizing;

use super::unjudged::Unjudged;
use super::{ConfigError, randomness};

/// Shorter secrets can be guessed.
const MIN_BYTES: usize = 32;

/// 32 random bytes contain few repetitions; typed text contains many.
const MIN_DISTINCT_BYTES: usize = 12;

/// Words from examples. A random secret in base64 or hex almost never contains one: about one in a
/// hundred million contains the shortest.
const PLACEHOLDERS: [&str; 8] =
    ["change", "secret", "example", "default", "insecure", "password", "placeholder", "your-"];

/// The advice for a refused secret.
const MAKE_ONE: &str = "make one with `auth-service generate-secret`";

/// The secret from which all sealing and authentication keys are derived.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey {
    text: Zeroizing<String>,
}

impl SecretKey {
    /// Parses a secret that is long enough and looks random (ASVS 13.2.3, 11.5.1). `setting` is its
    /// setting's name.
    pub fn parse(setting: &'static str, text: &str) -> Result<Self, ConfigError> {
        let mut unjudged = Unjudged::default();
        let secret = Self::parse_unjudged(setting, text, &mut unjudged)?;
        unjudged.judge()?;
        Ok(secret)
    }

    /// The same, but whether it looks random is still to be judged.
    pub(super) fn parse_unjudged(
        setting: &'static str,
        text: &str,
        unjudged: &mut Unjudged,
    ) -> Result<Self, ConfigError> {
        require_long(setting, text, MIN_BYTES)?;
        let problem = format!(
            "looks thought up, and what somebody thought up can be guessed: {MAKE_ONE}; if the service ran with \
             this one, give it as SECRET_KEY_PREVIOUS meanwhile, and nobody is logged out"
        );
        unjudged.add(text, ConfigError::new(setting, problem));
        Ok(Self { text: Zeroizing::new(text.to_owned()) })
    }

    /// Parses the previous secret, even if it looks guessable: otherwise a guessable secret could
    /// not be replaced.
    pub fn parse_previous(setting: &'static str, text: &str) -> Result<Self, ConfigError> {
        require_long(setting, text, MIN_BYTES)?;
        Ok(Self { text: Zeroizing::new(text.to_owned()) })
    }

    /// Whether the secret looks guessable, which only a previous one may.
    pub fn is_guessable(&self) -> bool {
        randomness::judge(&self.text).is_err()
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Derives a key for one purpose (HKDF-SHA256, RFC 5869). One derived key reveals nothing about
    /// the others.
    ///
    /// # Panics
    /// Panics if `N`, a constant of the caller, exceeds HKDF's limit of 8,160.
    pub fn derive<const N: usize>(&self, purpose: &str) -> Zeroizing<[u8; N]> {
        struct Length(usize);
        impl hkdf::KeyType for Length {
            fn len(&self) -> usize {
                self.0
            }
        }
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"auth-service");
        let mut key = Zeroizing::new([0; N]);
        salt.extract(self.as_bytes())
            .expand(&[purpose.as_bytes()], Length(N))
            .and_then(|material| material.fill(&mut *key))
            .expect("N is within HKDF's limit");
        key
    }
}

/// Requires text of at least `min_bytes`, which is still to be judged.
pub(super) fn require_random(
    setting: &'static str,
    text: &str,
    min_bytes: usize,
    unjudged: &mut Unjudged,
) -> Result<(), ConfigError> {
    require_long(setting, text, min_bytes)?;
    let problem = format!("looks thought up, and what somebody thought up can be guessed: {MAKE_ONE}");
    unjudged.add(text, ConfigError::new(setting, problem));
    Ok(())
}

/// Refuses a text that is short, contains a placeholder, or repeats few characters.
fn require_long(setting: &'static str, text: &str, min_bytes: usize) -> Result<(), ConfigError> {
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
    Err(ConfigError::new(setting, format!("{problem}; {MAKE_ONE}")))
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
            "correct horse battery staple 123",
            "MeinHundFrisstGerneSchuheAmDienstagUndMittwoch",
        ] {
            let refusal = SecretKey::parse("SECRET_KEY", weak).unwrap_err();
            assert_eq!(refusal.setting, "SECRET_KEY");
            assert!(weak.is_empty() || !refusal.to_string().contains(weak), "{refusal}");
        }
    }

    /// D6t
    #[test]
    fn a_secret_that_somebody_thought_up_is_good_for_moving_away_from_it_and_nothing_else() {
        let typed = "correct horse battery staple 123";
        let refusal = SecretKey::parse("SECRET_KEY", typed).unwrap_err();
        assert!(
            refusal.problem.contains("generate-secret") && refusal.problem.contains("SECRET_KEY_PREVIOUS")
        );
        let previous = SecretKey::parse_previous("SECRET_KEY_PREVIOUS", typed).unwrap();
        assert!(previous.is_guessable() && previous.as_bytes() == typed.as_bytes());
        let random = "pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho";
        assert!(!SecretKey::parse_previous("SECRET_KEY_PREVIOUS", random).unwrap().is_guessable());
        assert!(SecretKey::parse_previous("SECRET_KEY_PREVIOUS", "short").is_err());
    }

    #[test]
    fn keys_of_two_purposes_differ_and_one_purpose_gives_one_key() {
        let secret = SecretKey::parse("SECRET_KEY", "pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho").unwrap();
        assert_eq!(secret.derive::<32>("a"), secret.derive::<32>("a"));
        assert_ne!(secret.derive::<32>("a"), secret.derive::<32>("b"));
    }
}

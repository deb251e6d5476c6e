//! Secrets whose randomness has not been judged yet.

use zeroize::Zeroizing;

use super::{ConfigError, randomness};

/// The secrets among the settings that were parsed so far, in their order, each with its refusal.
///
/// To judge the first one takes longer than all the rest of the settings: zxcvbn reads its
/// dictionaries. So they are judged together, beside other work.
#[derive(Default)]
pub(super) struct Unjudged(Vec<(Zeroizing<String>, ConfigError)>);

impl Unjudged {
    /// Adds a secret that is refused with `refusal` if it looks guessable.
    pub(super) fn add(&mut self, text: &str, refusal: ConfigError) {
        self.0.push((Zeroizing::new(text.to_owned()), refusal));
    }

    /// Judges them, and returns the first refusal.
    pub(super) fn judge(self) -> Result<(), ConfigError> {
        for (text, refusal) in self.0 {
            randomness::judge(&text).map_err(|_| refusal)?;
        }
        Ok(())
    }
}

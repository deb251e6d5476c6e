//! Passwords as users type them, and the policy for new ones.

use zeroize::Zeroizing;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Score, zxcvbn};

use super::{advice, famous};
use crate::i18n::Message;
use crate::users::{Email, PersonName};

/// In characters. ASVS 6.2.9 requires at least 64.
pub const MAX_CHARS: usize = 128;

/// zxcvbn's work grows faster than its input, and a password whose first 64 characters are strong
/// is strong.
const ESTIMATED_CHARS: usize = 64;

/// The symbols that zxcvbn may read as letters (l33t), and the maximum number of different ones
/// that it sees. Digits are not limited: they add few readings, and sequences of digits must be
/// recognized.
const SUBSTITUTES: &str = "@({[<&#!/|$+%";
const MAX_SUBSTITUTES: usize = 4;

/// The rest of a password without its owner's names must have at least this length.
const MIN_CHARS_BEYOND_NAMES: usize = 8;

/// A password as a user typed it. It is wiped from memory when dropped, and never printed.
#[derive(Clone, serde::Deserialize)]
#[serde(from = "String")]
pub struct Password(Zeroizing<String>);

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Password {
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether two typed passwords are equal. Both come from the same form, so the timing reveals
    /// nothing.
    pub fn equals(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A password that satisfies the policy. Only these are hashed for storage.
#[derive(Debug, Clone)]
pub struct NewPassword(Password);

/// Why a new password was rejected, as a message for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordProblem {
    /// Shorter than this number of characters.
    TooShort(usize),
    TooLong,
    Common,
    /// A passphrase that everybody knows.
    Famous,
    LikeTheirOwner,
    /// Easy to guess: why, and what would help.
    Guessable(Message),
}

impl PasswordProblem {
    /// The message for the user.
    pub fn text(&self) -> Message {
        match self {
            Self::TooShort(min) => Message::new("password-too-short").with("min", *min),
            Self::TooLong => Message::new("password-too-long").with("max", MAX_CHARS),
            Self::Common => Message::new("password-common"),
            Self::LikeTheirOwner => Message::new("password-like-owner"),
            Self::Famous => {
                Message::new("password-guessable").with("reason", Message::new("password-reason-famous"))
            }
            Self::Guessable(advice) => advice.clone(),
        }
    }
}

impl NewPassword {
    /// Checks length, commonness, likeness to the owner's names and strength (ASVS 6.2.1, 6.2.4,
    /// 6.2.5, 6.2.11; NIST SP 800-63B 3.1.1.2). There are no composition rules, because they lead
    /// to worse passwords.
    ///
    /// Takes a few milliseconds of CPU time, so do not call it on an async worker thread.
    pub fn parse(
        password: Password,
        min_length: usize,
        email: Option<&Email>,
        names: &[&PersonName],
    ) -> Result<Self, PasswordProblem> {
        let text = password.0.as_str();
        let length = text.chars().count();
        if length < min_length {
            return Err(PasswordProblem::TooShort(min_length));
        }
        if length > MAX_CHARS {
            return Err(PasswordProblem::TooLong);
        }
        let about_owner = words_about(email, names);
        if is_like_owner(text, &about_owner) {
            return Err(PasswordProblem::LikeTheirOwner);
        }
        if famous::is_famous(text) {
            return Err(PasswordProblem::Famous);
        }
        let estimated = estimable(text);
        let inputs: Vec<&str> = about_owner.iter().map(String::as_str).collect();
        let estimate = zxcvbn(&estimated, &inputs);
        if is_in_list(&estimate) {
            return Err(PasswordProblem::Common);
        }
        if estimate.score() < Score::Three {
            return Err(PasswordProblem::Guessable(advice::of(estimate.feedback())));
        }
        Ok(Self(password))
    }

    pub(super) fn as_password(&self) -> &Password {
        &self.0
    }
}

fn words_about(email: Option<&Email>, names: &[&PersonName]) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(email) = email {
        words.push(email.as_str().to_owned());
        words.extend(email.as_str().split(|c: char| !c.is_alphanumeric()).map(str::to_owned));
    }
    for name in names {
        words.extend(name.as_str().to_lowercase().split_whitespace().map(str::to_owned));
    }
    words.retain(|word| word.chars().count() >= 3);
    // Remove the longest names first, so that "ada.lovelace@example.org" goes as a whole before its
    // parts.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.dedup();
    words
}

fn is_like_owner(text: &str, about_owner: &[String]) -> bool {
    let lower = text.to_lowercase();
    let mut rest = lower.clone();
    for word in about_owner {
        rest = rest.replace(word.as_str(), "");
    }
    rest != lower && rest.chars().count() < MIN_CHARS_BEYOND_NAMES
}

/// The part of a password that zxcvbn estimates in bounded time. zxcvbn tries every combination of
/// readings of the symbols that may stand for letters; twenty different symbols take half a second.
/// So symbols beyond the first four are replaced by characters without another reading. A password
/// with that many is strong enough without them.
fn estimable(text: &str) -> String {
    let mut seen = Vec::new();
    let mut bounded = |c: char| {
        if !SUBSTITUTES.contains(c) {
            return c;
        }
        let at = seen.iter().position(|known| *known == c).unwrap_or_else(|| {
            seen.push(c);
            seen.len() - 1
        });
        // From Unicode's private use area, so that different symbols stay different.
        if at < MAX_SUBSTITUTES { c } else { char::from_u32(0xE000 + at as u32).unwrap_or('\u{E000}') }
    };
    text.chars().take(ESTIMATED_CHARS).map(&mut bounded).collect()
}

/// Whether the whole password is one entry of zxcvbn's list of 30,000 common passwords, possibly
/// reversed or in l33t. The type of `dictionary_name` has no public path, so this compares its
/// debug output.
fn is_in_list(estimate: &zxcvbn::Entropy) -> bool {
    use zxcvbn::matching::patterns::DictionaryPattern;
    let [only] = estimate.sequence() else { return false };
    matches!(
        &only.pattern,
        MatchPattern::Dictionary(DictionaryPattern { dictionary_name, .. })
            if format!("{dictionary_name:?}") == "Passwords"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(text: &str) -> Result<NewPassword, PasswordProblem> {
        let email = Email::parse("ada.lovelace@engines.example").unwrap();
        let (first, last) = (PersonName::parse("Ada").unwrap(), PersonName::parse("Lovelace").unwrap());
        NewPassword::parse(text.to_owned().into(), 12, Some(&email), &[&first, &last])
    }

    /// P1
    #[test]
    fn a_short_password_is_refused_with_the_reason() {
        assert_eq!(judge("gR7#kd9!xQ2").unwrap_err(), PasswordProblem::TooShort(12));
        assert!(judge("gR7#kd9!xQ2m").is_ok());
    }

    /// P2
    #[test]
    fn length_is_counted_in_characters_and_any_of_them_will_do() {
        for text in [
            "rusty anchor pedals sideways".to_owned(),
            "schöne grüne wälder rauschen".to_owned(),
            "🦀🚲🌧️🎻🍐🦉🧊🪁🌋🥁🦔🛶".to_owned(),
            "пингвины летают задом наперёд".to_owned(),
            "qhzvwkjx mrtplond".repeat(4)[..64].to_owned(),
            "tumbling 7 violets, eleven kites & a slow brass door that sings at noon on sundays over \
             the harbour where grey gulls fold paper x"[..128]
                .to_owned(),
        ] {
            assert!(judge(&text).is_ok(), "{text}: {:?}", judge(&text));
        }
        assert_eq!(judge(&"tumbling 7 violets ".repeat(7)).unwrap_err(), PasswordProblem::TooLong);
    }

    /// P4
    #[test]
    fn passwords_that_are_tried_first_are_refused() {
        for text in
            ["123456789012", "1234567890qwerty", "unbelievable1", "qwertyuiopasdfghjkl", "aaaaaaaaaaaaaaaa"]
        {
            assert!(judge(text).is_err(), "{text}");
        }
        assert_eq!(
            NewPassword::parse("trustno1".to_owned().into(), 8, None, &[]).unwrap_err(),
            PasswordProblem::Common
        );
    }

    #[test]
    fn a_password_about_its_owner_is_refused() {
        for text in ["AdaLovelace1815", "ada.lovelace@engines.example", "Lovelace-Ada!", "engines.example1"] {
            assert_eq!(judge(text).unwrap_err(), PasswordProblem::LikeTheirOwner, "{text}");
        }
        assert!(judge("ada paints violet harbours").is_ok());
    }

    /// I1: without the limits, one of these takes zxcvbn half a second, and the other one makes it
    /// overflow.
    #[test]
    fn passwords_made_to_tire_the_estimator_are_judged_like_others() {
        assert!(judge("4@8({[<369&#!1/|0$5+7%2").is_ok());
        assert_eq!(estimable("p4$$w0rd 4@8({[<369"), "p4$$w0rd 4@8({\u{E004}\u{E005}369");
        let _ = judge(&"qwsa".repeat(16));
    }

    #[test]
    fn a_guessable_password_is_refused_with_one_reason_and_one_remedy() {
        let texts = crate::i18n::Translations::embedded();
        for (text, said) in [
            ("abcabcabcabcabc", "Too easy to guess: it repeats itself. Add two unrelated words."),
            (
                "correcthorsebatterystaple",
                "Too easy to guess: everybody knows this phrase. Add two unrelated words.",
            ),
            (
                "qwertyuiopasdfghjkl",
                "Too easy to guess: it is like a very common password. Add two unrelated words.",
            ),
        ] {
            assert_eq!(texts.english(&judge(text).unwrap_err().text()), said, "{text}");
        }
        for text in ["passwordpassword", "november 2026"] {
            let said = texts.english(&judge(text).unwrap_err().text());
            assert!(
                said.starts_with("Too easy to guess") && said.ends_with(". Add two unrelated words."),
                "{said}"
            );
        }
    }
}

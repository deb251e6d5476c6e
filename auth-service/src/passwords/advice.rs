//! What is said of a password that is easy to guess: one reason, from zxcvbn's estimate, and one
//! remedy. Several at once are read by nobody.

use zxcvbn::feedback::{Feedback, Warning};

use crate::i18n::Message;

pub(super) fn of(feedback: Option<&Feedback>) -> Message {
    match feedback.and_then(Feedback::warning) {
        Some(warning) => Message::new("password-guessable").with("reason", reason(warning)),
        None => Message::new("password-guessable-somehow"),
    }
}

fn reason(warning: Warning) -> Message {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            Message::new("password-reason-keyboard")
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            Message::new("password-reason-repeats")
        }
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => Message::new("password-reason-common"),
        Warning::SequencesLikeAbcAreEasyToGuess => Message::new("password-reason-sequence"),
        Warning::AWordByItselfIsEasyToGuess => Message::new("password-reason-word"),
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => {
            Message::new("password-reason-date")
        }
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => Message::new("password-reason-name"),
    }
}

//! Password advice: converts zxcvbn's feedback to our messages.

use zxcvbn::feedback::{Feedback, Suggestion, Warning};

use crate::i18n::Message;

/// The warning, if any, then the suggestions.
pub(super) fn of(feedback: Option<&Feedback>) -> Message {
    let Some(feedback) = feedback else { return Message::new("password-advice-none") };
    let warning = feedback.warning().map(warning);
    let mut all = warning.into_iter().chain(feedback.suggestions().iter().copied().map(tip));
    match all.next() {
        Some(first) => Message::sentences(first, all),
        None => Message::new("password-advice-none"),
    }
}

fn warning(warning: Warning) -> Message {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess => Message::new("password-warning-rows"),
        Warning::ShortKeyboardPatternsAreEasyToGuess => Message::new("password-warning-keyboard"),
        Warning::RepeatsLikeAaaAreEasyToGuess => Message::new("password-warning-repeats"),
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            Message::new("password-warning-repeated-words")
        }
        Warning::ThisIsATop10Password => Message::new("password-warning-top-10"),
        Warning::ThisIsATop100Password => Message::new("password-warning-top-100"),
        Warning::ThisIsACommonPassword => Message::new("password-warning-common"),
        Warning::ThisIsSimilarToACommonlyUsedPassword => Message::new("password-warning-similar"),
        Warning::SequencesLikeAbcAreEasyToGuess => Message::new("password-warning-sequence"),
        Warning::RecentYearsAreEasyToGuess => Message::new("password-warning-years"),
        Warning::AWordByItselfIsEasyToGuess => Message::new("password-warning-word"),
        Warning::DatesAreOftenEasyToGuess => Message::new("password-warning-dates"),
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => Message::new("password-warning-names"),
        Warning::CommonNamesAndSurnamesAreEasyToGuess => Message::new("password-warning-common-names"),
    }
}

fn tip(suggestion: Suggestion) -> Message {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases => Message::new("password-tip-words"),
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => Message::new("password-tip-no-symbols"),
        Suggestion::AddAnotherWordOrTwo => Message::new("password-tip-add-words"),
        Suggestion::CapitalizationDoesntHelpVeryMuch => Message::new("password-tip-capitals"),
        Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => {
            Message::new("password-tip-all-capitals")
        }
        Suggestion::ReversedWordsArentMuchHarderToGuess => Message::new("password-tip-reversed"),
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => Message::new("password-tip-substitutions"),
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => Message::new("password-tip-longer-pattern"),
        Suggestion::AvoidRepeatedWordsAndCharacters => Message::new("password-tip-no-repeats"),
        Suggestion::AvoidSequences => Message::new("password-tip-no-sequences"),
        Suggestion::AvoidRecentYears => Message::new("password-tip-no-recent-years"),
        Suggestion::AvoidYearsThatAreAssociatedWithYou => Message::new("password-tip-no-own-years"),
        Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => Message::new("password-tip-no-own-dates"),
    }
}

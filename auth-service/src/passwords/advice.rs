//! Why a password is easy to guess, and what would help: zxcvbn's words as texts of ours.

use zxcvbn::feedback::{Feedback, Suggestion, Warning};

use crate::i18n::Text;

/// The warning, if there is one, then the tips.
pub(super) fn of(feedback: Option<&Feedback>) -> Text {
    let Some(feedback) = feedback else { return Text::of("password-advice-none") };
    let warning = feedback.warning().map(warning);
    let mut all = warning.into_iter().chain(feedback.suggestions().iter().copied().map(tip));
    match all.next() {
        Some(first) => Text::sentences(first, all),
        None => Text::of("password-advice-none"),
    }
}

fn warning(warning: Warning) -> Text {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess => Text::of("password-warning-rows"),
        Warning::ShortKeyboardPatternsAreEasyToGuess => Text::of("password-warning-keyboard"),
        Warning::RepeatsLikeAaaAreEasyToGuess => Text::of("password-warning-repeats"),
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Text::of("password-warning-repeated-words"),
        Warning::ThisIsATop10Password => Text::of("password-warning-top-10"),
        Warning::ThisIsATop100Password => Text::of("password-warning-top-100"),
        Warning::ThisIsACommonPassword => Text::of("password-warning-common"),
        Warning::ThisIsSimilarToACommonlyUsedPassword => Text::of("password-warning-similar"),
        Warning::SequencesLikeAbcAreEasyToGuess => Text::of("password-warning-sequence"),
        Warning::RecentYearsAreEasyToGuess => Text::of("password-warning-years"),
        Warning::AWordByItselfIsEasyToGuess => Text::of("password-warning-word"),
        Warning::DatesAreOftenEasyToGuess => Text::of("password-warning-dates"),
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => Text::of("password-warning-names"),
        Warning::CommonNamesAndSurnamesAreEasyToGuess => Text::of("password-warning-common-names"),
    }
}

fn tip(suggestion: Suggestion) -> Text {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases => Text::of("password-tip-words"),
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => Text::of("password-tip-no-symbols"),
        Suggestion::AddAnotherWordOrTwo => Text::of("password-tip-add-words"),
        Suggestion::CapitalizationDoesntHelpVeryMuch => Text::of("password-tip-capitals"),
        Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => Text::of("password-tip-all-capitals"),
        Suggestion::ReversedWordsArentMuchHarderToGuess => Text::of("password-tip-reversed"),
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => Text::of("password-tip-substitutions"),
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => Text::of("password-tip-longer-pattern"),
        Suggestion::AvoidRepeatedWordsAndCharacters => Text::of("password-tip-no-repeats"),
        Suggestion::AvoidSequences => Text::of("password-tip-no-sequences"),
        Suggestion::AvoidRecentYears => Text::of("password-tip-no-recent-years"),
        Suggestion::AvoidYearsThatAreAssociatedWithYou => Text::of("password-tip-no-own-years"),
        Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => Text::of("password-tip-no-own-dates"),
    }
}

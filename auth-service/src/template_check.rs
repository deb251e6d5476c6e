//! The template check: draws every page there is, before anybody sees what an operator's templates
//! make of it.

use crate::app::NotEndedPage;
use crate::assets::TemplateProblem;
use crate::features::FEATURES;
use crate::mail::TestLetter;
use crate::pages::error_pages::ErrorPage;
use crate::pages::long_redirect::LongRedirectPage;
use crate::pages::{Pages, SampleLetter, SamplePage};
use crate::sign_in::PasswordChangedNotice;

/// Pages that are no feature's own.
const OTHERS: [SamplePage; 3] =
    [SamplePage::of::<NotEndedPage>(), SamplePage::of::<LongRedirectPage>(), SamplePage::of::<ErrorPage>()];

/// Letters that are no feature's own.
const OTHER_LETTERS: [SampleLetter; 2] =
    [SampleLetter::of::<TestLetter>(), SampleLetter::of::<PasswordChangedNotice>()];

/// Every page there is.
pub fn sample_pages() -> impl Iterator<Item = SamplePage> {
    FEATURES.iter().flat_map(|feature| feature.pages).copied().chain(OTHERS)
}

/// Every letter there is.
pub fn sample_letters() -> impl Iterator<Item = SampleLetter> {
    FEATURES.iter().flat_map(|feature| feature.letters).copied().chain(OTHER_LETTERS)
}

/// Checks what `TEMPLATES_DIR` brought. Our own templates alone are checked by a test, and not at
/// every start.
pub fn check_overrides(pages: &Pages) -> Result<(), TemplateProblem> {
    if pages.has_overrides() { check_all(pages) } else { Ok(()) }
}

/// Draws each page and each letter in each of its states, in every language.
pub fn check_all(pages: &Pages) -> Result<(), TemplateProblem> {
    sample_pages().try_for_each(|page| pages.check(&page))?;
    sample_letters().try_for_each(|letter| pages.check_letter(&letter))
}

//! Every page there is. An operator's templates are tried on them before anybody sees those.

use crate::account::AccountPage;
use crate::app::NotEndedPage;
use crate::assets::TemplateProblem;
use crate::cookie_cleanup::CookiesPage;
use crate::forward_auth::{LogInFirstPage, RefusedPage};
use crate::login::{DonePage, FramePage, LoginPage, LoopPage, TooLongPage};
use crate::logout::LogoutPage;
use crate::pages::error_pages::ErrorPage;
use crate::pages::long_redirect::OnwardPage;
use crate::pages::{Page, Pages};
use crate::registration::{ClosedPage, RegisterPage};
use crate::session_list::{ConfirmPage, SessionsPage};

/// Something that is done with every page.
pub trait Visit {
    type Error;

    fn page<P: Page>(&mut self) -> Result<(), Self::Error>;
}

/// One line for each page.
pub fn visit<V: Visit>(visit: &mut V) -> Result<(), V::Error> {
    visit.page::<AccountPage>()?;
    visit.page::<RegisterPage>()?;
    visit.page::<ClosedPage>()?;
    visit.page::<LogInFirstPage>()?;
    visit.page::<RefusedPage>()?;
    visit.page::<LoginPage>()?;
    visit.page::<LoopPage>()?;
    visit.page::<DonePage>()?;
    visit.page::<FramePage>()?;
    visit.page::<TooLongPage>()?;
    visit.page::<OnwardPage>()?;
    visit.page::<LogoutPage>()?;
    visit.page::<NotEndedPage>()?;
    visit.page::<SessionsPage>()?;
    visit.page::<ConfirmPage>()?;
    visit.page::<CookiesPage>()?;
    visit.page::<ErrorPage>()
}

/// Draws each page in each of its states, in every language.
pub fn try_all(pages: &Pages) -> Result<(), TemplateProblem> {
    struct Trial<'a>(&'a Pages);

    impl Visit for Trial<'_> {
        type Error = TemplateProblem;

        fn page<P: Page>(&mut self) -> Result<(), TemplateProblem> {
            self.0.try_page::<P>()
        }
    }

    visit(&mut Trial(pages))
}

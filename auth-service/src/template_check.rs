//! Every page there is: what an operator's templates are tried on before anybody sees them.

use crate::account::AccountPage;
use crate::app::NotEndedPage;
use crate::assets::TemplateProblem;
use crate::cookie_cleanup::CookiesPage;
use crate::forward_auth::{LogInFirstPage, RefusedPage};
use crate::login::{DonePage, FramePage, LoginPage, LoopPage, TooLongPage};
use crate::logout::LogoutPage;
use crate::pages::Pages;
use crate::pages::error_pages::ErrorPage;
use crate::pages::long_redirect::OnwardPage;
use crate::registration::{ClosedPage, RegisterPage};
use crate::session_list::{ConfirmPage, SessionsPage};

/// Draws each page in each of its states, in every language. One line for each page.
pub fn try_all(pages: &Pages) -> Result<(), TemplateProblem> {
    pages.try_page::<AccountPage>()?;
    pages.try_page::<RegisterPage>()?;
    pages.try_page::<ClosedPage>()?;
    pages.try_page::<LogInFirstPage>()?;
    pages.try_page::<RefusedPage>()?;
    pages.try_page::<LoginPage>()?;
    pages.try_page::<LoopPage>()?;
    pages.try_page::<DonePage>()?;
    pages.try_page::<FramePage>()?;
    pages.try_page::<TooLongPage>()?;
    pages.try_page::<OnwardPage>()?;
    pages.try_page::<LogoutPage>()?;
    pages.try_page::<NotEndedPage>()?;
    pages.try_page::<SessionsPage>()?;
    pages.try_page::<ConfirmPage>()?;
    pages.try_page::<CookiesPage>()?;
    pages.try_page::<ErrorPage>()
}

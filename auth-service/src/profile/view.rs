//! Request handlers of `/account/profile`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::PATH;
use super::page::{Answers, Entered, ProfileForm, ProfilePage, languages};
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::{BrowserSession, CsrfForm, Level};
use crate::http::see_other;
use crate::i18n::Message;
use crate::pages::{CurrentUser, Layout};
use crate::sessions::{Current, RefreshToken};
use crate::users::User;

/// `GET /account/profile`: the form with what is stored.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
) -> Result<HttpResponse, Error> {
    let Some(current) = app.sessions.current(RefreshToken::of(&request)).await? else {
        return Ok(see_other(&app.destinations.login_and_back(PATH)));
    };
    let of_page = app.reader(&browser, None).language;
    let entered = Entered::of(&current.user, &of_page);
    page(&app, &browser, &current, StatusCode::OK, &entered, (None, None))
}

/// `POST /account/profile`: stores names and language. The browser gets tokens with the new names;
/// other browsers get them at their next renewal.
pub async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<ProfileForm>,
) -> Result<HttpResponse, Error> {
    let Some(current) = app.sessions.current(RefreshToken::of(&request)).await? else {
        return Ok(see_other(&app.destinations.login_and_back(PATH)));
    };
    let form = match posted {
        CsrfForm::Valid(form) => form,
        CsrfForm::Stale(form, why) => {
            let entered = Entered::from(&form);
            return page(&app, &browser, &current, StatusCode::FORBIDDEN, &entered, (None, Some(why)));
        }
    };
    let answers = Answers::of(&form, app.pages.texts());
    let Answers { first_name: Ok(first), last_name: Ok(last), has_language: true } = &answers else {
        let (entered, status) = (Entered::from(&form), StatusCode::UNPROCESSABLE_ENTITY);
        return page(&app, &browser, &current, status, &entered, (Some(&answers), None));
    };
    let (id, first, last) = (current.user.id, first.clone(), last.clone());
    let letters = (form.language.clone(), form.login_notices.is_some());
    let store =
        move |conn: &mut _| User::set_profile(conn, id, (&first, &last), (&letters.0, letters.1), &context);
    app.db.query_on_writer(store).await?;
    browser.flash(Level::Success, Message::new("profile-saved"))?;
    let answer = see_other(&app.config.auth_url.join(PATH));
    match app.sessions.current(RefreshToken::of(&request)).await? {
        Some(current) => app.cookies.set_session_cookies(answer, &app.tokens.issue(&current).await?),
        None => Ok(answer),
    }
}

fn page(
    app: &App,
    browser: &BrowserSession,
    current: &Current,
    status: StatusCode,
    entered: &Entered,
    (answers, on_form): (Option<&Answers>, Option<Message>),
) -> Result<HttpResponse, Error> {
    let languages = languages(app.pages.texts());
    let page = ProfilePage::new(entered, answers, on_form, languages, browser.csrf_token()?);
    let user = CurrentUser::from(&current.user);
    app.pages.answer(status, &Layout::account(browser, user, "overview"), &page)
}

//! Request handlers of `/account/password`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::PATH;
use super::form::{ChangeForm, ChangePage, Remarks};
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::{BrowserSession, CsrfForm, Level};
use crate::http::see_other;
use crate::i18n::Message;
use crate::pages::{CurrentUser, Layout};
use crate::passwords::{NewPassword, Password, PasswordProblem, Requester};
use crate::sessions::{Current, RefreshToken};
use crate::sign_in::{Attempt, NewPasswordFor, Rejection, Way};
use crate::users::{PasswordHash, PersonName, User};

const MISSING: Message = Message::new("login-password-missing");
const WRONG: Message = Message::new("confirm-wrong");

/// Where the person goes on.
const ONWARD: &str = "/account/security";

/// `GET /.well-known/change-password`: leads to the form.
pub async fn lead_here(app: web::Data<App>) -> HttpResponse {
    see_other(&app.config.auth_url.join(PATH))
}

/// `GET /account/password`: the form, or the way to the login.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
) -> Result<HttpResponse, Error> {
    match app.sessions.current(RefreshToken::of(&request)).await? {
        Some(current) => page(&app, &browser, &current, StatusCode::OK, &Remarks::default()),
        None => Ok(see_other(&app.destinations.login_and_back(PATH))),
    }
}

/// `POST /account/password`: checks the old password, and sets the new one. This browser stays
/// logged in, with new tokens (ASVS 7.2.4).
pub async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<ChangeForm>,
) -> Result<HttpResponse, Error> {
    let login = || see_other(&app.destinations.login_and_back(PATH));
    let Some(current) = app.sessions.current(RefreshToken::of(&request)).await? else { return Ok(login()) };
    let form = match posted {
        CsrfForm::Valid(form) => form,
        CsrfForm::Stale(_, why) => {
            let stale = Remarks { form: Some(why), ..Remarks::default() };
            return page(&app, &browser, &current, StatusCode::FORBIDDEN, &stale);
        }
    };
    let judged = judge_and_hash(&app, &current.user, form.password, &context).await?;
    let remarks = Remarks {
        form: None,
        current: form.current_password.is_empty().then_some(MISSING),
        password: judged.as_ref().err().map(PasswordProblem::text),
    };
    let Ok(hash) = judged else {
        return page(&app, &browser, &current, StatusCode::UNPROCESSABLE_ENTITY, &remarks);
    };
    if remarks.has_any() {
        return page(&app, &browser, &current, StatusCode::UNPROCESSABLE_ENTITY, &remarks);
    }
    match app.sign_in.reauthenticate(&current, form.current_password, context.clone()).await? {
        Attempt::SignedIn(confirmed) => {
            match set_password(&app, &browser, &current.user, hash, &confirmed, context).await? {
                true => done(&app, &browser, &confirmed).await,
                false => Ok(login()),
            }
        }
        Attempt::Inactive | Attempt::Unverified(_) | Attempt::Rejected(Rejection::SessionEnded) => {
            Ok(login())
        }
        Attempt::Rejected(_) => {
            let wrong = Remarks { current: Some(WRONG), ..Remarks::default() };
            page(&app, &browser, &current, StatusCode::UNAUTHORIZED, &wrong)
        }
    }
}

/// Sets the password of `user`, as they were when the old one was checked. `false` if it was
/// changed since.
async fn set_password(
    app: &App,
    browser: &BrowserSession,
    user: &User,
    hash: PasswordHash,
    confirmed: &Current,
    context: RequestContext,
) -> Result<bool, Error> {
    let (user, kept) = (user.clone(), Some(confirmed.session.id));
    let (postbox, auth_url) = (app.postbox.clone(), app.config.auth_url.clone());
    let language = app.reader(browser, None).language;
    let replace = move |conn: &mut _| {
        let new = NewPasswordFor { user: &user, hash: &hash, way: Way::Owner, kept, language: &language };
        new.replace(conn, (&postbox, &auth_url), &context)
    };
    let is_set = app.db.query_on_writer(replace).await?;
    app.postbox.ring();
    Ok(is_set)
}

async fn done(app: &App, browser: &BrowserSession, confirmed: &Current) -> Result<HttpResponse, Error> {
    browser.renew();
    browser.flash(Level::Success, Message::new("change-done"))?;
    let onward = see_other(&app.config.auth_url.join(ONWARD));
    app.cookies.set_session_cookies(onward, &app.tokens.issue(confirmed).await?)
}

/// Judges the new password before the old one is checked, so that a weak one ends no token.
async fn judge_and_hash(
    app: &App,
    user: &User,
    password: Password,
    context: &RequestContext,
) -> Result<Result<PasswordHash, PasswordProblem>, Error> {
    let (email, mark) = (user.email.clone(), app.sign_in.marks.of(&user.email));
    let names = [PersonName::parse(&user.first_name), PersonName::parse(&user.last_name)];
    let (min_length, cost) = (app.config.passwords.min_length, app.hashers.cost());
    let work = move || {
        let names: Vec<&PersonName> = names.iter().flatten().collect();
        let password = NewPassword::parse(password, min_length, Some(&email), &names)?;
        Ok(PasswordHash::make(&password, cost))
    };
    Ok(app.hashers.run(Requester::unknown(context).known_as(Some(mark)), work).await?)
}

fn page(
    app: &App,
    browser: &BrowserSession,
    current: &Current,
    status: StatusCode,
    remarks: &Remarks,
) -> Result<HttpResponse, Error> {
    let (email, min_length) = (current.user.email.as_str(), app.config.passwords.min_length);
    let page = ChangePage::new(email, remarks, min_length, browser.csrf_token()?);
    let layout = Layout::account(browser, CurrentUser::from(&current.user), "security");
    app.pages.answer(status, &layout, &page)
}

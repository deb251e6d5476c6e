//! Request handlers of `/account/email`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::ask::{Change, Desk};
use super::form::EmailForm;
use super::page::{EmailPage, Owner, Remarks};
use super::{CHANGE, CONFIRM, PATH};
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::{AwaitedLetter, BrowserSession, CsrfForm};
use crate::http::see_other;
use crate::i18n::Message;
use crate::pages::{CurrentUser, Layout};
use crate::sessions::{Current, RefreshToken};
use crate::sign_in::{Attempt, Rejection};
use crate::users::Email;

/// `GET /account/email`: the present address, and the form for another.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
) -> Result<HttpResponse, Error> {
    match app.sessions.current(RefreshToken::of(&request)).await? {
        Some(current) => form(&app, &browser, &current, StatusCode::OK, "", Remarks::default()),
        None => Ok(see_other(&app.destinations.login_and_back(PATH))),
    }
}

/// `POST /account/email`: checks the password, posts the letter to the new address, and leads to
/// the page for its code. Nothing changes before that.
pub async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<EmailForm>,
) -> Result<HttpResponse, Error> {
    let Some(current) = app.sessions.current(RefreshToken::of(&request)).await? else {
        return Ok(see_other(&app.destinations.login_and_back(PATH)));
    };
    let (entered, stale) = match posted {
        CsrfForm::Valid(form) => (form, None),
        CsrfForm::Stale(form, why) => (form, Some(why)),
    };
    let again =
        |current: &Current, status, remarks| form(&app, &browser, current, status, &entered.email, remarks);
    if stale.is_some() {
        return again(&current, StatusCode::FORBIDDEN, Remarks { form: stale, ..Remarks::default() });
    }
    let to = match new_address(&entered.email, &current) {
        // Without mail the page has no form.
        Ok(to) if app.postbox.is_on() => to,
        other => {
            let wrong = Remarks { email: other.err(), ..Remarks::default() };
            return again(&current, StatusCode::UNPROCESSABLE_ENTITY, wrong);
        }
    };
    let login = || see_other(&app.destinations.login_and_back(PATH));
    match app.sign_in.reauthenticate(&current, entered.password.clone(), context.clone()).await? {
        Attempt::SignedIn(confirmed) => {
            if !ask(&app, &browser, &current, to, context).await? {
                return Ok(login());
            }
            // The password was given anew, so this browser has new tokens.
            let onward = see_other(&app.config.auth_url.join(CONFIRM));
            app.cookies.set_session_cookies(onward, &app.tokens.issue(&confirmed).await?)
        }
        Attempt::Inactive | Attempt::Unverified(_) | Attempt::Rejected(Rejection::SessionEnded) => {
            Ok(login())
        }
        Attempt::Rejected(_) => {
            let wrong = Remarks { password: Some(Message::new("confirm-wrong")), ..Remarks::default() };
            again(&current, StatusCode::UNAUTHORIZED, wrong)
        }
    }
}

/// The entered address, if it is another one.
fn new_address(entered: &str, current: &Current) -> Result<Email, Message> {
    match Email::parse(entered) {
        Err(_) => Err(Message::new("register-email-invalid")),
        Ok(to) if to == current.user.email => Err(Message::new("email-same")),
        Ok(to) => Ok(to),
    }
}

/// Asks for the letter, and lets this browser type its code. `false` if `checked`, whose password
/// was given, is no longer as it was.
async fn ask(
    app: &App,
    browser: &BrowserSession,
    checked: &Current,
    to: Email,
    context: RequestContext,
) -> Result<bool, Error> {
    let (desk, address) = (desk(app), to.to_string());
    let change = Change {
        user: checked.user.clone(),
        session: checked.session.id,
        to,
        language: app.reader(browser, None).language,
    };
    let asked = app.db.query_on_writer(move |conn| change.ask(conn, &desk, &context)).await?;
    app.postbox.ring();
    let Some(proof) = asked else { return Ok(false) };
    browser.await_letter(CHANGE.name, AwaitedLetter { proof: proof.uuid(), address })?;
    Ok(true)
}

/// What letters of this feature are written with.
pub(super) fn desk(app: &App) -> Desk {
    Desk { postbox: app.postbox.clone(), keys: app.proof_keys.clone(), auth_url: app.config.auth_url.clone() }
}

fn form(
    app: &App,
    browser: &BrowserSession,
    current: &Current,
    status: StatusCode,
    entered: &str,
    remarks: Remarks,
) -> Result<HttpResponse, Error> {
    let owner = Owner {
        address: current.user.email.as_str(),
        is_verified: current.user.is_verified(),
        has_mail: app.postbox.is_on(),
    };
    let page = EmailPage::new(&owner, entered, remarks, browser.csrf_token()?);
    let user = CurrentUser::from(&current.user);
    app.pages.answer(status, &Layout::account(browser, user, "overview"), &page)
}

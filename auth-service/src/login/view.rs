//! Request handlers of `/login`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use shared_claims::web::Reader;

use super::drawn_forms::DrawnForms;
use super::form::{LoginForm, Remarks};
use super::form_answer::{FormAnswer, confirming};
use super::onward::{onward, reader};
use super::query::LoginQuery;
use super::refused_next::refusal;
use super::renew_iframe;
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::{AwaitedLetter, BrowserSession, CsrfForm, Level};
use crate::http::{Next, NextQuery, see_other};
use crate::i18n::Message;
use crate::sessions::RefreshToken;
use crate::sign_in::{Attempt, Before, Credentials};
use crate::users::{Email, User};
use crate::verification;

const WRONG: Message = Message::new("login-wrong");
const INACTIVE: Message = Message::new("login-inactive");

/// `GET /login`: renews an active session and redirects to `next`, or shows the form. A failed
/// renewal deletes neither token, because another tab may have just succeeded.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    query: LoginQuery,
    drawn: web::Data<DrawnForms>,
) -> Result<HttpResponse, Error> {
    match reader(&request) {
        Reader::Program => return Err(not_within()),
        Reader::Frame => return renew_iframe::step(&app, &request),
        _ => {}
    }
    let next = app.destinations.next(query.next.as_deref());
    // A silent renewal goes on as ever: nobody waits for a page of ours.
    let asked = query.next.as_deref().filter(|_| next.is_none() && !query.is_silent);
    let refusal = asked.and_then(|asked| refusal(&app, asked));
    let form = FormAnswer { app: &app, browser: &browser, next: next.as_ref(), confirming: None, refusal };
    let Some(current) = app.sessions.renew(RefreshToken::of(&request), context).await? else {
        return match &next {
            // Redirect directly: without a login there is no round trip, whatever the cookie of the
            // last one says.
            Some(next) if query.is_silent => {
                app.cookies.clear_hint_cookie(see_other(&app.destinations.url(Some(next), "/")))
            }
            _ => {
                if query.next.as_deref().is_some_and(Next::is_after_logout) {
                    browser.flash(Level::Info, Message::new("logout-done"))?;
                }
                let entered = browser.take_address().unwrap_or_default();
                form.first(&entered, &drawn)
            }
        };
    };
    if query.needs_reauthentication(&current.session, current.at) && !query.is_silent {
        let form = FormAnswer { confirming: Some(&current.user), ..form };
        let asked = form.with(StatusCode::OK, "", &Remarks::default())?;
        return app.cookies.set_session_cookies(asked, &app.tokens.issue(&current).await?);
    }
    if let Some(refusal) = form.refusal {
        browser.flash(Level::Warning, refusal)?;
    }
    let onward = onward(&app, &request, &browser, &current.user, next.as_ref(), &query)?;
    app.cookies.set_session_cookies(onward, &app.tokens.issue(&current).await?)
}

/// `HEAD /login`: the response of the form; renews nothing.
pub async fn form_alone(
    app: web::Data<App>,
    browser: BrowserSession,
    query: NextQuery,
) -> Result<HttpResponse, Error> {
    let next = app.destinations.next(query.0.as_deref());
    let form =
        FormAnswer { app: &app, browser: &browser, next: next.as_ref(), confirming: None, refusal: None };
    form.with(StatusCode::OK, "", &Remarks::default())
}

/// `POST /login`: begins a session, or shows the form again with a message.
pub async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    query: LoginQuery,
    posted: CsrfForm<LoginForm>,
) -> Result<HttpResponse, Error> {
    let (form, stale) = match posted {
        CsrfForm::Valid(form) => (form, None),
        CsrfForm::Stale(form, why) => (form, Some(why)),
    };
    let next = app.destinations.next(form.next.as_deref());
    let confirming = confirming(&app, &request, &query, &form.email).await?;
    let confirming = confirming.as_ref();
    let answer = FormAnswer { app: &app, browser: &browser, next: next.as_ref(), confirming, refusal: None };
    let again = |status, remarks: &Remarks| answer.with(status, &form.email, remarks);
    if let Some(why) = stale {
        // The password is not checked: a stale form is never acted on, and `GET /login` would give
        // the same response.
        if app.sessions.is_of(RefreshToken::of(&request), &form.email).await? {
            return Ok(see_other(&app.destinations.url(next.as_ref(), "/")));
        }
        return again(StatusCode::FORBIDDEN, &Remarks { form: Some(why), ..Remarks::default() });
    }
    let (Ok(email), false) = (Email::parse(&form.email), form.password.is_empty()) else {
        return again(StatusCode::UNPROCESSABLE_ENTITY, &Remarks::on_what_is_missing(&form));
    };
    let before = Before { token: RefreshToken::of(&request), marks: browser.known_accounts() };
    let credentials = Credentials { email, password: form.password.clone() };
    let asked_at = context.clone();
    let remarks = match app.sign_in.attempt(credentials, before, context).await? {
        Attempt::SignedIn(current) => {
            browser.renew();
            browser.remember_account(app.sign_in.marks.of(&current.user.email).to_string())?;
            return app.cookies.set_session_cookies(
                see_other(&app.destinations.url(next.as_ref(), "/")),
                &app.tokens.issue(&current).await?,
            );
        }
        Attempt::Unverified(user) => return unverified(&app, &browser, *user, next.as_ref(), asked_at).await,
        Attempt::Inactive => Remarks { form: Some(INACTIVE), ..Remarks::default() },
        Attempt::Rejected(_) if confirming.is_some() => Remarks::on_confirmation(),
        Attempt::Rejected(_) => Remarks { form: Some(WRONG), ..Remarks::default() },
    };
    // For the form of somebody who has forgotten their password.
    browser.carry_address(&form.email)?;
    again(StatusCode::UNAUTHORIZED, &remarks)
}

/// Sends a person on to the page for the code of a letter, which is posted to the account's
/// address.
async fn unverified(
    app: &App,
    browser: &BrowserSession,
    user: User,
    next: Option<&Next>,
    context: RequestContext,
) -> Result<HttpResponse, Error> {
    let address = user.email.to_string();
    let proof = app.verification.ask_for(user, app.reader(browser, next), context).await?;
    browser.await_letter(verification::PURPOSE.name, AwaitedLetter { proof: proof.uuid(), address })?;
    Ok(see_other(&app.config.auth_url.join(&Next::carried_by(next, verification::PATH))))
}

/// R15: an image, another site's frame or another page's script must not rotate the session without
/// the user's action.
fn not_within() -> Error {
    Error::refuse(StatusCode::FORBIDDEN, Message::new("login-not-within"))
}

//! Request handlers of `/account/sessions`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::PATH;
use super::action::{End, EndForm};
use super::page::{ConfirmPage, SessionsPage};
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::Level;
use crate::forms::{BrowserSession, CsrfForm};
use crate::http::see_other;
use crate::i18n::Message;
use crate::pages::{CurrentUser, Layout};
use crate::sessions::{Current, EndReason, RefreshToken, Session};
use crate::sign_in::{Attempt, Rejection};

const UNKNOWN: Message = Message::new("sessions-unknown");
const WRONG: Message = Message::new("confirm-wrong");

/// `GET /account/sessions`: the list, or a redirect to the login.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
) -> Result<HttpResponse, Error> {
    match app.sessions.current(RefreshToken::of(&request)).await? {
        Some(current) => list(&app, &browser, &current, StatusCode::OK, None).await,
        None => Ok(see_other(&app.destinations.login_and_back(PATH))),
    }
}

/// `GET /account/sessions/end`: asks whether to end the other sessions, or all.
pub async fn ask(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
) -> Result<HttpResponse, Error> {
    let Some(current) = app.sessions.current(RefreshToken::of(&request)).await? else {
        return Ok(see_other(&app.destinations.login_and_back(PATH)));
    };
    let page = ConfirmPage::of_all(&current, browser.csrf_token()?);
    app.pages.answer(StatusCode::OK, &layout(&browser, &current), &page)
}

/// `POST /account/sessions`: ends the requested sessions, and asks for the password first if it was
/// given long ago. Logging out of this browser always works, even if the database accepts no
/// writes.
pub async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<EndForm>,
) -> Result<HttpResponse, Error> {
    let leaves = match &posted {
        CsrfForm::Valid(form) => {
            End::leaves(&form.end, RefreshToken::of(&request).map(|token| token.session))
        }
        CsrfForm::Stale(..) => None,
    };
    match (end(&app, &request, context, &browser, posted).await, leaves) {
        (Err(error), Some(what)) if error.is_of_database() => {
            browser.renew();
            what.answer(&app, &request, &browser, error).await
        }
        (answer, _) => answer,
    }
}

async fn end(
    app: &App,
    request: &HttpRequest,
    context: RequestContext,
    browser: &BrowserSession,
    posted: CsrfForm<EndForm>,
) -> Result<HttpResponse, Error> {
    let Some(mut current) = app.sessions.current(RefreshToken::of(request)).await? else {
        return Ok(see_other(&app.destinations.login_and_back(PATH)));
    };
    let form = match posted {
        CsrfForm::Valid(form) => form,
        CsrfForm::Stale(_, why) => {
            return list(app, browser, &current, StatusCode::FORBIDDEN, Some(why)).await;
        }
    };
    let Some(end) = End::parse(&form.end, &current.session) else {
        return list(app, browser, &current, StatusCode::UNPROCESSABLE_ENTITY, Some(UNKNOWN)).await;
    };
    let needs_reauthentication = end.needs_reauthentication(&current.session, current.at);
    if needs_reauthentication {
        let password = form.password.filter(|password| !password.is_empty());
        let Some(password) = password else { return confirm(app, browser, &current, end, None) };
        match app.sign_in.reauthenticate(&current, password, context.clone()).await? {
            Attempt::SignedIn(confirmed) => current = *confirmed,
            Attempt::Inactive | Attempt::Unverified(_) | Attempt::Rejected(Rejection::SessionEnded) => {
                return Ok(see_other(&app.destinations.login_and_back(PATH)));
            }
            Attempt::Rejected(_) => return confirm(app, browser, &current, end, Some(WRONG)),
        }
    }
    let ended = end_sessions(app, &current, end, context).await?;
    if matches!(end, End::This | End::All) {
        browser.renew();
        browser.flash(Level::Info, Message::new("logout-done"))?;
        return app.cookies.clear_site_data(see_other(&app.config.auth_url.join("/login")));
    }
    let answer = if ended == 0 && matches!(end, End::One(_)) {
        list(app, browser, &current, StatusCode::UNPROCESSABLE_ENTITY, Some(UNKNOWN)).await?
    } else {
        browser.flash(Level::Success, Message::new("sessions-ended").with("count", ended))?;
        see_other(&app.config.auth_url.join(PATH))
    };
    // Reauthentication rotated the refresh token, whatever its result, and the next access token
    // contains its time as `auth_time`.
    if needs_reauthentication {
        app.cookies.set_session_cookies(answer, &app.tokens.issue(&current).await?)
    } else {
        Ok(answer)
    }
}

async fn end_sessions(
    app: &App,
    current: &Current,
    end: End,
    context: RequestContext,
) -> Result<usize, Error> {
    let session = current.session.clone();
    let why = if end == End::This { EndReason::LoggedOut } else { EndReason::ByOwner };
    let which = move |other: &Session| end.includes(other, &session);
    let session = current.session.clone();
    let end_them = move |conn: &mut _| session.end_where(conn, which, why, &context);
    Ok(app.db.query_on_writer(end_them).await?)
}

async fn list(
    app: &App,
    browser: &BrowserSession,
    current: &Current,
    status: StatusCode,
    error: Option<Message>,
) -> Result<HttpResponse, Error> {
    let (user, now) = (current.user.id, current.at);
    let alive = app.db.query(move |conn| Session::active_for_user(conn, user, now)).await?;
    let page = SessionsPage::new(current, alive, error, browser.csrf_token()?);
    app.pages.answer(status, &layout(browser, current), &page)
}

/// The page that asks for the password, with `401` as for any wrong or missing credentials.
fn confirm(
    app: &App,
    browser: &BrowserSession,
    current: &Current,
    end: End,
    error: Option<Message>,
) -> Result<HttpResponse, Error> {
    let page = ConfirmPage::of(current, end, error, browser.csrf_token()?);
    app.pages.answer(StatusCode::UNAUTHORIZED, &layout(browser, current), &page)
}

fn layout(browser: &BrowserSession, current: &Current) -> Layout {
    Layout::account(browser, CurrentUser::from(&current.user), "sessions")
}

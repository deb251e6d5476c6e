//! Renewal in an iframe of a service's page, without a script: `GET /login/frame` and
//! `/login/done`.
//!
//! A service keeps a form that was sent just after the login expired on a page of its own. The
//! frame in that page renews the login while the user reads the message. Also, if a service's own
//! page in a frame needs a login, `/login` sends it here with a `next`, so that it returns as soon
//! as the login is renewed.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpRequest, HttpResponse, web};
use shared_claims::protocol::{parameter, path};
use shared_claims::web::Reader;
use url::form_urlencoded;

use super::interstitials::{DonePage, FramePage};
use super::onward::{onward, reader};
use super::query::LoginQuery;

use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::BrowserSession;
use crate::http::Next;
use crate::i18n::Message;
use crate::pages::Layout;
use crate::sessions::RefreshToken;

/// Renews this browser's login inside a page of one of our services. The page has no control that
/// changes something, so framing it is safe.
pub async fn renew(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    query: LoginQuery,
) -> Result<HttpResponse, Error> {
    require_frame_of_ours(&request)?;
    if is_asked_by_the_page_around(&request) {
        return step(&app, &request);
    }
    let next = app.destinations.next(query.next.as_deref());
    let current = app.sessions.renew(RefreshToken::of(&request), context).await?;
    let needs_proof =
        current.as_ref().is_some_and(|current| query.needs_reauthentication(&current.session, current.at));
    let mut answer = match &current {
        Some(current) if next.is_some() && !needs_proof => {
            onward(&app, &request, &browser, &current.user, next.as_ref(), &query)?
        }
        _ => {
            let who = current.as_ref().map(|current| &current.user);
            let user = who.map(|user| (user.email.to_string(), user.display_name()));
            let (login, again) = (login_url(&app, &request), address(&app, &request));
            let page = FramePage::new(user, needs_proof, login, again, next.is_some());
            app.pages.answer(StatusCode::OK, &Layout::bare(&request), &page)?
        }
    };
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, app.policy.for_frames_of_ours());
    match current {
        Some(current) => app.cookies.set_session_cookies(answer, &app.tokens.issue(&current).await?),
        None => Ok(answer),
    }
}

/// Leads to this page from `/login` in a frame or from the surrounding page. It is a page and not a
/// redirect, because Firefox labels a redirect from one host to another `cross-site`, and the frame
/// page refuses cross-site requests. So only browsers that may show this page reach the renewal.
pub(super) fn step(app: &App, request: &HttpRequest) -> Result<HttpResponse, Error> {
    let page = FramePage::step(address(app, request));
    let mut answer = app.pages.answer(StatusCode::OK, &Layout::bare(request), &page)?;
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, app.policy.for_frames_of_ours());
    Ok(answer)
}

/// The address of this page, with the query of `/login` normalized.
fn address(app: &App, request: &HttpRequest) -> String {
    let query = kept(request, &[parameter::NEXT, parameter::MAX_AGE, parameter::REFUSED]);
    let frame = app.config.auth_url.join(path::LOGIN_FRAME);
    if query.is_empty() { frame } else { format!("{frame}?{query}") }
}

/// The address of a login in a separate tab, which has no page to return to.
fn login_url(app: &App, request: &HttpRequest) -> String {
    let back = app.destinations.next(Some(&app.config.auth_url.join(path::LOGIN_DONE)));
    let login = Next::carried_by(back.as_ref(), path::LOGIN);
    let max_age = kept(request, &[parameter::MAX_AGE]);
    app.config.auth_url.join(&if max_age.is_empty() { login } else { format!("{login}&{max_age}") })
}

fn kept(request: &HttpRequest, names: &[&str]) -> String {
    let asked = form_urlencoded::parse(request.query_string().as_bytes());
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(asked.filter(|(name, _)| names.contains(&&**name)))
        .finish()
}

/// The page after a login in a separate tab.
pub async fn done(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let shell = Layout::bare(&request).naming(app.visitor(&request).await);
    app.pages.answer(StatusCode::OK, &shell, &DonePage {})
}

/// Whether the request comes from the surrounding page and not from one of ours. It does not matter
/// which sibling that is: the browser enforces who may frame the page, and shows nothing that
/// continues to other siblings.
fn is_asked_by_the_page_around(request: &HttpRequest) -> bool {
    let site = request.headers().get("sec-fetch-site").map(|value| value.as_bytes());
    reader(request) == Reader::Frame && site != Some(b"same-origin")
}

/// Frames of other sites, images and scripts must not renew (R15).
fn require_frame_of_ours(request: &HttpRequest) -> Result<(), Error> {
    let site = request.headers().get("sec-fetch-site").map(|value| value.as_bytes());
    let is_ours = matches!(site, None | Some(b"same-site" | b"same-origin" | b"none"));
    if reader(request) != Reader::Program && is_ours {
        return Ok(());
    }
    Err(Error::refuse(StatusCode::FORBIDDEN, Message::new("login-only-within")))
}

//! `GET /login/frame` and `/login/done`: a form of a service, sent a moment too late, is kept on a page of that service.
//! The frame in it renews the login, without a script, by the time its sender has read what happened.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};

use super::again::{DonePage, FramePage};
use crate::app::App;
use crate::audit::Client;
use crate::error::Error;
use crate::text::Text;
use crate::web::{Next, Shell};

const DONE: &str = "/login/done";

/// Renews the login of this browser within a page of one of our services. Nothing on it can be clicked that changes
/// something, so being framed does no harm.
pub async fn renew(app: web::Data<App>, request: HttpRequest, client: Client) -> Result<HttpResponse, Error> {
    require_frame_of_ours(request.headers())?;
    let current = app.renew(App::refresh_token(&request), client).await?;
    let back = app.next(Some(&app.config.auth_url.join(DONE)));
    let login_url = app.config.auth_url.join(&Next::carried_by(back.as_ref(), "/login"));
    let page = FramePage::new(current.as_ref().map(|current| current.user.email.to_string()), login_url);
    let mut answer = app.pages.answer(StatusCode::OK, &Shell::bare(&request), &page)?;
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, app.frame_policy());
    match current {
        Some(current) => app.admit(answer, &current).await,
        None => Ok(answer),
    }
}

/// What somebody sees who logged in in a tab of its own.
pub async fn done(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    app.pages.answer(StatusCode::OK, &Shell::bare(&request), &DonePage {})
}

/// Another site's frame, an image or a script renews nothing (R15).
fn require_frame_of_ours(headers: &HeaderMap) -> Result<(), Error> {
    let text = |name: &str| headers.get(name).map(|value| value.as_bytes());
    let is_frame = matches!(text("sec-fetch-dest"), None | Some(b"iframe" | b"document"));
    let is_ours = matches!(text("sec-fetch-site"), None | Some(b"same-site" | b"same-origin" | b"none"));
    if is_frame && is_ours {
        return Ok(());
    }
    Err(Error::refuse(StatusCode::FORBIDDEN, Text::of("login-only-within")))
}

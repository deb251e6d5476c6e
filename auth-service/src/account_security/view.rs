//! The request handler of `/account/security`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use url::form_urlencoded;

use super::PATH;
use super::events::SHOWN;
use super::page::SecurityPage;
use crate::app::App;
use crate::audit::{AuditEvent, EventKind, History};
use crate::db::types::Timestamp;
use crate::error::Error;
use crate::forms::BrowserSession;
use crate::http::see_other;
use crate::pages::{CurrentUser, Layout};
use crate::sessions::RefreshToken;

/// The query parameter with the moment before which a page begins.
const BEFORE: &str = "before";

/// `GET /account/security`: the reader's own events, or the way to the login.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
) -> Result<HttpResponse, Error> {
    let Some(current) = app.sessions.current(RefreshToken::of(&request)).await? else {
        return Ok(see_other(&app.destinations.login_and_back(PATH)));
    };
    let (user, now, before) = (current.user.id.uuid(), current.at, before(&request));
    let (history, changes) = app
        .db
        .query(move |conn| {
            let changes = AuditEvent::latest_of(conn, user, &[EventKind::PasswordChanged], 1)?;
            Ok((History::read(conn, user, SHOWN, before)?, changes))
        })
        .await?;
    let password_changed = changes.first().map(|event| event.at);
    let page = SecurityPage::new(&history, password_changed, before.is_some(), now);
    let user = CurrentUser::from(&current.user);
    app.pages.answer(StatusCode::OK, &Layout::account(&browser, user, "security"), &page)
}

/// Where the page begins; `None` for the first page, and for what is no moment.
fn before(request: &HttpRequest) -> Option<Timestamp> {
    let mut query = form_urlencoded::parse(request.query_string().as_bytes());
    let (_, micros) = query.find(|(name, _)| name == BEFORE)?;
    Timestamp::from_unix_micros(micros.parse().ok()?)
}

//! Logout when the session cannot be ended. The cookies are deleted anyway, and the page says that
//! the session goes on.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::App;
use crate::error::{Error, RETRY_AFTER_SECONDS};
use crate::forms::BrowserSession;
use crate::i18n::Message;
use crate::i18n::datetime;
use crate::pages::{Layout, Page};
use crate::sessions::RefreshToken;

/// The sessions that were to end, and did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotEnded {
    /// The session that this browser holds.
    This,
    /// All of its owner's.
    All,
}

/// `templates/logout/not_ended.html`
#[derive(Debug, Serialize)]
pub struct NotEndedPage {
    /// When the login runs out by itself, where that could be read.
    until: Option<Message>,
    /// Other logins go on, too.
    others: bool,
}

impl Page for NotEndedPage {
    const TEMPLATE: &'static str = "logout/not_ended.html";

    fn samples() -> Vec<Self> {
        vec![
            Self { until: None, others: false },
            Self { until: Some(Message::verbatim("then")), others: false },
            Self { until: None, others: true },
        ]
    }
}

impl NotEnded {
    /// The session could not be ended: no logout is acknowledged that did not happen. But the
    /// cookies go all the same, and the page says what that is worth.
    pub async fn answer(
        self,
        app: &App,
        request: &HttpRequest,
        browser: &BrowserSession,
        error: Error,
    ) -> Result<HttpResponse, Error> {
        let status = error.status();
        let cause = error.cause().map(ToString::to_string);
        tracing::error!(
            status = status.as_u16(),
            cause,
            "a session could not be ended; its browser has lost the cookies"
        );
        // A full disk can be read.
        let current = app.sessions.current(RefreshToken::of(request)).await.ok().flatten();
        let until = current.map(|current| datetime(current.session.ends_at()));
        let page = NotEndedPage { until, others: self == Self::All };
        let mut answer = app.pages.answer(status, &Layout::of(browser), &page)?;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        app.cookies.clear_site_data(answer)
    }
}

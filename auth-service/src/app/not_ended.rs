//! Logout if the session cannot be ended: the cookies are deleted anyway, and the page says that
//! the session continues.

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

/// The sessions that should have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotEnded {
    /// The session of this browser.
    This,
    /// All sessions of the user.
    All,
}

/// `templates/logout/not_ended.html`
#[derive(Debug, Serialize)]
pub struct NotEndedPage {
    /// When the session expires, if that could be read.
    until: Option<Message>,
    /// Whether the other sessions continue too.
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
    /// The response if the session could not be ended. It does not claim a logout, but the cookies
    /// are deleted, and the page explains what that achieves.
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
        // The session may still be readable, for example if the disk is full.
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

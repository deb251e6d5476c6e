//! The `403` response, as a page or as problem JSON: the user is known, but lacks the rights.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use shared_claims::protocol::code;

use crate::app::App;
use crate::error::Error;
use crate::i18n::Message;
use crate::pages::{Layout, Page, Problem};

/// The reason of the refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The account lacks a required role.
    MissingRole,
    /// A page of another site opens a WebSocket.
    OtherSite,
    /// The cookies belong to two users. Another login would not help, and nginx does not accept
    /// `409`.
    TwoPeople,
}

/// `templates/forward_auth/refused.html`. A proxy shows it under the host name of a service, so its
/// links are absolute.
#[derive(Debug, Serialize)]
pub struct RefusedPage {
    title: Message,
    message: Message,
    /// `None` if the account is not the reason.
    account_url: Option<String>,
}

impl Page for RefusedPage {
    const TEMPLATE: &'static str = "forward_auth/refused.html";

    fn samples() -> Vec<Self> {
        let page = |refusal| Self::new(refusal, "https://auth.example.org/".to_owned());
        vec![page(Refusal::MissingRole), page(Refusal::TwoPeople)]
    }
}

impl RefusedPage {
    fn new(refusal: Refusal, account_url: String) -> Self {
        let (title, message) = match refusal {
            Refusal::MissingRole => (Message::new("refused-role-title"), Message::new("refused-role-what")),
            Refusal::OtherSite => (Message::new("error-forbidden"), Message::new("error-other-site")),
            Refusal::TwoPeople => (Message::new("error-forbidden"), Message::new("error-two-people")),
        };
        Self { title, message, account_url: (refusal == Refusal::MissingRole).then_some(account_url) }
    }
}

impl Refusal {
    /// A page if a person waits for the response, otherwise problem JSON.
    pub fn answer(
        self,
        app: &App,
        request: &HttpRequest,
        is_by_a_person: bool,
    ) -> Result<HttpResponse, Error> {
        if !is_by_a_person {
            let (title, detail, code) = self.for_programs();
            return Ok(Problem::new(StatusCode::FORBIDDEN, title, detail, Some(code)).answer());
        }
        let page = RefusedPage::new(self, app.config.auth_url.join("/"));
        let mut answer = app.pages.answer(StatusCode::FORBIDDEN, &Layout::bare(request), &page)?;
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, app.policy.for_pages_elsewhere());
        Ok(answer)
    }

    fn for_programs(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::MissingRole => (
                "Not for this account",
                "You are logged in, and your account lacks a role that this needs.",
                "role_missing",
            ),
            Self::OtherSite => (
                "Sent from elsewhere",
                "This was not sent by a page of this service. Open the page itself and try again.",
                "cross_site_request",
            ),
            Self::TwoPeople => (
                "Two logins at once",
                "The cookies of the domain hold access tokens of two people: they must be cleared.",
                code::COOKIE_CONFLICT,
            ),
        }
    }
}

//! A page: one template, one type for what the template is given.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LANGUAGE, ContentType};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::browser::{Browser, Level, Message};
use super::foreign_cookies::TooMany;
use super::templates::Pages;
use super::texts::Preferred;
use crate::error::Error;
use crate::text::Text;

/// What a template is given.
pub trait Page: Serialize + Sized {
    /// The template's name below `templates/`.
    const TEMPLATE: &'static str;

    /// The page in each state that its template tells apart: what an operator's own template is tried on.
    fn samples() -> Vec<Self>;
}

/// What the frame around every page is given.
#[derive(Debug, Default, Serialize)]
pub struct Shell {
    /// Messages that an earlier request left.
    pub flash: Vec<Message>,
    /// Who is logged in, where the page shows it.
    pub user: Option<Visitor>,
    /// Where cookies that are not ours are cleared, when there are too many of them.
    pub cleanup: Option<String>,
    /// What came of those.
    pub too_many_cookies: Option<TooMany>,
    /// Which languages its reader likes.
    #[serde(skip)]
    pub preferred: Preferred,
}

/// Somebody who is logged in, as the frame shows them.
#[derive(Debug, Serialize)]
pub struct Visitor {
    pub email: String,
    pub name: String,
}

impl Visitor {
    pub fn of(email: &str, name: String) -> Self {
        Self { email: email.to_owned(), name }
    }
}

impl Shell {
    /// The frame for a browser, with the messages left for it.
    pub fn of(browser: &Browser) -> Self {
        Self {
            flash: browser.take_messages(),
            user: None,
            cleanup: browser.cleanup.clone(),
            too_many_cookies: browser.too_many_cookies.clone(),
            preferred: browser.preferred.clone(),
        }
    }

    /// The frame where nothing is known but the request: no message is taken, and nobody is named.
    pub fn bare(request: &HttpRequest) -> Self {
        Self { preferred: Preferred::of(request), ..Self::default() }
    }

    /// With all there can be in it.
    pub(super) fn sample() -> Self {
        let message = |level| Message { level, text: Text::of("logout-done") };
        Self {
            flash: [Level::Success, Level::Info, Level::Warning].map(message).into(),
            user: Some(Visitor::of("ada@example.org", "Ada Lovelace".to_owned())),
            cleanup: Some("/login/cookies".to_owned()),
            too_many_cookies: Some(TooMany::sample()),
            preferred: Preferred::default(),
        }
    }

    /// The same with somebody logged in.
    pub fn for_visitor(browser: &Browser, visitor: Visitor) -> Self {
        Self { user: Some(visitor), ..Self::of(browser) }
    }
}

impl Pages {
    /// An answer with `page` in it.
    pub fn answer<P: Page>(
        &self,
        status: StatusCode,
        shell: &Shell,
        page: &P,
    ) -> Result<HttpResponse, Error> {
        let drawn = self.draw(shell, page)?;
        Ok(HttpResponse::build(status)
            .content_type(ContentType::html())
            .insert_header((CONTENT_LANGUAGE, drawn.language))
            .body(drawn.html))
    }
}

//! A page: one template, one type for what the template is given.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::ContentType;
use serde::Serialize;

use super::browser::{Browser, Message};
use super::templates::Pages;
use crate::error::Error;

/// What a template is given.
pub trait Page: Serialize {
    /// The template's name below `templates/`.
    const TEMPLATE: &'static str;
}

/// What the frame around every page is given.
#[derive(Debug, Default, Serialize)]
pub struct Shell {
    /// Messages that an earlier request left.
    pub flash: Vec<Message>,
    /// Who is logged in, where the page shows it.
    pub user: Option<Visitor>,
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
        Self { flash: browser.take_messages(), user: None }
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
        let html = self.draw(shell, page)?;
        Ok(HttpResponse::build(status).content_type(ContentType::html()).body(html))
    }
}

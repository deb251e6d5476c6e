//! View: what a handler renders a page with, in the language that the reader prefers.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::error::ErrorInternalServerError;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, VARY};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use shared_claims::Claims;
use shared_claims::web::initials;
use tera::Context;

use crate::error::Error;
use crate::templates::Templates;

/// A template's own values, beside those that all templates get.
pub trait Page: Serialize {
    /// The template's file.
    const TEMPLATE: &str;
}

/// The templates, and the language of one request.
pub struct View {
    templates: Templates,
    language: String,
}

impl View {
    pub fn of(request: &HttpRequest, templates: &Templates) -> Self {
        let language = templates.texts().preferred_by(request.headers()).tag().to_owned();
        Self { templates: templates.clone(), language }
    }

    /// Renders the page for `user`, whose name is at its top.
    pub fn render<P: Page>(
        &self,
        status: StatusCode,
        user: Option<&Claims>,
        page: &P,
    ) -> Result<HttpResponse, Error> {
        let mut context = Context::from_serialize(page)?;
        context.insert("user", &user);
        context.insert("user_name", &user.map(Claims::full_name));
        context.insert("initials", &user.map(|user| initials(&user.full_name())));
        // The page's owner: another person of the same browser is asked before one of its forms is
        // filed under them.
        context.insert("form_mark", &user.map(Claims::form_mark));
        let html = self.templates.draw(&self.language, P::TEMPLATE, &mut context)?;
        Ok(HttpResponse::build(status)
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((CONTENT_LANGUAGE, self.language.as_str()))
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((VARY, "Accept-Language, Cookie, Sec-Fetch-Mode, Sec-Fetch-Dest"))
            .body(html))
    }
}

impl FromRequest for View {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let templates = request.app_data::<Data<Templates>>();
        ready(match templates {
            Some(templates) => Ok(Self::of(request, templates)),
            None => Err(ErrorInternalServerError("the templates are not registered")),
        })
    }
}

//! What kind of request it is, which decides the form of the answer.

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, ORIGIN, REFERER};
use url::Url;

use crate::SharedLogin;

/// How to answer somebody who is not logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A page opened in a tab: can be redirected.
    Navigation,
    /// A form sent by a person: must not be lost.
    PostedForm,
    /// A script, an image, a frame, a program.
    Other,
}

pub(super) fn kind(req: &HttpRequest) -> Kind {
    let is_get = matches!(*req.method(), Method::GET | Method::HEAD);
    match (by_a_person(req.headers()), is_get, *req.method() == Method::POST) {
        (true, true, _) => Kind::Navigation,
        (true, _, true) => Kind::PostedForm,
        _ => Kind::Other,
    }
}

/// Whether a person in a tab waits for this: the browser says so, or, for want of that header, asks for HTML.
fn by_a_person(headers: &HeaderMap) -> bool {
    match text(headers, "sec-fetch-mode") {
        // A frame navigates too, but the login refuses to be framed.
        Some(mode) => {
            mode == "navigate" && matches!(text(headers, "sec-fetch-dest"), None | Some("document"))
        }
        None => prefers_html(headers),
    }
}

/// Whether errors are better shown as a page than as JSON.
pub(super) fn wants_page(req: &HttpRequest) -> bool {
    by_a_person(req.headers())
}

/// Whether `Accept` names HTML, and no JSON type before or above it. `*/*` alone is no preference.
fn prefers_html(headers: &HeaderMap) -> bool {
    let mut html = 0.0;
    let mut json = 0.0;
    for range in headers.get_all(ACCEPT).filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality = parts
            .find_map(|p| p.strip_prefix("q=").or_else(|| p.strip_prefix("Q=")))
            .map_or(1.0, |q| q.parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q)).unwrap_or(0.0));
        match essence.as_str() {
            // First come is preferred among equals.
            "text/html" | "application/xhtml+xml" if quality > json => html = quality.max(html),
            "application/json" | "application/problem+json" if quality > html => json = quality.max(json),
            _ => {}
        }
    }
    html > json
}

/// Whether the body is the kind of form that can be shown again.
pub(super) fn is_urlencoded(headers: &HeaderMap) -> bool {
    text_of(headers.get(CONTENT_TYPE)).is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

/// Who sent a request, as far as the browser tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// A page of this service, or the person at the address bar.
    Us,
    /// Another site; a sibling sub-domain is another site.
    Others,
    /// The browser is silent.
    Unknown,
}

/// Fetch Metadata first, then `Origin`, then `Referer`: each is set by the browser, out of reach of the sending page.
pub(super) fn sender(headers: &HeaderMap, login: &SharedLogin) -> Sender {
    let own = login.settings().service_url();
    let us_if = |us: bool| if us { Sender::Us } else { Sender::Others };
    if headers.contains_key("sec-fetch-site") {
        // Sent twice, it was not sent by a browser: `only` finds nothing.
        return us_if(matches!(only(headers, "sec-fetch-site"), Some("same-origin" | "none")));
    }
    if headers.contains_key(ORIGIN) {
        return us_if(only(headers, "origin") == Some(&own));
    }
    match headers.contains_key(REFERER) {
        true => us_if(referer(headers).is_some_and(|url| url.origin().ascii_serialization() == own)),
        false => Sender::Unknown,
    }
}

/// Whether the browser says that a page of this very origin asked.
pub(super) fn is_same_origin(headers: &HeaderMap) -> bool {
    only(headers, "sec-fetch-site") == Some("same-origin")
}

/// The page that the request came from, if it is one of this service.
pub(super) fn own_referer(req: &HttpRequest, login: &SharedLogin) -> Option<Url> {
    referer(req.headers()).filter(|url| url.origin() == login.settings().service.origin())
}

/// The address asked for, on our own host by `SERVICE_URL`. Addresses too long to carry become the front page.
pub(super) fn this_page(req: &HttpRequest, login: &SharedLogin) -> Url {
    let target = req.uri().path_and_query().map_or("/", |p| p.as_str());
    login.page_url(if target.len() > 4096 { "/" } else { target })
}

fn referer(headers: &HeaderMap) -> Option<Url> {
    Url::parse(only(headers, "referer")?).ok()
}

/// The value of a header that occurs exactly once.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut all = headers.get_all(name);
    match (all.next(), all.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    text_of(headers.get(name))
}

fn text_of(value: Option<&actix_web::http::header::HeaderValue>) -> Option<&str> {
    value.and_then(|v| v.to_str().ok())
}

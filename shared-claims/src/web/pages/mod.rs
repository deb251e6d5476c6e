//! HTML pages of the crate: one plain design, no script, in the reader's language, every value
//! escaped.

mod conflict;
mod kept_form;
mod login_frame;
mod login_offer;
mod other_users_form;
mod redirect_loop;
mod simple;

use std::sync::OnceLock;

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::STANDARD};

use super::accept_language::Language;
use super::request::RequestInfo;
use super::response::Response;
use crate::Settings;
pub(super) use conflict::{conflict, form_conflict};
pub(super) use kept_form::{KeptForm, Why, kept_form};
pub(super) use login_offer::login_offer;
pub(super) use other_users_form::other_users_form;
pub(super) use redirect_loop::redirect_loop;
pub(super) use simple::{cross_site, forbidden, no_keys, not_in_advance, too_many_cookies};

const STYLE: &str = include_str!("page.css");

/// Title and content of a page, as HTML.
pub(super) struct Page {
    language: Language,
    title: String,
    content: String,
    /// Whether it contains a frame of auth-service.
    frames: bool,
}

impl Page {
    /// Renders the page as a response with its own content security policy.
    pub(super) fn into(
        self,
        mut answer: Response,
        request: &RequestInfo<'_>,
        settings: &Settings,
    ) -> Response {
        let Self { language, title, content, frames } = self;
        let language = language.tag();
        answer.add("content-type", "text/html; charset=utf-8");
        answer.add("content-language", language);
        answer.add("content-security-policy", policy(request, settings, frames));
        answer.body = format!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
             </head>\n<body>\n<main>\n<h1>{title}</h1>\n{content}</main>\n</body>\n</html>\n"
        );
        answer
    }
}

/// The content security policy of a page. `form-action` includes the sub-domains, because Chromium
/// applies it to the redirects after a form, and a form that is sent again may be redirected.
/// `img-src` is for the icon that browsers request from every site.
///
/// A page that this service shows in a frame of its own gets this response there too. No other site
/// may frame it.
fn policy(request: &RequestInfo<'_>, settings: &Settings, frames: bool) -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes())));
    let (scheme, domain) = (settings.auth.scheme(), settings.cookie_domain());
    let port = if settings.auth.port().is_some() || settings.service.port().is_some() { ":*" } else { "" };
    let ancestors = if request.is_in_own_frame() { "'self'" } else { "'none'" };
    let frames = if frames { format!("frame-src {}; ", settings.auth_url()) } else { String::new() };
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; {frames}img-src 'self'; form-action 'self' {scheme}://{domain}{port} \
         {scheme}://*.{domain}{port}; frame-ancestors {ancestors}; base-uri 'none'"
    )
}

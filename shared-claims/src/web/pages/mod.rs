//! HTML pages: one quiet design, no script, in the reader's language, every value escaped.

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

/// Title and content of a page, in HTML.
pub(super) struct Page {
    language: Language,
    title: String,
    content: String,
    /// Whether there is a page of auth-service in it.
    frames: bool,
}

impl Page {
    /// The page as an answer, with a content security policy of its own.
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

/// `form-action` names the sub-domains too: Chromium applies it to redirects after a form, and what
/// is sent again may well be answered with one. `img-src` is for the icon that browsers ask every
/// site for.
///
/// A page that this service shows in a frame of its own is told of there too. Nobody else may frame
/// any.
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

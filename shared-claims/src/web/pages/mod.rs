//! HTML pages of the crate: one plain design, in the reader's language, every value escaped. None
//! needs a script.

mod conflict;
mod kept_fields;
mod kept_files;
mod kept_form;
mod layout;
mod login_frame;
mod login_offer;
mod other_users_form;
mod redirect_loop;
mod simple;

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::STANDARD};

use super::accept_language::Language;
use super::request::RequestInfo;
use super::response::Response;
use super::style::stylesheet;
use crate::Settings;
pub(super) use conflict::{conflict, form_conflict};
pub(super) use kept_form::{KeptForm, Why, kept_form};
pub(super) use login_offer::login_offer;
pub(super) use other_users_form::other_users_form;
pub(super) use redirect_loop::redirect_loop;
pub(super) use simple::{cross_site, forbidden, no_keys, not_in_advance, too_many_cookies};

/// What these pages have beside the frame.
const OWN_STYLE: &str = include_str!("pages.css");

/// Title and content of a page, as HTML.
pub(super) struct Page {
    language: Language,
    title: String,
    content: String,
    /// Whether it contains a frame of auth-service.
    frames: bool,
    /// The name of who is logged in, where that is known.
    user: Option<String>,
    /// After how many seconds the browser opens the page anew.
    reload: Option<u32>,
    /// Whether the status of the answer stands above the title.
    shows_status: bool,
}

impl Page {
    fn new(language: Language, title: &'static str, content: String) -> Self {
        let title = language.say(title, &[]);
        Self { language, title, content, frames: false, user: None, reload: None, shows_status: false }
    }

    fn with_frame(self) -> Self {
        Self { frames: true, ..self }
    }

    fn for_user(self, name: Option<&str>) -> Self {
        Self { user: name.map(str::to_owned), ..self }
    }

    fn reloading(self, seconds: u32) -> Self {
        Self { reload: Some(seconds), ..self }
    }

    fn with_status(self) -> Self {
        Self { shows_status: true, ..self }
    }

    /// Renders the page as a response with its own content security policy.
    pub(super) fn into(
        self,
        mut answer: Response,
        request: &RequestInfo<'_>,
        settings: &Settings,
    ) -> Response {
        let style = stylesheet(settings.appearance.theme) + OWN_STYLE;
        answer.add("content-type", "text/html; charset=utf-8");
        answer.add("content-language", self.language.tag());
        answer.add("content-security-policy", policy(request, settings, self.frames, &style));
        answer.body = layout::document(&self, answer.status, settings, &style);
        answer
    }
}

/// The content security policy of a page. `form-action` includes the sub-domains, because Chromium
/// applies it to the redirects after a form, and a form that is sent again may be redirected.
/// `img-src` is for the icon that browsers request from every site.
///
/// A page that this service shows in a frame of its own gets this response there too. No other site
/// may frame it.
fn policy(request: &RequestInfo<'_>, settings: &Settings, frames: bool, style: &str) -> String {
    let hash = |text: &str| STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()));
    let (scheme, domain) = (settings.auth.scheme(), settings.cookie_domain());
    let port = if settings.auth.port().is_some() || settings.service.port().is_some() { ":*" } else { "" };
    let ancestors = if request.is_in_own_frame() { "'self'" } else { "'none'" };
    let frames = if frames {
        format!("script-src 'sha256-{}'; frame-src {}; ", hash(login_frame::SCRIPT), settings.auth_url())
    } else {
        String::new()
    };
    let style = hash(style);
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; {frames}img-src 'self'; form-action 'self' {scheme}://{domain}{port} \
         {scheme}://*.{domain}{port}; frame-ancestors {ancestors}; base-uri 'none'"
    )
}

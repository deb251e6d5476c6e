//! Form owner: the person for whom a form's page was rendered, who need not be the one who is
//! logged in when it is sent.
//!
//! Two people share a browser. One types, and the other logs in meanwhile in another tab. What the
//! first one typed must not be filed under the second without a question. Three things tell who
//! typed, most reliable first:
//!
//! 1. The form itself: a service can put [`Claims::form_mark`] into its address (`?sso_for=…`), and
//!    `sso.js` sends the same as `Sso-For`.
//! 2. The token that came with it, if it holds but is not fresh. One that has ended would tell by
//!    the answer that it was good once.
//! 3. A cookie of this host, which names whom this service last answered in this browser. It helps
//!    services that know nothing of marks, as long as the other person has not opened the same
//!    service.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::decide::is_safe;
use super::request::RequestInfo;
use super::{set_cookie, urls};
use crate::cookie::{self, Candidates};
use crate::protocol;
use crate::{Claims, Identity, Settings};

/// How long a form may stay open at auth-service.
const COOKIE_SECONDS: i64 = 24 * 3600;

impl Claims {
    /// A mark for the forms of a page, which identifies this person to nobody else: it is derived
    /// from the user's id, and does not reveal it.
    ///
    /// Put it into a form that others of the same browser should not send unasked:
    /// `action="/notes?sso_for={{ form_mark }}"`. Whoever sends it while another account is logged
    /// in is asked first. For scripts, `<script src="/sso.js" data-for="{{ form_mark }}">`.
    pub fn form_mark(&self) -> String {
        mark(self.sub)
    }
}

/// Twelve bytes of a hash: enough for the people of one browser.
pub(super) fn mark(user: Uuid) -> String {
    let hash = digest::digest(&digest::SHA256, format!("sso-for {user}").as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..12])
}

impl RequestInfo<'_> {
    /// Whether this request changes something, and belongs to another person than the one who is
    /// logged in.
    pub fn is_other_users_form(&self, so_far: &Identity, settings: &Settings) -> bool {
        let Identity::Person(claims) = so_far else { return false };
        if is_safe(self) {
            return false;
        }
        let mine = claims.form_mark();
        match self.form_owner(None, settings) {
            Some(form_owner) => form_owner != mine,
            None => false,
        }
    }

    /// The mark of the form's owner, as far as it is known. `of_token` is the person of a token
    /// that came with it.
    pub(super) fn form_owner(&self, of_token: Option<&str>, settings: &Settings) -> Option<String> {
        let by_form = urls::parameter(self, protocol::parameter::FORM_OWNER)
            .or_else(|| self.only(protocol::header::FORM_OWNER).map(Cow::Borrowed));
        let by_form = by_form.map(Cow::into_owned).filter(|mark| is_mark(mark));
        by_form.or_else(|| of_token.map(str::to_owned)).or_else(|| self.last_served(settings))
    }

    fn last_served(&self, settings: &Settings) -> Option<String> {
        match cookie::candidates(self.cookies(), &settings.own_cookie(protocol::cookie::FORM_OWNER)) {
            Candidates::Few(values) if values.len() == 1 && is_mark(values[0]) => Some(values[0].to_owned()),
            _ => None,
        }
    }
}

/// Whom the handler ran for, as the extractors found, and what the browser's cookie said before.
/// The middleware needs both.
#[derive(Debug, Clone)]
pub struct Served {
    who: Arc<OnceLock<Option<String>>>,
    /// Whom the browser's cookie names. `None` if the response is no page that could hold a form.
    before: Option<Before>,
}

#[derive(Debug, Clone)]
struct Before {
    mark: Option<String>,
    has_cookie: bool,
}

impl Served {
    /// Creates one before the handler runs.
    pub fn new(request: &RequestInfo<'_>, settings: &Settings) -> Self {
        let is_read =
            matches!(request.method(), "GET" | "HEAD") && !request.is_prefetch() && !request.is_upgrade();
        let has_cookie = request.has_cookie(&settings.own_cookie(protocol::cookie::FORM_OWNER));
        let before = is_read.then(|| Before { mark: request.last_served(settings), has_cookie });
        Self { who: Arc::default(), before }
    }

    /// Records whom the handler runs for: a person, or nobody. Only the first call counts.
    pub fn note(&self, who: Option<&Claims>) {
        self.who.get_or_init(|| who.map(Claims::form_mark));
    }

    /// The `Set-Cookie` line that remembers whom this service served last, if the browser does not
    /// say so already.
    pub fn set_cookie(&self, settings: &Settings) -> Option<String> {
        let before = self.before.as_ref()?;
        match self.who.get()? {
            Some(mark) if before.mark.as_ref() != Some(mark) => {
                Some(set_cookie::own(settings, protocol::cookie::FORM_OWNER, mark, COOKIE_SECONDS))
            }
            None if before.has_cookie => Some(set_cookie::own(settings, protocol::cookie::FORM_OWNER, "", 0)),
            _ => None,
        }
    }
}

fn is_mark(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

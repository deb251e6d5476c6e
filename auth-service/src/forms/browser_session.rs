//! The browser session, whoever uses the browser: flash messages, and the secret of its CSRF
//! tokens. actix-session keeps it in an encrypted cookie; it never holds an identity.

use actix_session::config::{CookieContentSecurity, PersistentSession};
use actix_session::storage::CookieSessionStore;
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::{SameSite, time};
use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::future::{Ready, ready};

use crate::clock::Clock;
use crate::config::SecretKey;
use crate::error::Error;
use crate::http::Cookies;
use crate::http::browser_keys;
use crate::http::foreign_cookies::{ForeignCookies, TooMany, cleanup_address};
use crate::http::known_browser::KnownBrowser;
use crate::i18n::Message;
use crate::i18n::{PreferredLanguages, preferred_languages};
use crate::random;

const CSRF_SECRET: &str = "csrf";
/// When the secret was made, in seconds since 1970.
const CSRF_SECRET_CREATED: &str = "csrf_made";
const MESSAGES: &str = "messages";
const KNOWN_ACCOUNTS: &str = "known";

/// How long we remember a browser in which nobody has logged in. See [`super::known_browser`] for
/// the others.
const LIFETIME: time::Duration = time::Duration::days(1);

/// A form that lies open longer than this must be sent twice; nothing typed is lost.
const CSRF_SECRET_SECONDS: i64 = 24 * 3600;

/// Of how many accounts a browser keeps the mark: those of the people who share it.
const MAX_KNOWN_ACCOUNTS: usize = 5;

/// Nobody reads more; older ones go first. Somebody who never looks at a page must not make the
/// cookie grow until browsers drop it.
const MAX_FLASHES: usize = 3;
const MAX_FLASH_BYTES: usize = 1024;

/// The middleware behind [`BrowserSession`].
pub fn middleware(cookies: &Cookies, secret: &SecretKey) -> SessionMiddleware<CookieSessionStore> {
    SessionMiddleware::builder(CookieSessionStore::default(), browser_keys::of(secret))
        .cookie_name(cookies.names.browser.clone())
        .cookie_path("/".to_owned())
        .cookie_secure(cookies.secure)
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_content_security(CookieContentSecurity::Private)
        .session_lifecycle(PersistentSession::default().session_ttl(LIFETIME))
        .build()
}

/// One browser.
pub struct BrowserSession {
    session: Session,
    request: HttpRequest,
    /// In seconds since 1970.
    now: i64,
    /// The response to a HEAD is not displayed.
    is_read: bool,
    /// Which languages it asks for.
    pub preferred: PreferredLanguages,
    /// Where cookies that are not ours are cleared, when it sends too many of them.
    pub cleanup: Option<String>,
    /// What came of those.
    pub too_many_cookies: Option<TooMany>,
}

/// A message that the next page shows, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    pub level: Level,
    pub text: Message,
}

/// How a message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Success,
    Info,
    Warning,
}

impl BrowserSession {
    /// Leaves a message for the next page.
    pub fn flash(&self, level: Level, text: Message) -> Result<(), Error> {
        let message = Flash { level, text };
        let mut messages = self.messages();
        // Said once is enough.
        messages.retain(|earlier| *earlier != message);
        messages.push(message);
        while messages.len() > MAX_FLASHES || bytes_of(&messages) > MAX_FLASH_BYTES {
            messages.remove(0);
        }
        self.session.insert(MESSAGES, messages).map_err(Error::internal)
    }

    /// The messages for this page; the next one will not have them, unless nobody reads this one.
    pub fn take_flashes(&self) -> Vec<Flash> {
        let messages = self.messages();
        if !messages.is_empty() && self.is_read {
            self.session.remove(MESSAGES);
        }
        messages
    }

    fn messages(&self) -> Vec<Flash> {
        self.session.get(MESSAGES).ok().flatten().unwrap_or_default()
    }

    /// Proof for a form of this page that it was made for this browser (ASVS 3.5.1).
    ///
    /// Different each time: the secret goes in masked, so that a page that a proxy compresses does
    /// not leak it letter by letter (BREACH).
    pub fn csrf_token(&self) -> Result<String, Error> {
        let secret = match self.csrf_secret().filter(|_| self.csrf_secret_is_fresh()) {
            Some(secret) => secret,
            None => {
                let secret = random::bytes::<32>();
                let text = BASE64_URL_SAFE_NO_PAD.encode(secret);
                self.session.insert(CSRF_SECRET, text).map_err(Error::internal)?;
                self.session.insert(CSRF_SECRET_CREATED, self.now).map_err(Error::internal)?;
                secret
            }
        };
        let mask = random::bytes::<32>();
        Ok(BASE64_URL_SAFE_NO_PAD.encode([mask, xor(mask, secret)].concat()))
    }

    /// Whether `token` came from a form that was made for this browser since its last login, and
    /// within a day.
    pub fn verify_csrf_token(&self, token: &str) -> bool {
        let Some(secret) = self.csrf_secret().filter(|_| self.csrf_secret_is_fresh()) else { return false };
        let Ok(bytes) = BASE64_URL_SAFE_NO_PAD.decode(token) else { return false };
        let Some((mask, masked)) = bytes.split_first_chunk::<32>() else { return false };
        let Ok(masked) = <[u8; 32]>::try_from(masked) else { return false };
        aws_lc_rs::constant_time::verify_slices_are_equal(&xor(*mask, masked), &secret).is_ok()
    }

    /// Whether it sends back what we gave it to remember: cookies are on.
    pub fn is_remembered(&self) -> bool {
        !self.session.entries().is_empty()
    }

    /// Begins anew at a login or logout: forms from before are void.
    pub fn renew(&self) {
        self.session.remove(CSRF_SECRET);
        self.session.renew();
    }

    /// The marks of the accounts that were logged in here, the latest first. They decide where
    /// somebody waits, and prove nothing: a copy of the cookie has them too.
    pub fn known_accounts(&self) -> Vec<String> {
        self.session.get(KNOWN_ACCOUNTS).ok().flatten().unwrap_or_default()
    }

    /// Keeps the mark of an account that has just logged in. It stays at a logout.
    pub fn remember_account(&self, mark: String) -> Result<(), Error> {
        let mut marks = self.known_accounts();
        marks.retain(|known| *known != mark);
        marks.insert(0, mark);
        marks.truncate(MAX_KNOWN_ACCOUNTS);
        self.request.extensions_mut().insert(KnownBrowser);
        self.session.insert(KNOWN_ACCOUNTS, marks).map_err(Error::internal)
    }

    /// Since a browser with marks keeps its cookie for long, the cookie's life is no bound for
    /// forms.
    fn csrf_secret_is_fresh(&self) -> bool {
        let made: Option<i64> = self.session.get(CSRF_SECRET_CREATED).ok().flatten();
        // A cookie of before there was a date lived for a day.
        made.is_none_or(|made| self.now.saturating_sub(made) < CSRF_SECRET_SECONDS)
    }

    fn csrf_secret(&self) -> Option<[u8; 32]> {
        let text: String = self.session.get(CSRF_SECRET).ok().flatten()?;
        BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
    }
}

/// 0 for none: there is always an end to taking some away.
fn bytes_of(messages: &[Flash]) -> usize {
    if messages.is_empty() {
        0
    } else {
        serde_json::to_string(messages).map_or(usize::MAX, |text| text.len())
    }
}

fn xor(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    std::array::from_fn(|i| a[i] ^ b[i])
}

impl FromRequest for BrowserSession {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_read = request.method() != Method::HEAD;
        let preferred = preferred_languages(request);
        let too_many_cookies = ForeignCookies::of(request).too_many();
        let cleanup = too_many_cookies.is_some().then(|| cleanup_address(request));
        let Some(clock) = request.app_data::<web::Data<Clock>>() else {
            return ready(Err(Error::internal("the Clock is not registered")));
        };
        let now = clock.estimate().unix_seconds();
        let session = match Session::from_request(request, payload).into_inner() {
            Ok(session) => session,
            Err(error) => {
                let cause = format!("the browser session cannot be read: {error}");
                return ready(Err(Error::internal(cause)));
            }
        };
        if session.contains_key(KNOWN_ACCOUNTS) {
            request.extensions_mut().insert(KnownBrowser);
        }
        ready(Ok(Self {
            session,
            request: request.clone(),
            now,
            is_read,
            preferred,
            cleanup,
            too_many_cookies,
        }))
    }
}

//! The browser session, with or without a login: flash messages, and the secret of the CSRF tokens.
//! actix-session keeps it in an encrypted cookie. It never holds an identity.

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
use std::collections::BTreeMap;
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
/// The creation time of the secret, in seconds since 1970.
const CSRF_SECRET_CREATED: &str = "csrf_made";
const MESSAGES: &str = "messages";
const KNOWN_ACCOUNTS: &str = "known";
const ADDRESS: &str = "address";
const AWAITED: &str = "awaited";

/// How long the cookie of a browser lives in which no one has logged in. For other browsers see
/// [`super::known_browser`].
const LIFETIME: time::Duration = time::Duration::days(1);

/// A form that stays open longer must be sent twice, but no input is lost.
const CSRF_SECRET_SECONDS: i64 = 24 * 3600;

/// The maximum number of accounts whose marks a browser keeps, for people who share it.
const MAX_KNOWN_ACCOUNTS: usize = 5;

/// The oldest messages are dropped first. Without a limit, a client that never views a page could
/// grow the cookie until browsers drop it.
const MAX_FLASHES: usize = 3;
const MAX_FLASH_BYTES: usize = 1024;

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

/// The session of one browser.
pub struct BrowserSession {
    session: Session,
    request: HttpRequest,
    /// The request's time, in seconds since 1970.
    now: i64,
    /// The response to a HEAD is not displayed.
    is_read: bool,
    /// The languages that the browser prefers.
    pub preferred: PreferredLanguages,
    /// The address of the cookie clean-up, if the browser sends too many cookies.
    pub cleanup: Option<String>,
    /// The result of the check for too many cookies.
    pub too_many_cookies: Option<TooMany>,
}

/// A letter that this browser asked for: its code works here alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitedLetter {
    /// The proof whose code is awaited.
    pub proof: uuid::Uuid,
    /// Where the letter went, as far as the person knows.
    pub address: String,
}

/// A message that the next page shows, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    pub level: Level,
    pub text: Message,
}

/// The kind of a message.
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
        // Show equal messages only once.
        messages.retain(|earlier| *earlier != message);
        messages.push(message);
        while messages.len() > MAX_FLASHES || bytes_of(&messages) > MAX_FLASH_BYTES {
            messages.remove(0);
        }
        self.session.insert(MESSAGES, messages).map_err(Error::internal)
    }

    /// Takes the messages for this page. They stay for the next one if the response is not
    /// displayed.
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

    /// Keeps an email address that was typed into one form, for the next one. The link between them
    /// must not hold it, because URLs stand in logs and histories.
    pub fn carry_address(&self, address: &str) -> Result<(), Error> {
        self.session.insert(ADDRESS, address).map_err(Error::internal)
    }

    /// Takes the address for the form on this page.
    pub fn take_address(&self) -> Option<String> {
        let address = self.session.get(ADDRESS).ok().flatten();
        if address.is_some() && self.is_read {
            self.session.remove(ADDRESS);
        }
        address
    }

    /// Remembers that this browser asked for a letter of this purpose.
    pub fn await_letter(&self, purpose: &str, letter: AwaitedLetter) -> Result<(), Error> {
        let mut awaited = self.awaited();
        awaited.insert(purpose.to_owned(), letter);
        self.session.insert(AWAITED, awaited).map_err(Error::internal)
    }

    /// The letter of this purpose that this browser asked for last.
    pub fn awaited_letter(&self, purpose: &str) -> Option<AwaitedLetter> {
        self.awaited().remove(purpose)
    }

    /// Forgets it, once its code was used.
    pub fn letter_arrived(&self, purpose: &str) -> Result<(), Error> {
        let mut awaited = self.awaited();
        awaited.remove(purpose);
        self.session.insert(AWAITED, awaited).map_err(Error::internal)
    }

    fn awaited(&self) -> BTreeMap<String, AwaitedLetter> {
        self.session.get(AWAITED).ok().flatten().unwrap_or_default()
    }

    /// A token that proves that a form on this page was made for this browser (ASVS 3.5.1).
    ///
    /// It differs each time: the secret is masked, so that the page's compressed size does not
    /// reveal it character by character (BREACH).
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

    /// Whether `token` comes from a form made for this browser since its last login and within a
    /// day.
    pub fn verify_csrf_token(&self, token: &str) -> bool {
        let Some(secret) = self.csrf_secret().filter(|_| self.csrf_secret_is_fresh()) else { return false };
        let Ok(bytes) = BASE64_URL_SAFE_NO_PAD.decode(token) else { return false };
        let Some((mask, masked)) = bytes.split_first_chunk::<32>() else { return false };
        let Ok(masked) = <[u8; 32]>::try_from(masked) else { return false };
        aws_lc_rs::constant_time::verify_slices_are_equal(&xor(*mask, masked), &secret).is_ok()
    }

    /// Whether the browser sends our cookie back, that is, cookies are enabled.
    pub fn is_remembered(&self) -> bool {
        !self.session.entries().is_empty()
    }

    /// Renews the secret at a login or logout, which invalidates earlier forms.
    pub fn renew(&self) {
        self.session.remove(CSRF_SECRET);
        self.session.renew();
    }

    /// The marks of the accounts that logged in here, the latest first. They choose a place in the
    /// queue and prove nothing, because a copied cookie contains them too.
    pub fn known_accounts(&self) -> Vec<String> {
        self.session.get(KNOWN_ACCOUNTS).ok().flatten().unwrap_or_default()
    }

    /// Keeps the mark of an account that has just logged in, also after a logout.
    pub fn remember_account(&self, mark: String) -> Result<(), Error> {
        let mut marks = self.known_accounts();
        marks.retain(|known| *known != mark);
        marks.insert(0, mark);
        marks.truncate(MAX_KNOWN_ACCOUNTS);
        self.request.extensions_mut().insert(KnownBrowser);
        self.session.insert(KNOWN_ACCOUNTS, marks).map_err(Error::internal)
    }

    /// A browser with marks keeps its cookie for long, so the cookie's lifetime does not limit the
    /// forms.
    fn csrf_secret_is_fresh(&self) -> bool {
        let made: Option<i64> = self.session.get(CSRF_SECRET_CREATED).ok().flatten();
        // Cookies from before there was a date lived for a day.
        made.is_none_or(|made| self.now.saturating_sub(made) < CSRF_SECRET_SECONDS)
    }

    fn csrf_secret(&self) -> Option<[u8; 32]> {
        let text: String = self.session.get(CSRF_SECRET).ok().flatten()?;
        BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
    }
}

/// Returns 0 for no messages, so that the loop that drops messages ends.
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

//! CSRF protection of forms: a posted form is read strictly, and its token must be this browser's.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::urlencoded;
use crate::error::Error;
use crate::forms::BrowserSession;
use crate::i18n::Message;

/// A form that proves it was made for this browser.
pub trait CsrfProtected: DeserializeOwned + 'static {
    /// The value of the hidden field `csrf_token`.
    fn csrf_token(&self) -> &str;
}

/// Cross-site request forgery, second line: whether the form carries this browser's token (ASVS
/// 3.5.1).
///
/// An enum, so that a view cannot use a form without deciding about the stale one.
#[must_use]
pub enum CsrfForm<F> {
    /// Made by us, for this browser, since its last login.
    Valid(F),
    /// Not that: the page lay open too long, or somebody made the form up. To be shown again with
    /// `403`, and with the words why.
    Stale(F, Message),
}

/// What to say above a form that was stale: of two tabs the other was faster, most often.
pub const STALE: Message = Message::new("form-stale");

/// The same for a browser that sends nothing of what we gave it to remember.
pub const NO_COOKIE: Message = Message::new("form-no-cookie");

/// The same where the browser has thrown that away for cookies of others.
pub const CROWDED_OUT: Message = Message::new("form-crowded-out");

impl<F: CsrfProtected> FromRequest for CsrfForm<F> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let browser = BrowserSession::from_request(request, payload);
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let form: F = urlencoded::read(&request, payload).await?;
            let browser = browser.await?;
            let is_genuine = browser.verify_csrf_token(form.csrf_token());
            let is_crowded_out = browser.too_many_cookies.as_ref().is_some_and(|all| all.crowd_ours_out);
            let why = match browser.is_remembered() {
                true => STALE,
                false if is_crowded_out => CROWDED_OUT,
                false => NO_COOKIE,
            };
            Ok(if is_genuine { Self::Valid(form) } else { Self::Stale(form, why) })
        })
    }
}

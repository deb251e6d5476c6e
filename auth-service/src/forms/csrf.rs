//! CSRF protection of forms: a posted form is parsed strictly, and needs this browser's token.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::urlencoded;
use crate::error::Error;
use crate::forms::BrowserSession;
use crate::i18n::Message;

/// A form that carries a CSRF token.
pub trait CsrfProtected: DeserializeOwned + 'static {
    /// The value of the hidden field `csrf_token`.
    fn csrf_token(&self) -> &str;
}

/// The second defence against cross-site request forgery: the form must carry this browser's token
/// (ASVS 3.5.1).
///
/// This is an enum, so that a handler cannot use a form without handling the stale case.
#[must_use]
pub enum CsrfForm<F> {
    /// The form was made for this browser since its last login.
    Valid(F),
    /// The token is invalid: the page was open too long, or the request is forged. Show the form
    /// again with `403` and the message.
    Stale(F, Message),
}

/// The message above a stale form. The usual cause is a login in another tab.
pub const STALE: Message = Message::new("form-stale");

/// The message for a browser that does not send our cookie.
pub const NO_COOKIE: Message = Message::new("form-no-cookie");

/// The message for a browser that dropped our cookie because of other sites' cookies.
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

//! The extractors.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::COOKIE;
use actix_web::rt::time::timeout;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::answer;
use super::asked::{self, Kind, Sender};
use super::body::SharedBody;
use crate::{Claims, Identity, Rejection, SharedLogin};

/// How long a request waits for keys that are being fetched.
const WAIT_FOR_KEYS: Duration = Duration::from_secs(2);

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T, actix_web::Error>>>>;

/// Somebody who is logged in. Others never reach the handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User(pub Claims);

/// Somebody, or nobody: for pages that are open to all. A token that does not hold is nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaybeUser(pub Option<Claims>);

/// Somebody with `user_is_staff`. Others get `403`, or are asked to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff(pub Claims);

/// Somebody with `user_is_superuser`. Others get `403`, or are asked to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superuser(pub Claims);

macro_rules! admits {
    ($name:ident, $may:expr) => {
        impl Deref for $name {
            type Target = Claims;

            fn deref(&self) -> &Claims {
                &self.0
            }
        }

        impl FromRequest for $name {
            type Error = actix_web::Error;
            type Future = Extraction<Self>;

            fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
                admit(req, payload, $may, $name)
            }
        }
    };
}

admits!(User, |_| true);
admits!(Staff, |claims| claims.user_is_staff);
admits!(Superuser, |claims| claims.user_is_superuser);

impl Deref for MaybeUser {
    type Target = Option<Claims>;

    fn deref(&self) -> &Option<Claims> {
        &self.0
    }
}

impl FromRequest for MaybeUser {
    type Error = actix_web::Error;
    type Future = Extraction<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let login = shared_login(&req)?;
            let now = login.identify_now(cookies(&req));
            Ok(Self(match settle(&req, login, now).await {
                Identity::Person(claims) => Some(*claims),
                Identity::Nobody(_) | Identity::Conflict | Identity::NoKeys => None,
            }))
        })
    }
}

fn admit<T: 'static>(
    req: &HttpRequest,
    payload: &mut Payload,
    may: fn(&Claims) -> bool,
    wrap: fn(Claims) -> T,
) -> Extraction<T> {
    let login = match shared_login(req) {
        Ok(login) => login.clone(),
        Err(error) => return Box::pin(std::future::ready(Err(error))),
    };
    let now = login.identify_now(cookies(req));
    // The body must be shared before this function returns, or the handler's form extractor has it for itself.
    let body = match now {
        Identity::Person(_) => None,
        _ if can_be_sent_again(req, &login) => {
            let shared_before = req.extensions().get::<SharedBody>().cloned();
            shared_before.or_else(|| SharedBody::share(payload))
        }
        _ => None,
    };
    body.iter().for_each(SharedBody::hold);
    let req = req.clone();
    Box::pin(async move {
        let settled = settle(&req, &login, now).await;
        if let (Identity::Person(_), Some(body)) = (&settled, &body) {
            body.release();
        }
        match settled {
            Identity::Person(claims) if may(&claims) => Ok(wrap(*claims)),
            Identity::Person(_) => Err(answer::forbidden(&req, &login)),
            Identity::Conflict => Err(answer::conflict(&req, &login)),
            Identity::NoKeys => Err(answer::no_keys(&req, &login)),
            Identity::Nobody(_) => Err(answer::log_in(&req, &login, body).await),
        }
    })
}

/// Waits for keys where that can change the outcome, and logs the outcome.
async fn settle(req: &HttpRequest, login: &SharedLogin, now: Identity) -> Identity {
    let hopeful = matches!(now, Identity::NoKeys | Identity::Nobody(Some(Rejection::UnknownKey(_))));
    let settled = match hopeful {
        true => timeout(WAIT_FOR_KEYS, login.identify(cookies(req))).await.unwrap_or(now),
        false => now,
    };
    match &settled {
        Identity::Person(_) | Identity::Nobody(None) => {}
        Identity::Nobody(Some(cause @ Rejection::Expired)) => {
            tracing::debug!(reason = cause.code(), %cause, "access token refused");
        }
        Identity::Nobody(Some(cause)) => {
            tracing::info!(reason = cause.code(), %cause, "access token refused");
        }
        Identity::Conflict => tracing::warn!("access cookies of different people, or too many of them"),
        Identity::NoKeys => tracing::warn!("no keys loaded yet: logins cannot be checked"),
    }
    settled
}

fn cookies(req: &HttpRequest) -> Vec<&[u8]> {
    req.headers().get_all(COOKIE).map(|value| value.as_bytes()).collect()
}

/// A form that our own page sent. Offering to send again what a foreign page made up would lend it our name.
pub(super) fn can_be_sent_again(req: &HttpRequest, login: &SharedLogin) -> bool {
    asked::kind(req) == Kind::PostedForm
        && asked::is_urlencoded(req.headers())
        && asked::sender(req.headers(), login) == Sender::Us
}

pub(super) fn shared_login(req: &HttpRequest) -> Result<&SharedLogin, actix_web::Error> {
    req.app_data::<Data<SharedLogin>>().map(|data| data.get_ref()).ok_or_else(answer::not_registered)
}

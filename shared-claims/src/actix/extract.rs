//! `FromRequest` for the extractors. Each turns a request into a handler's argument, or into the
//! response that takes the handler's place.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::rt::time::timeout;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::request::request_info;
use super::response;
use super::shared_body::SharedBody;
use crate::extractors::{AuthExtractor, for_each_extractor};
use crate::web::{
    Context, Decision, Denial, KEYS_TIMEOUT, OriginChecked, REACHABILITY_TIMEOUT, Requirement, Served,
    decide, log_identity, needs_keys, needs_reachability, warn_of_foreign_key,
};
use crate::{Claims, Identity, Rejection, SharedLogin};

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T, actix_web::Error>>>>;

macro_rules! extractor {
    ($name:ty [$($parameter:tt)*]) => {
        impl<$($parameter)*> FromRequest for $name {
            type Error = actix_web::Error;
            type Future = Extraction<Self>;

            fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
                authorize(req, payload)
            }
        }
    };
}

for_each_extractor!(extractor);

fn authorize<T: AuthExtractor>(req: &HttpRequest, payload: &mut Payload) -> Extraction<T> {
    let requirement = T::requirement();
    let login = match shared_login(req) {
        Ok(login) => login,
        Err(error) => return Box::pin(std::future::ready(Err(error))),
    };
    if OriginChecked::is_missing(req.extensions().get(), &request_info(req)) {
        return Box::pin(std::future::ready(Err(response::origin_unchecked(req, &login))));
    }
    let now = login.try_identify(request_info(req).cookies());
    let body = keep_body(req, payload, &login, requirement, &now);
    let req = req.clone();
    Box::pin(async move {
        let identity = identify_waiting(&req, &login, now).await;
        let context = context(&req, &login, &identity, requirement).await;
        let decision = decide(&request_info(&req), identity, requirement, login.settings(), &context);
        let denial = match decision {
            Decision::Deny(denial) => denial,
            Decision::Serve(claims) => match noted(&req, Some(*claims)) {
                Some(somebody) => return released(body, somebody),
                None => Denial::Forbidden { name: None },
            },
            Decision::ServeAnonymous => match noted(&req, None) {
                Some(nobody) => return released(body, nobody),
                None => Denial::Unauthorized { max_age: None },
            },
        };
        let body_of_form = body.as_ref().filter(|_| denial.shows_form());
        if body_of_form.is_some() && request_info(&req).is_multipart() {
            body.iter().for_each(SharedBody::release);
            return Err(response::refuse_later(&denial, &req, &login, &context));
        }
        let form = match body_of_form {
            Some(body) => body.read().await,
            None => None,
        };
        // Behind `Option` the handler still runs, and reads its form.
        body.iter().for_each(SharedBody::release);
        Err(response::refuse(&denial, &req, &login, &context, form.as_deref()))
    })
}

/// Shares the body of a form that may have to be kept. This must happen before the extractor's
/// first await: after that the handler's own form extractor has taken the body.
fn keep_body(
    req: &HttpRequest,
    payload: &mut Payload,
    login: &SharedLogin,
    requirement: Requirement,
    now: &Identity,
) -> Option<SharedBody> {
    let request = request_info(req);
    let may_be_needed = requirement.may_keep_form(now)
        || request.is_other_users_form(now, login.settings())
        || request.clears_cookies_of_form(login.settings());
    if !may_be_needed || !request.can_be_resubmitted(login.settings()) {
        return None;
    }
    let shared_before = req.extensions().get::<SharedBody>().cloned();
    let body = shared_before.or_else(|| SharedBody::share(req, payload));
    body.iter().for_each(SharedBody::hold);
    body
}

/// Builds the handler's argument, and records for the middleware whom the handler runs for.
fn noted<T: AuthExtractor>(req: &HttpRequest, who: Option<Claims>) -> Option<T> {
    if let Some(served) = req.extensions().get::<Served>() {
        served.note(who.as_ref());
    }
    T::of(who)
}

fn released<T>(body: Option<SharedBody>, extracted: T) -> Result<T, actix_web::Error> {
    body.iter().for_each(SharedBody::release);
    Ok(extracted)
}

/// Waits for keys if that can change the outcome, and logs the outcome.
async fn identify_waiting(req: &HttpRequest, login: &SharedLogin, now: Identity) -> Identity {
    let hopeful = matches!(now, Identity::NoKeys | Identity::Nobody(Some(Rejection::UnknownKey(_))));
    let settled = match hopeful {
        true => timeout(KEYS_TIMEOUT, login.identify(request_info(req).cookies())).await.unwrap_or(now),
        false => now,
    };
    log_identity(&settled);
    warn_of_foreign_key(&settled, login);
    settled
}

/// Builds the context that the decision depends on.
async fn context(
    req: &HttpRequest,
    login: &SharedLogin,
    identity: &Identity,
    requirement: Requirement,
) -> Context {
    let mut context = Context::about(&request_info(req), identity, login);
    if needs_keys(&request_info(req), identity, requirement, &context) {
        // Its failure is for the log of the thread that fetches them.
        let _ = timeout(KEYS_TIMEOUT, login.keys().ready()).await;
        context.has_keys = login.keys().current().is_some();
    }
    if needs_reachability(&request_info(req), identity, requirement, login.settings(), &context) {
        let reachable = timeout(REACHABILITY_TIMEOUT, login.keys().reachable()).await.unwrap_or(false);
        context.set_reachable(login, reachable);
    }
    context
}

/// Finds the service's login: the one of the middleware, or the one registered beside
/// [`SameOrigin`](super::SameOrigin).
pub(super) fn find_login(req: &HttpRequest) -> Option<SharedLogin> {
    let of_middleware = req.extensions().get::<SharedLogin>().cloned();
    of_middleware.or_else(|| Some(req.app_data::<Data<SharedLogin>>()?.get_ref().clone()))
}

pub(super) fn shared_login(req: &HttpRequest) -> Result<SharedLogin, actix_web::Error> {
    find_login(req).ok_or_else(response::not_registered)
}

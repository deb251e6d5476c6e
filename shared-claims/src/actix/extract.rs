//! From a request to whom the handler runs for, or to the answer instead.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::rt::time::timeout;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::answer;
use super::asked::asked;
use super::body::SharedBody;
use crate::edge::{
    Decision, Facts, Instead, Need, PATIENCE_FOR_CONTACT, PATIENCE_FOR_KEYS, Served, decide,
    depends_on_contact, log_identity,
};
use crate::people::{Admitted, each_of_the_people};
use crate::{Claims, Identity, Rejection, SharedLogin};

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T, actix_web::Error>>>>;

macro_rules! extractor {
    ($name:ty [$($parameter:tt)*]) => {
        impl<$($parameter)*> FromRequest for $name {
            type Error = actix_web::Error;
            type Future = Extraction<Self>;

            fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
                admit(req, payload)
            }
        }
    };
}

each_of_the_people!(extractor);

fn admit<T: Admitted>(req: &HttpRequest, payload: &mut Payload) -> Extraction<T> {
    let need = T::need();
    let login = match shared_login(req) {
        Ok(login) => login,
        Err(error) => return Box::pin(std::future::ready(Err(error))),
    };
    let now = login.identify_now(asked(req).cookies());
    let body = keep_body(req, payload, &login, need, &now);
    let req = req.clone();
    Box::pin(async move {
        let identity = settle(&req, &login, now).await;
        let facts = learn(&req, &login, &identity, need).await;
        let decision = decide(&asked(&req), identity, need, login.settings(), &facts);
        let instead = match decision {
            Decision::Instead(instead) => instead,
            Decision::Serve(claims) => match noted(&req, Some(*claims)) {
                Some(somebody) => return released(body, somebody),
                None => Instead::Forbidden,
            },
            Decision::ServeNobody => match noted(&req, None) {
                Some(nobody) => return released(body, nobody),
                None => Instead::Refuse401 { max_age: None },
            },
        };
        let form = match body.as_ref().filter(|_| instead.shows_form()) {
            Some(body) => body.read().await,
            None => None,
        };
        // Behind `Option` the handler runs all the same, and reads its form.
        body.iter().for_each(SharedBody::release);
        Err(answer::refuse(&instead, &req, &login, &facts, form.as_deref()))
    })
}

/// A hold on the body of a form that may have to be kept. It must be shared before the extractor's first await, or the
/// handler's form extractor has it for itself.
fn keep_body(
    req: &HttpRequest,
    payload: &mut Payload,
    login: &SharedLogin,
    need: Need,
    now: &Identity,
) -> Option<SharedBody> {
    let asked = asked(req);
    let may_be_needed = need.may_keep_form(now)
        || asked.is_anothers(now, login.settings())
        || asked.clears_before_a_form(login.settings());
    if !may_be_needed || !asked.can_be_sent_again(login.settings()) {
        return None;
    }
    let shared_before = req.extensions().get::<SharedBody>().cloned();
    let body = shared_before.or_else(|| SharedBody::share(req, payload));
    body.iter().for_each(SharedBody::hold);
    body
}

/// What the handler gets, and for the guard around it whom it runs for.
fn noted<T: Admitted>(req: &HttpRequest, who: Option<Claims>) -> Option<T> {
    if let Some(served) = req.extensions().get::<Served>() {
        served.note(who.as_ref());
    }
    T::of(who)
}

fn released<T>(body: Option<SharedBody>, extracted: T) -> Result<T, actix_web::Error> {
    body.iter().for_each(SharedBody::release);
    Ok(extracted)
}

/// Waits for keys where that can change the outcome, and logs the outcome.
async fn settle(req: &HttpRequest, login: &SharedLogin, now: Identity) -> Identity {
    let hopeful = matches!(now, Identity::NoKeys | Identity::Nobody(Some(Rejection::UnknownKey(_))));
    let settled = match hopeful {
        true => timeout(PATIENCE_FOR_KEYS, login.identify(asked(req).cookies())).await.unwrap_or(now),
        false => now,
    };
    log_identity(&settled);
    settled
}

/// The facts that the decision depends on.
async fn learn(req: &HttpRequest, login: &SharedLogin, identity: &Identity, need: Need) -> Facts {
    let mut facts = Facts::about(&asked(req), identity, login);
    if depends_on_contact(&asked(req), identity, need, login.settings(), &facts) {
        let reachable = timeout(PATIENCE_FOR_CONTACT, login.keys().reachable()).await.unwrap_or(false);
        facts.contact(login, reachable);
    }
    facts
}

/// The login of the service: of the middleware around it, or registered beside [`SameOrigin`](super::SameOrigin).
pub(super) fn find_login(req: &HttpRequest) -> Option<SharedLogin> {
    let of_middleware = req.extensions().get::<SharedLogin>().cloned();
    of_middleware.or_else(|| Some(req.app_data::<Data<SharedLogin>>()?.get_ref().clone()))
}

pub(super) fn shared_login(req: &HttpRequest) -> Result<SharedLogin, actix_web::Error> {
    find_login(req).ok_or_else(answer::not_registered)
}

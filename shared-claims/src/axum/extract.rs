//! `FromRequestParts` for the extractors. Each turns a request into a handler's argument, or into
//! the response that takes the handler's place.

use std::convert::Infallible;

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::Response;
use http::request::Parts;
use tokio::time::timeout;

use super::kept_form::KeptForm;
use super::request::Registered;
use super::response::{not_registered, origin_unchecked, refuse, refuse_later};
use crate::extractors::{AuthExtractor, for_each_extractor};
use crate::web::{
    Context, Decision, Denial, KEYS_TIMEOUT, OriginChecked, REACHABILITY_TIMEOUT, Requirement, decide,
    log_identity, needs_keys, needs_reachability, warn_of_foreign_key,
};
use crate::{Claims, Identity, Rejection};

macro_rules! extractor {
    ($name:ty [$($parameter:tt)*]) => {
        impl<State: Sync, $($parameter)*> FromRequestParts<State> for $name {
            type Rejection = Response;

            async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Response> {
                authorize(parts).await
            }
        }

        /// `Option` of it is `None` for everybody who would be refused, as on actix.
        impl<State: Sync, $($parameter)*> OptionalFromRequestParts<State> for $name {
            type Rejection = Infallible;

            async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Option<Self>, Infallible> {
                Ok(authorize(parts).await.ok())
            }
        }
    };
}

for_each_extractor!(extractor);

async fn authorize<T: AuthExtractor>(parts: &Parts) -> Result<T, Response> {
    let Some(registered) = parts.extensions.get::<Registered>() else { return Err(not_registered()) };
    let (requirement, settings) = (T::requirement(), registered.login.settings());
    if OriginChecked::is_missing(parts.extensions.get(), &registered.info(parts)) {
        return Err(origin_unchecked(&registered.info(parts), settings));
    }
    let identity = identify(parts, registered).await;
    let context = context(parts, registered, &identity, requirement).await;
    let denial = match decide(&registered.info(parts), identity, requirement, settings, &context) {
        Decision::Deny(denial) => denial,
        Decision::Serve(claims) => match noted(registered, Some(*claims)) {
            Some(somebody) => return Ok(somebody),
            None => Denial::Forbidden { name: None },
        },
        Decision::ServeAnonymous => match noted(registered, None) {
            Some(nobody) => return Ok(nobody),
            None => Denial::Unauthorized { max_age: None },
        },
    };
    let request = registered.info(parts);
    if denial.shows_form() && request.is_multipart() && request.can_be_resubmitted(settings) {
        return Err(refuse_later(&denial, &request, settings, &context));
    }
    let form = parts.extensions.get::<KeptForm>().map(|form| &form.0[..]);
    Err(refuse(&denial, &registered.info(parts), settings, &context, form))
}

/// Builds the handler's argument, and records for the layer whom the handler runs for.
fn noted<T: AuthExtractor>(registered: &Registered, who: Option<Claims>) -> Option<T> {
    registered.served.note(who.as_ref());
    T::of(who)
}

/// Waits for keys if that can change the outcome, and logs the outcome.
async fn identify(parts: &Parts, registered: &Registered) -> Identity {
    let login = &registered.login;
    let cookies = registered.info(parts).cookies();
    let now = login.try_identify(cookies.clone());
    let hopeful = matches!(now, Identity::NoKeys | Identity::Nobody(Some(Rejection::UnknownKey(_))));
    let settled = match hopeful {
        true => timeout(KEYS_TIMEOUT, login.identify(cookies)).await.unwrap_or(now),
        false => now,
    };
    log_identity(&settled);
    warn_of_foreign_key(&settled, login);
    settled
}

/// Builds the context that the decision depends on.
async fn context(
    parts: &Parts,
    registered: &Registered,
    identity: &Identity,
    requirement: Requirement,
) -> Context {
    let login = &registered.login;
    let mut context = Context::about(&registered.info(parts), identity, login);
    if needs_keys(&registered.info(parts), identity, requirement, &context) {
        // Its failure is for the log of the thread that fetches them.
        let _ = timeout(KEYS_TIMEOUT, login.keys().ready()).await;
        context.has_keys = login.keys().current().is_some();
    }
    if needs_reachability(&registered.info(parts), identity, requirement, login.settings(), &context) {
        let reachable = timeout(REACHABILITY_TIMEOUT, login.keys().reachable()).await.unwrap_or(false);
        context.set_reachable(login, reachable);
    }
    context
}

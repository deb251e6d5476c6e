//! From a request to whom the handler runs for, or to the answer instead.

use std::convert::Infallible;

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::Response;
use http::request::Parts;
use tokio::time::timeout;

use super::answer::{not_registered, refuse};
use super::asked::Registered;
use super::form::KeptForm;
use crate::edge::{
    Decision, Facts, Instead, Need, PATIENCE_FOR_CONTACT, PATIENCE_FOR_KEYS, decide, depends_on_contact,
    log_identity,
};
use crate::people::{Admitted, each_of_the_people};
use crate::{Claims, Identity, Rejection};

macro_rules! extractor {
    ($name:ty [$($parameter:tt)*]) => {
        impl<State: Sync, $($parameter)*> FromRequestParts<State> for $name {
            type Rejection = Response;

            async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Response> {
                admit(parts).await
            }
        }

        /// `Option` of it is `None` for whoever would have got an answer instead, as on actix.
        impl<State: Sync, $($parameter)*> OptionalFromRequestParts<State> for $name {
            type Rejection = Infallible;

            async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Option<Self>, Infallible> {
                Ok(admit(parts).await.ok())
            }
        }
    };
}

each_of_the_people!(extractor);

async fn admit<T: Admitted>(parts: &Parts) -> Result<T, Response> {
    let Some(registered) = parts.extensions.get::<Registered>() else { return Err(not_registered()) };
    let (need, settings) = (T::need(), registered.login.settings());
    let identity = identify(parts, registered).await;
    let facts = learn(parts, registered, &identity, need).await;
    let instead = match decide(&registered.asked(parts), identity, need, settings, &facts) {
        Decision::Instead(instead) => instead,
        Decision::Serve(claims) => match noted(registered, Some(*claims)) {
            Some(somebody) => return Ok(somebody),
            None => Instead::Forbidden,
        },
        Decision::ServeNobody => match noted(registered, None) {
            Some(nobody) => return Ok(nobody),
            None => Instead::Refuse401 { max_age: None },
        },
    };
    let form = parts.extensions.get::<KeptForm>().map(|form| &form.0[..]);
    Err(refuse(&instead, &registered.asked(parts), settings, &facts, form))
}

/// What the handler gets, and for the layer around it whom it runs for.
fn noted<T: Admitted>(registered: &Registered, who: Option<Claims>) -> Option<T> {
    registered.served.note(who.as_ref());
    T::of(who)
}

/// Waits for keys where that can change the outcome, and logs the outcome.
async fn identify(parts: &Parts, registered: &Registered) -> Identity {
    let login = &registered.login;
    let cookies = registered.asked(parts).cookies();
    let now = login.identify_now(cookies.clone());
    let hopeful = matches!(now, Identity::NoKeys | Identity::Nobody(Some(Rejection::UnknownKey(_))));
    let settled = match hopeful {
        true => timeout(PATIENCE_FOR_KEYS, login.identify(cookies)).await.unwrap_or(now),
        false => now,
    };
    log_identity(&settled);
    settled
}

/// The facts that the decision depends on.
async fn learn(parts: &Parts, registered: &Registered, identity: &Identity, need: Need) -> Facts {
    let login = &registered.login;
    let mut facts = Facts::about(&registered.asked(parts), identity, login);
    if depends_on_contact(&registered.asked(parts), identity, need, login.settings(), &facts) {
        let reachable = timeout(PATIENCE_FOR_CONTACT, login.keys().reachable()).await.unwrap_or(false);
        facts.contact(login, reachable);
    }
    facts
}

//! Context of a decision: everything that it depends on beside the request and the settings.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::fetch_metadata::RequestKind;
use super::request::RequestInfo;
use crate::cookie::{self, Candidates};
use crate::json::{self, Value};
use crate::{Identity, Rejection, SharedLogin};

/// What a decision depends on beside the request and the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Context {
    /// The time, in seconds since 1970.
    pub now: i64,
    /// Whether auth-service has answered recently
    /// ([`KeySource::reachable`](crate::KeySource::reachable)). Browsers are redirected there
    /// without need only if it has. It matters only where
    /// [`needs_reachability`](super::needs_reachability) says so.
    pub reachable: bool,
    /// Whether the keys are complete, so that a key that is not among them does not exist. Matters
    /// where `reachable` does.
    pub keys_are_current: bool,
    /// Whether any keys are loaded. Without them nobody who comes back from the login could be let
    /// in, so no page redirects there. Where [`needs_keys`](super::needs_keys) says so, wait for
    /// them first.
    pub has_keys: bool,
    /// The times of a token that was refused because of them. The page that ends a redirect loop
    /// shows them.
    pub token: Option<Times>,
    /// The [`form_mark`](crate::Claims::form_mark) of the person who is logged in and sends a form.
    /// The page that keeps the form needs it.
    pub form_owner: Option<String>,
}

/// When a token was issued and when it expires, by the clock of auth-service, in seconds since
/// 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// `iat`.
    pub issued: i64,
    /// `exp`.
    pub expires: i64,
}

impl Context {
    /// Creates a context for the current time, with auth-service reachable.
    #[expect(clippy::disallowed_methods, reason = "adapters ask the clock here, once for a request")]
    pub fn now() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::at(i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX))
    }

    /// Creates a context for a given time in seconds since 1970, with auth-service reachable.
    pub fn at(now: i64) -> Self {
        Self { now, reachable: true, keys_are_current: false, has_keys: true, token: None, form_owner: None }
    }
}

impl Context {
    /// Creates the context of a request for the current time. If
    /// [`needs_reachability`](super::needs_reachability) then says so, ask
    /// [`KeySource::reachable`](crate::KeySource::reachable) and pass the answer to
    /// [`set_reachable`](Self::set_reachable).
    pub fn about(request: &RequestInfo<'_>, identity: &Identity, login: &SharedLogin) -> Self {
        let mut context = Self::now();
        context.has_keys = login.keys().current().is_some();
        if let Identity::Person(claims) = identity
            && request.kind() == RequestKind::PostedForm
        {
            context.form_owner = Some(claims.form_mark());
        }
        if let Identity::Nobody(Some(cause)) = identity
            && request.has_loop_marker()
        {
            context.token = refused_times(request, cause, login, context.now);
        }
        context
    }

    /// Records whether auth-service can be reached.
    pub fn set_reachable(&mut self, login: &SharedLogin, reachable: bool) {
        self.reachable = reachable;
        self.keys_are_current = reachable && login.keys().are_fetched();
    }

    /// The former name of [`set_reachable`](Self::set_reachable).
    #[deprecated(note = "it is called `set_reachable`")]
    pub fn contact(&mut self, login: &SharedLogin, reachable: bool) {
        self.set_reachable(login, reachable);
    }
}

/// The times of the token that was refused because of them. Nothing else is wrong with it, so its
/// signature has verified.
fn refused_times(
    request: &RequestInfo<'_>,
    cause: &Rejection,
    login: &SharedLogin,
    now: i64,
) -> Option<Times> {
    if !cause.is_about_time() {
        return None;
    }
    let keys = login.keys().current()?;
    let Candidates::Few(tokens) = cookie::candidates(request.cookies(), login.settings().access_cookie())
    else {
        return None;
    };
    let refused = |token: &&str| login.verifier().verify_at(token, &keys, now).err().as_ref() == Some(cause);
    tokens.into_iter().find(refused).and_then(times)
}

fn times(token: &str) -> Option<Times> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let members = json::object(&payload).ok()?;
    let time = |name| match members.get(name) {
        Some(Value::Int(seconds)) => i64::try_from(*seconds).ok(),
        _ => None,
    };
    Some(Times { issued: time("iat")?, expires: time("exp")? })
}

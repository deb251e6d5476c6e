//! Context of a decision: what is true beyond the request and the settings, and how an adapter
//! finds it out.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::fetch_metadata::RequestKind;
use super::request::RequestInfo;
use crate::cookie::{self, Candidates};
use crate::json::{self, Value};
use crate::{Identity, Rejection, SharedLogin};

/// What is true at the moment, beyond the request and the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Context {
    /// The time, in seconds since 1970.
    pub now: i64,
    /// Whether auth-service answered lately, as
    /// [`KeySource::reachable`](crate::KeySource::reachable) tells. Browsers are sent there without
    /// need only if so. Matters only where [`needs_reachability`](super::needs_reachability) says
    /// so.
    pub reachable: bool,
    /// Whether a key that is not among ours exists nowhere. Matters where `reachable` does.
    pub keys_are_current: bool,
    /// What the refused token says of its times, if its times are why. For the page that ends a
    /// loop.
    pub token: Option<Times>,
    /// Who is logged in and sends a form: their [`form_mark`](crate::Claims::form_mark). For the page that
    /// keeps it.
    pub form_owner: Option<String>,
}

/// When a token was made and when it ends, by the clock of auth-service, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// `iat`.
    pub issued: i64,
    /// `exp`.
    pub expires: i64,
}

impl Context {
    /// The facts by the clock, with auth-service taken to be reachable.
    #[expect(clippy::disallowed_methods, reason = "adapters ask the clock here, once for a request")]
    pub fn now() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::at(i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX))
    }

    /// The facts at a moment in seconds since 1970, with auth-service taken to be reachable.
    pub fn at(now: i64) -> Self {
        Self { now, reachable: true, keys_are_current: false, token: None, form_owner: None }
    }
}

impl Context {
    /// The facts about a request by the clock. Where
    /// [`needs_reachability`](super::needs_reachability) says that they are not all, ask
    /// [`KeySource::reachable`](crate::KeySource::reachable) and hand the answer to
    /// [`contact`](Self::contact).
    pub fn about(request: &RequestInfo<'_>, identity: &Identity, login: &SharedLogin) -> Self {
        let mut context = Self::now();
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

    /// Takes in whether auth-service can be reached.
    pub fn contact(&mut self, login: &SharedLogin, reachable: bool) {
        self.reachable = reachable;
        self.keys_are_current = reachable && login.keys().are_fetched();
    }
}

/// The times of the token that was refused for them: nothing else is wrong with it, its signature
/// was good.
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

//! What an adapter has to find out before the decision.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::asked::Asked;
use super::decision::{Facts, Times};
use super::fetch_metadata::RequestKind;
use crate::cookie::{self, Candidates};
use crate::json::{self, Value};
use crate::{Identity, Rejection, SharedLogin};

impl Facts {
    /// The facts about a request by the clock. Where [`depends_on_contact`](super::depends_on_contact) says that they are
    /// not all, ask [`KeySource::reachable`](crate::KeySource::reachable) and hand the answer to [`contact`](Self::contact).
    pub fn about(asked: &Asked<'_>, identity: &Identity, login: &SharedLogin) -> Self {
        let mut facts = Self::now();
        if let Identity::Person(claims) = identity
            && asked.kind() == RequestKind::PostedForm
        {
            facts.author = Some(claims.form_mark());
        }
        if let Identity::Nobody(Some(cause)) = identity
            && asked.has_loop_marker()
        {
            facts.token = refused_times(asked, cause, login, facts.now);
        }
        facts
    }

    /// Takes in whether auth-service can be reached.
    pub fn contact(&mut self, login: &SharedLogin, reachable: bool) {
        self.reachable = reachable;
        self.keys_are_current = reachable && login.keys().are_fetched();
    }
}

/// The times of the token that was refused for them: nothing else is wrong with it, its signature was good.
fn refused_times(asked: &Asked<'_>, cause: &Rejection, login: &SharedLogin, now: i64) -> Option<Times> {
    if !cause.is_about_time() {
        return None;
    }
    let keys = login.keys().current()?;
    let Candidates::Few(tokens) = cookie::candidates(asked.cookies(), login.settings().access_cookie())
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

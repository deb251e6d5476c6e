//! Redirect loop detection: the proof that a browser comes back from the login.
//!
//! auth-service marks the address that it redirects to when a browser goes in circles. But anybody
//! can write the mark into a link, and can send a browser to the login by links. So a browser that
//! goes there for the third time in a row takes a secret along. It keeps the secret in a cookie of
//! this host, and auth-service puts it beside the mark. Only a browser that comes back from that
//! redirect has both.

use std::borrow::Cow;

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use url::Url;

use super::request::RequestInfo;
use super::{set_cookie, urls};
use crate::Settings;
use crate::cookie::{self, Candidates};
use crate::protocol;

/// The longest pause between two redirects of one loop, in seconds. auth-service uses the same. A
/// person who logs in by hand takes longer.
const MAX_PAUSE_SECONDS: i64 = 10;

/// The first redirect in a row that takes the secret along. The ones before it have `next` alone,
/// like those of people.
const FIRST_PROVEN_TRIP: u32 = 3;

/// The redirects to the login in a row, as the cookie stores them: the secret and their number, as
/// in `secret.2`. For one, it is the secret alone.
struct LoginTrips {
    secret: String,
    count: u32,
}

impl LoginTrips {
    fn read(cookie: &str) -> Option<Self> {
        let (secret, count) = cookie.split_once('.').unwrap_or((cookie, "1"));
        let count = count.parse().ok().filter(|count| (1..=FIRST_PROVEN_TRIP).contains(count))?;
        is_secret(secret).then(|| Self { secret: secret.to_owned(), count })
    }

    fn cookie(&self) -> String {
        if self.count == 1 { self.secret.clone() } else { format!("{}.{}", self.secret, self.count) }
    }
}

impl RequestInfo<'_> {
    /// The redirects to the login that this service has just sent. The cookie is for this host
    /// alone: no link and no sibling can set or read it.
    fn trips(&self, settings: &Settings) -> Option<LoginTrips> {
        match cookie::candidates(self.cookies(), &settings.own_cookie(protocol::cookie::TRIP)) {
            Candidates::Few(values) if values.len() == 1 => LoginTrips::read(values[0]),
            _ => None,
        }
    }

    /// Whether auth-service has sent the browser back from such a redirect, with the loop marker.
    pub(super) fn is_confirmed_loop(&self, settings: &Settings) -> bool {
        let brought = urls::parameter(self, protocol::parameter::LOOP_PROOF);
        let given = self.trips(settings).map(|trips| Cow::Owned(trips.secret));
        self.has_loop_marker() && brought.is_some() && brought == given
    }
}

/// Starts a redirect to `login`. Returns its address, and the `Set-Cookie` line that remembers it.
/// Without randomness there is no proof, and auth-service alone ends a loop.
pub(super) fn begin(request: &RequestInfo<'_>, settings: &Settings, mut login: Url) -> (Url, Option<String>) {
    let next = |before: LoginTrips| LoginTrips { count: FIRST_PROVEN_TRIP.min(before.count + 1), ..before };
    let trips =
        request.trips(settings).map(next).or_else(|| Some(LoginTrips { secret: new_secret()?, count: 1 }));
    let Some(trips) = trips else { return (login, None) };
    if trips.count == FIRST_PROVEN_TRIP {
        login.query_pairs_mut().append_pair(protocol::parameter::TRIP, &trips.secret);
    }
    (login, Some(set_cookie::own(settings, protocol::cookie::TRIP, &trips.cookie(), MAX_PAUSE_SECONDS)))
}

#[expect(clippy::disallowed_methods, reason = "the one secret that a service makes itself")]
fn new_secret() -> Option<String> {
    let mut bytes = [0; 12];
    rand::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

fn is_secret(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

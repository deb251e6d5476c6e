//! Redirect loop detection: what proves that a browser comes back from the login.
//!
//! auth-service marks the address that it leads back to when a browser goes in circles. Anybody can
//! write the mark into a link, and can make a browser go to the login by links, too. So a browser
//! that goes there for the third time in a row takes a secret along, which it keeps in a cookie of
//! this host, and which auth-service puts beside the mark. Only who came back from that trip has
//! both.

use std::borrow::Cow;

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use url::Url;

use super::request::RequestInfo;
use super::{set_cookie, urls};
use crate::Settings;
use crate::cookie::{self, Candidates};
use crate::protocol;

/// The longest pause between two trips in a row, in seconds: as long as auth-service takes a second
/// one for the same loop. Whoever logs in by hand takes longer.
const SECONDS: i64 = 10;

/// The first trip of a row that takes the secret along. Those before it lead to `next` alone, as
/// those of people do.
const SUSPICIOUS: u32 = 3;

/// The trips in a row that this service has sent the browser on, as its cookie has them: the secret,
/// and how many there were; `secret.2`, and of one the secret alone.
struct Trips {
    secret: String,
    count: u32,
}

impl Trips {
    fn read(cookie: &str) -> Option<Self> {
        let (secret, count) = cookie.split_once('.').unwrap_or((cookie, "1"));
        let count = count.parse().ok().filter(|count| (1..=SUSPICIOUS).contains(count))?;
        is_secret(secret).then(|| Self { secret: secret.to_owned(), count })
    }

    fn cookie(&self) -> String {
        if self.count == 1 { self.secret.clone() } else { format!("{}.{}", self.secret, self.count) }
    }
}

impl RequestInfo<'_> {
    /// The trips on which this service has sent the browser just now. A cookie of this host alone: no
    /// link and no sibling can set it or read it.
    fn trips(&self, settings: &Settings) -> Option<Trips> {
        match cookie::candidates(self.cookies(), &settings.own_cookie(protocol::cookie::TRIP)) {
            Candidates::Few(values) if values.len() == 1 => Trips::read(values[0]),
            _ => None,
        }
    }

    /// Whether auth-service has led the browser back from such a trip, with the mark of a loop.
    pub(super) fn is_confirmed_loop(&self, settings: &Settings) -> bool {
        let brought = urls::parameter(self, protocol::parameter::LOOP_PROOF);
        let given = self.trips(settings).map(|trips| Cow::Owned(trips.secret));
        self.has_loop_marker() && brought.is_some() && brought == given
    }
}

/// Sends the browser on its trip to `login`: where that leads, and the line that remembers it.
/// Without randomness there is no proof, and auth-service ends a loop by itself.
pub(super) fn begin(request: &RequestInfo<'_>, settings: &Settings, mut login: Url) -> (Url, Option<String>) {
    let next = |before: Trips| Trips { count: SUSPICIOUS.min(before.count + 1), ..before };
    let trips = request.trips(settings).map(next).or_else(|| Some(Trips { secret: new_secret()?, count: 1 }));
    let Some(trips) = trips else { return (login, None) };
    if trips.count == SUSPICIOUS {
        login.query_pairs_mut().append_pair(protocol::parameter::TRIP, &trips.secret);
    }
    (login, Some(set_cookie::own(settings, protocol::cookie::TRIP, &trips.cookie(), SECONDS)))
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

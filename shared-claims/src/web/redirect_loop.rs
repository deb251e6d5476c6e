//! Redirect loop detection: what proves that a browser comes back from the login.
//!
//! auth-service marks the address that it leads back to when a browser goes in circles. Anybody can
//! write the mark into a link, and can make a browser go to the login by links, too. So a browser
//! that goes there again within a minute takes a secret along, which it keeps in a cookie of this
//! host, and which auth-service puts beside the mark. Only who came back from that trip has both.

use std::borrow::Cow;

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use url::Url;

use super::request::RequestInfo;
use super::{set_cookie, urls};
use crate::Settings;
use crate::cookie::{self, Candidates};
use crate::protocol;

/// A loop takes seconds; whoever logs in by hand takes longer.
const SECONDS: i64 = 60;

impl RequestInfo<'_> {
    /// The secret of the trips on which this service has sent the browser in the last minute. A
    /// cookie of this host alone: no link and no sibling can set it or read it.
    fn loop_secret(&self, settings: &Settings) -> Option<String> {
        match cookie::candidates(self.cookies(), &settings.own_cookie(protocol::cookie::TRIP)) {
            Candidates::Few(values) if values.len() == 1 && is_secret(values[0]) => {
                Some(values[0].to_owned())
            }
            _ => None,
        }
    }

    /// Whether auth-service has led the browser back from such a trip, with the mark of a loop.
    pub(super) fn is_confirmed_loop(&self, settings: &Settings) -> bool {
        let brought = urls::parameter(self, protocol::parameter::LOOP_PROOF);
        self.has_loop_marker() && brought.is_some() && brought == self.loop_secret(settings).map(Cow::Owned)
    }
}

/// Sends the browser on its trip to `login`: where that leads, and the line that remembers it. A
/// first trip takes nothing along, so that addresses stay short. Without randomness there is no
/// proof, and auth-service ends a loop by itself.
pub(super) fn begin(request: &RequestInfo<'_>, settings: &Settings, mut login: Url) -> (Url, Option<String>) {
    let before = request.loop_secret(settings);
    if let Some(secret) = &before {
        login.query_pairs_mut().append_pair(protocol::parameter::TRIP, secret);
    }
    let secret = before.or_else(new_secret);
    (login, secret.map(|secret| set_cookie::own(settings, protocol::cookie::TRIP, &secret, SECONDS)))
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

//! Redirect loops: a service that refuses every token sends the browser to the login, which renews
//! and sends it back.
//!
//! A loop is fast, and always leads to the same address. So a cookie of this host stores the last
//! target and the number of redirects to it. From the third redirect on, the address gets a
//! parameter to which `shared-claims` responds with a page that names the cause. For a service that
//! does not know the parameter, the login stops after the sixth redirect.
//!
//! A person who repeatedly clicks a link looks the same until then. But only a browser that was
//! sent to the address with the parameter returns with it, so a service is never blamed without
//! that.

use std::time::Duration;

use aws_lc_rs::digest;
use shared_claims::internal::remove_parameters;
use shared_claims::protocol::parameter;
use url::Url;

use super::query::LoginQuery;
use crate::db::types::Timestamp;
use crate::http::Next;

/// From this count on, the address carries the marker for the service.
const FIRST_MARKED_REDIRECT: u32 = 3;

/// From this count on, the browser is no longer redirected.
const MAX_REDIRECTS: u32 = 6;

/// A return after a longer pause is no loop.
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// A redirect back to a service: its target, its number in the series, and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RedirectCount {
    target: Url,
    proof: Option<String>,
    count: u32,
    at: i64,
}

/// Where to send the browser: on, or to the loop page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RedirectDecision {
    Continue(String),
    /// The host that does not accept the login.
    Loop(String),
}

impl RedirectCount {
    /// The redirect about to be sent; its counter continues the one in the cookie `last`. `None`
    /// for a path on our own host, which does not use the tokens.
    ///
    /// Tokens that live only seconds, as in tests, are often renewed without being refused. So the
    /// pause that counts as a loop is at most half of their lifetime.
    ///
    /// The service may report that the browser came with our parameter and was not logged in, and
    /// may attach a value of its own.
    pub fn to(
        next: &Next,
        query: &LoginQuery,
        own: &Url,
        last: Option<&str>,
        token_life: Duration,
        now: Timestamp,
    ) -> Option<Self> {
        let mut target = next.url().clone();
        if target.origin() == own.origin() {
            return None;
        }
        let was_there = forget_marker(&mut target) || query.is_refused;
        let at = now.unix_seconds();
        let pause = i64::try_from(MAX_PAUSE.min(token_life / 2).as_secs()).unwrap_or(0);
        let before = last.and_then(read);
        let goes_on = before
            .filter(|(_, place, then)| {
                *place == fingerprint(&target) && (0..=pause).contains(&at.saturating_sub(*then))
            })
            .map_or(0, |(count, ..)| count);
        // Without the marker, further clicks do not raise the count beyond this.
        let goes_on = if was_there { goes_on } else { goes_on.min(FIRST_MARKED_REDIRECT - 1) };
        Some(Self { target, proof: query.trip.clone(), count: goes_on.saturating_add(1), at })
    }

    /// Decides where to send the browser.
    pub fn decide(&self) -> RedirectDecision {
        if self.count >= MAX_REDIRECTS {
            let origin = self.target.origin().ascii_serialization();
            return RedirectDecision::Loop(origin.split("://").last().unwrap_or_default().to_owned());
        }
        let mut target = self.target.clone();
        if self.count >= FIRST_MARKED_REDIRECT {
            target.query_pairs_mut().append_pair(parameter::LOOP, &self.count.to_string());
            if let Some(proof) = &self.proof {
                target.query_pairs_mut().append_pair(parameter::LOOP_PROOF, proof);
            }
        }
        RedirectDecision::Continue(target.into())
    }

    /// The cookie with the count, and its lifetime.
    pub fn cookie(&self) -> (String, Duration) {
        (format!("{}.{}.{}", self.count, fingerprint(&self.target), self.at), MAX_PAUSE)
    }
}

/// Removes our own parameters, which a service that does not know them leaves in its address.
/// Returns whether the marker was present.
fn forget_marker(url: &mut Url) -> bool {
    let was_there = remove_parameters(url, &[parameter::LOOP]);
    remove_parameters(url, &[parameter::LOOP_PROOF]);
    was_there
}

/// Identifies an address without revealing it.
fn fingerprint(url: &Url) -> String {
    hex::encode(&digest::digest(&digest::SHA256, url.as_str().as_bytes()).as_ref()[..12])
}

fn read(text: &str) -> Option<(u32, String, i64)> {
    let mut parts = text.split('.');
    let (count, place, at) = (parts.next()?, parts.next()?, parts.next()?);
    Some((count.parse().ok()?, place.to_owned(), at.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trip(target: &str, count: u32) -> RedirectCount {
        let mut target = Url::parse(target).unwrap();
        forget_marker(&mut target);
        RedirectCount { target, proof: None, count, at: 0 }
    }

    #[test]
    fn the_third_trip_is_marked_and_the_sixth_is_the_last() {
        let to = "https://shop.example.org/a?b=%20c&d";
        assert_eq!(trip(to, 1).decide(), RedirectDecision::Continue(to.to_owned()));
        assert_eq!(trip(to, 2).decide(), RedirectDecision::Continue(to.to_owned()));
        assert_eq!(trip(to, 3).decide(), RedirectDecision::Continue(format!("{to}&sso_loop=3")));
        assert_eq!(
            trip(&format!("{to}&sso_loop=3"), 4).decide(),
            RedirectDecision::Continue(format!("{to}&sso_loop=4"))
        );
        let bare = "https://shop.example.org/";
        assert_eq!(
            trip(&format!("{bare}?sso_loop=4"), 5).decide(),
            RedirectDecision::Continue(format!("{bare}?sso_loop=5"))
        );
        assert_eq!(trip(to, 6).decide(), RedirectDecision::Loop("shop.example.org".to_owned()));
    }

    #[test]
    fn what_was_given_along_comes_back_beside_the_mark_alone() {
        let to = "https://shop.example.org/a?sso_trip=old&b";
        let given = |count| RedirectCount { proof: Some("aB3".to_owned()), ..trip(to, count) };
        assert_eq!(given(2).decide(), RedirectDecision::Continue("https://shop.example.org/a?b".to_owned()));
        assert_eq!(
            given(3).decide(),
            RedirectDecision::Continue("https://shop.example.org/a?b&sso_loop=3&sso_trip=aB3".to_owned())
        );
    }

    #[test]
    fn what_is_no_memory_of_a_trip_is_none() {
        for text in ["", "1", "1.a", "x.a.1", "1.a.x", "-1.a.1"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("2.abc.17"), Some((2, "abc".to_owned(), 17)));
    }
}

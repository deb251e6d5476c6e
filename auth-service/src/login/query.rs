//! The query of `GET /login`.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use shared_claims::protocol::parameter;
use url::form_urlencoded;

use crate::db::types::Timestamp;
use crate::sessions::Session;

/// The query, unchecked. A parameter that is repeated or invalid counts as absent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LoginQuery {
    pub next: Option<String>,
    /// `silent=1`: never show the form.
    pub is_silent: bool,
    /// `refused=1`: the browser came to `next` with the loop marker, and the service accepted no
    /// login.
    pub is_refused: bool,
    /// `trip=`: the service's name for this round trip, which is returned together with the loop
    /// marker.
    pub trip: Option<String>,
    /// `max_age`: the maximum time since the user gave the password.
    max_age: Option<Duration>,
}

impl LoginQuery {
    fn parse(query: &str) -> Self {
        let only = |name: &str| {
            let mut values = form_urlencoded::parse(query.as_bytes())
                .filter(|(key, _)| key == name)
                .map(|(_, value)| value);
            let first = values.next();
            first.filter(|_| values.next().is_none())
        };
        Self {
            next: only(parameter::NEXT).map(|next| next.into_owned()),
            is_silent: only(parameter::SILENT).is_some_and(|value| value == "1"),
            is_refused: only(parameter::REFUSED).is_some_and(|value| value == "1"),
            trip: only(parameter::TRIP).filter(|trip| is_name(trip)).map(|trip| trip.into_owned()),
            max_age: only(parameter::MAX_AGE)
                .and_then(|value| value.parse::<u32>().ok())
                .map(|seconds| Duration::from_secs(u64::from(seconds))),
        }
    }

    /// Whether the form was asked for to confirm a login.
    pub fn asks_for_confirmation(&self) -> bool {
        self.max_age.is_some()
    }

    /// Whether the requesting service requires the password again.
    pub fn needs_reauthentication(&self, session: &Session, now: Timestamp) -> bool {
        self.max_age.is_some_and(|max_age| !session.was_authenticated_within(max_age, now))
    }
}

/// Whether the text is short and needs no escaping anywhere.
fn is_name(trip: &str) -> bool {
    (1..=64).contains(&trip.len())
        && trip.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

impl FromRequest for LoginQuery {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::parse(request.query_string())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_and_what_means_nothing_is_none() {
        let read = LoginQuery::parse;
        assert_eq!(read(""), LoginQuery::default());
        let query = read("next=%2Fa%3Fb&silent=1&max_age=600&x=y");
        assert_eq!((query.next.as_deref(), query.is_silent), (Some("/a?b"), true));
        assert_eq!(query.max_age, Some(Duration::from_secs(600)));
        assert_eq!(read("trip=aB_-9").trip.as_deref(), Some("aB_-9"));
        assert_eq!(read(&format!("trip={}", "x".repeat(65))), LoginQuery::default());
        for nothing in [
            "silent=0",
            "silent=",
            "silent=1&silent=1",
            "max_age=-1",
            "max_age=x",
            "max_age=99999999999",
            "next=/a&next=/b",
            "trip=",
            "trip=a%26b",
            "trip=a&trip=a",
        ] {
            assert_eq!(read(nothing), LoginQuery::default(), "{nothing}");
        }
    }
}

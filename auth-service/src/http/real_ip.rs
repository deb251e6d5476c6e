//! Real IP: the client's address behind trusted proxies (`X-Forwarded-For`), and its user agent.

use std::borrow::Cow;
use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use shared_claims::server::Peer;

use crate::audit::RequestContext;
use crate::clock::Clock;
use crate::config::TrustedProxies;
use crate::error::Error;
use crate::http::RequestId;

/// The client's address, behind the trusted proxies.
pub(super) fn address(proxies: &TrustedProxies, request: &HttpRequest) -> Option<IpAddr> {
    let (peer, headers) = (Peer::of(request)?, request.headers());
    // Proxies append to the client's header on the same line, so invalid bytes in the client's part
    // must not hide the rest.
    let forwarded: Vec<Cow<str>> =
        headers.get_all("x-forwarded-for").map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    proxies.client(peer, forwarded.iter().map(|line| &**line))
}

impl FromRequest for RequestContext {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(proxies) = request.app_data::<web::Data<TrustedProxies>>() else {
            return ready(Err(Error::internal("TrustedProxies are not registered")));
        };
        let Some(clock) = request.app_data::<web::Data<Clock>>() else {
            return ready(Err(Error::internal("the Clock is not registered")));
        };
        let address = address(proxies, request);
        let user_agent =
            request.headers().get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let id = request.extensions().get::<RequestId>().map(|id| id.uuid());
        ready(Ok(RequestContext::person(address, user_agent.as_deref(), id, clock)))
    }
}

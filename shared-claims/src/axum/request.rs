//! Conversion of axum's requests.

use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, Method};

use crate::SharedLogin;
use crate::web::{Lookup, RequestInfo, Served};

impl Lookup for HeaderMap {
    fn all(&self, name: &'static str) -> Vec<&[u8]> {
        self.get_all(name).iter().map(|value| value.as_bytes()).collect()
    }
}

/// What the layer stores in the request for the extractors. It has the original target, because a
/// nested router changes the request's own.
#[derive(Clone)]
pub(super) struct Registered {
    pub(super) login: SharedLogin,
    pub(super) target: Option<PathAndQuery>,
    pub(super) served: Served,
}

impl Registered {
    pub(super) fn info<'r>(&'r self, parts: &'r Parts) -> RequestInfo<'r> {
        request_info(&parts.method, self.target.as_ref(), &parts.headers)
    }
}

pub(super) fn request_info<'r>(
    method: &'r Method,
    target: Option<&'r PathAndQuery>,
    headers: &'r HeaderMap,
) -> RequestInfo<'r> {
    RequestInfo::new(method.as_str(), target.map_or("/", PathAndQuery::as_str), headers)
}

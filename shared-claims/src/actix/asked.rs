//! Requests of actix as the edge sees them.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;

use crate::edge::{Asked, Lookup};

impl Lookup for HeaderMap {
    fn all(&self, name: &'static str) -> Vec<&[u8]> {
        self.get_all(name).map(|value| value.as_bytes()).collect()
    }
}

pub(super) fn asked(req: &HttpRequest) -> Asked<'_> {
    let target = req.uri().path_and_query().map_or("/", |p| p.as_str());
    Asked::new(req.method().as_str(), target, req.headers())
}

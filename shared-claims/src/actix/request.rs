//! Conversion of actix's requests.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;

use crate::web::{Lookup, RequestInfo};

impl Lookup for HeaderMap {
    fn all(&self, name: &'static str) -> Vec<&[u8]> {
        self.get_all(name).map(|value| value.as_bytes()).collect()
    }
}

pub(super) fn request_info(req: &HttpRequest) -> RequestInfo<'_> {
    let target = req.uri().path_and_query().map_or("/", |p| p.as_str());
    RequestInfo::new(req.method().as_str(), target, req.headers())
}

//! Redirects.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;

/// `303 See Other`: the next request is always a GET (RFC 9110, 15.4.4; RFC 9700, 4.12). `location`
/// must be absolute.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::SEE_OTHER).insert_header((LOCATION, location)).finish()
}

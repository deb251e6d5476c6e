//! Long redirects: those whose head is too long for the proxy in front become pages that lead on.
//!
//! nginx keeps the head of an answer in 4 KB unless it is told otherwise (`proxy_buffer_size`), and
//! answers `502` for a longer one. The tokens of somebody with many roles and a long address come
//! to more. A page has room for the address. A proxy that asks `/auth/verify` gets none: it gets no
//! tokens either.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, LOCATION};
use actix_web::middleware::Next;
use actix_web::web;
use serde::Serialize;

use crate::pages::Pages;
use crate::pages::error_pages::in_place_of;
use crate::pages::{Layout, Page};

/// Where proxies ask whether to let a request through. To them any `2xx` is a yes, so a page would
/// let everybody in.
const ASKED_BY_PROXIES: &str = "/auth/verify";

/// What fits, less what the HTTP library adds: status line, date, length, connection.
const MAX_HEAD_BYTES: usize = 4096 - 160;

/// `templates/onward.html`: goes on by itself, or by its link.
#[derive(Debug, Serialize)]
pub struct LongRedirectPage {
    address: String,
}

impl Page for LongRedirectPage {
    const TEMPLATE: &'static str = "onward.html";

    fn samples() -> Vec<Self> {
        vec![Self { address: "https://shop.example.org/?a=1&b=2".to_owned() }]
    }
}

/// Middleware: makes a page of a redirect that proxies would refuse.
pub async fn fit(
    pages: web::Data<Pages>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let mut response = next.call(request).await?.map_into_boxed_body();
    // By the route, whatever spelling of its path was asked for.
    if response.request().match_pattern().as_deref() == Some(ASKED_BY_PROXIES) {
        return Ok(response);
    }
    let address = response.headers().get(LOCATION).and_then(|address| address.to_str().ok());
    let Some(address) = address.filter(|_| bytes(response.headers()) > MAX_HEAD_BYTES).map(str::to_owned)
    else {
        return Ok(response);
    };
    let shell = Layout::bare(response.request());
    match pages.answer(StatusCode::OK, &shell, &LongRedirectPage { address }) {
        Ok(page) => {
            response.headers_mut().remove(LOCATION);
            Ok(in_place_of(response, page))
        }
        Err(error) => {
            tracing::error!(cause = ?error.cause().map(ToString::to_string), "the page that leads on cannot be drawn");
            Ok(response)
        }
    }
}

fn bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum()
}

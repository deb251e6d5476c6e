//! Long redirects: if the response head is too long for the proxy in front, a page replaces the
//! redirect.
//!
//! nginx accepts response heads of 4 KB by default (`proxy_buffer_size`), and answers `502` to a
//! longer one. The tokens of a user with many roles and a long address exceed that. The page
//! carries the address in its body instead. Responses to `/auth/verify` stay redirects: they carry
//! no tokens.

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

/// The route at which proxies ask whether to let a request through. A proxy takes any `2xx` as
/// permission, so a page here would let everyone in.
const ASKED_BY_PROXIES: &str = "/auth/verify";

/// The limit for our headers: 4 KB minus what the HTTP library adds (status line, date, length,
/// connection).
const MAX_HEAD_BYTES: usize = 4096 - 160;

/// `templates/onward.html`: forwards the browser automatically, or by its link.
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

/// Middleware: replaces a redirect that proxies would refuse by a page.
pub async fn fit(
    pages: web::Data<Pages>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let mut response = next.call(request).await?.map_into_boxed_body();
    // Compare the route, because a path can be spelled in several ways.
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

//! Handler that serves `sso.js`.

use actix_web::{HttpRequest, HttpResponse};

use super::request::request_info;
use super::response::response;
use crate::web;

/// Serves `sso.js`, which renews the login under the scripts of your pages: `.route("/sso.js",
/// web::get().to(shared_claims::actix::script))`, and `<script src="/sso.js" defer></script>`.
///
/// Its `sso.fetch` takes what `fetch` takes. Where the answer is a `401` with a `renew_url`, it
/// renews by that, once for all tabs, and asks again, once. Requests of htmx and Turbo are treated
/// alike. With the attribute `data-go-to-login` on its element it leaves for the login when the
/// session is over. The pages need `script-src 'self'; connect-src 'self' <AUTH_URL>` of their
/// policy, no more.
pub async fn script(req: HttpRequest) -> HttpResponse {
    response(web::script(&request_info(&req)))
}

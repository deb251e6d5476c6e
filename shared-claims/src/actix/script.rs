//! Handler that serves `sso.js`.

use actix_web::{HttpRequest, HttpResponse};

use super::request::request_info;
use super::response::response;
use crate::web;

/// Serves `sso.js`, which renews the login for the scripts of your pages.
///
/// Register it as `.route("/sso.js", web::get().to(shared_claims::actix::script))`, and load it by
/// `<script src="/sso.js" defer></script>`.
///
/// Its `sso.fetch` takes what `fetch` takes. On a `401` with a `renew_url` it renews the login
/// there, once for all tabs, and sends the request again, once. Requests of htmx and Turbo are
/// handled in the same way. With the attribute `data-go-to-login` on its element it opens the login
/// when the session is over. The pages' content security policy must allow `script-src 'self';
/// connect-src 'self' <AUTH_URL>`.
pub async fn script(req: HttpRequest) -> HttpResponse {
    response(web::script(&request_info(&req)))
}

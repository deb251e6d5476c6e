//! The answers to requests that go no further. None tells why a token was refused.

use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde_json::json;
use url::Url;

use super::asked::{self, Kind, Sender};
use super::body::SharedBody;
use super::page;
use crate::SharedLogin;

/// The query that asks to clear conflicting cookies.
const CLEAR: &str = "sso_clear";
const RETRY_AFTER_SECONDS: u32 = 5;

/// Not logged in: to the login and back, or a page that keeps the form, or a problem for scripts.
pub(super) async fn log_in(
    req: &HttpRequest,
    login: &SharedLogin,
    body: Option<SharedBody>,
) -> actix_web::Error {
    match asked::kind(req) {
        Kind::Navigation => to_login(StatusCode::SEE_OTHER, login, &asked::this_page(req, login)),
        Kind::PostedForm => {
            // Logging in leads back to the page with the form; the address itself may know no GET.
            let next = asked::own_referer(req, login).unwrap_or_else(|| login.page_url("/"));
            let login_url = login.login_url(Some(&next));
            let form = match body {
                Some(body) => body.read().await,
                None => None,
            };
            let html = page::send_again(&asked::this_page(req, login), &login_url, form.as_deref());
            let mut answer = base(StatusCode::UNAUTHORIZED);
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            finish(page::respond(answer, login, html))
        }
        Kind::Other => {
            // A script's own address is no page to come back to; the page it runs on is.
            let next = asked::own_referer(req, login).unwrap_or_else(|| login.page_url("/"));
            let mut answer = base(StatusCode::UNAUTHORIZED);
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            finish(problem(
                answer,
                "login_required",
                "Log in first",
                "This needs a login: send the person to login_url.",
                Some((login, &next)),
            ))
        }
    }
}

/// Logged in, without the right.
pub(super) fn forbidden(req: &HttpRequest, login: &SharedLogin) -> actix_web::Error {
    let answer = base(StatusCode::FORBIDDEN);
    let detail = "You are logged in, but your account may not use this.";
    finish(match asked::wants_page(req) {
        true => page::respond(answer, login, page::forbidden(login)),
        false => problem(answer, "forbidden", "Not for this account", detail, None),
    })
}

/// Cookies of two people: a page that explains and offers to clear them, or the clearing itself.
pub(super) fn conflict(req: &HttpRequest, login: &SharedLogin) -> actix_web::Error {
    let asked_for = asked::this_page(req, login);
    if asked_for.query_pairs().any(|(name, value)| name == CLEAR && value == "1")
        && asked::kind(req) == Kind::Navigation
        && asked::is_same_origin(req.headers())
    {
        return cleared(login, &without_clear(&asked_for));
    }
    let answer = base(StatusCode::CONFLICT);
    let detail = "The browser sent login cookies of different accounts. Clear the cookies of this domain and log in again.";
    finish(match asked::wants_page(req) {
        true => page::respond(answer, login, page::conflict(&without_clear(&asked_for), CLEAR)),
        false => problem(answer, "cookie_conflict", "Conflicting cookies", detail, Some((login, &asked_for))),
    })
}

/// No keys yet. A redirect to the login would come back at once, and go in circles.
pub(super) fn no_keys(req: &HttpRequest, login: &SharedLogin) -> actix_web::Error {
    let mut answer = base(StatusCode::SERVICE_UNAVAILABLE);
    answer.insert_header((header::RETRY_AFTER, RETRY_AFTER_SECONDS));
    let detail = "Logins cannot be checked at the moment. Try again in a few seconds.";
    finish(match asked::wants_page(req) {
        true => page::respond(answer, login, page::no_keys()),
        false => problem(answer, "keys_unavailable", "Try again shortly", detail, None),
    })
}

/// A change asked for by another site.
pub(super) fn cross_site(req: &HttpRequest, login: &SharedLogin, sender: Sender) -> actix_web::Error {
    tracing::info!(?sender, method = %req.method(), "refused: a change not asked for by our own page");
    let answer = base(StatusCode::FORBIDDEN);
    let detail = "This was not sent by a page of this service. Open the page itself and try again.";
    finish(match asked::wants_page(req) {
        true => page::respond(answer, login, page::cross_site(login)),
        false => problem(answer, "cross_site_request", "Sent from elsewhere", detail, None),
    })
}

/// The developer forgot something; the log says what.
pub(super) fn not_registered() -> actix_web::Error {
    tracing::error!(
        "no SharedLogin registered: add .app_data(web::Data::new(login)) to the App, with login = SharedLogin::from_env()?"
    );
    let answer = base(StatusCode::INTERNAL_SERVER_ERROR);
    finish(problem(
        answer,
        "internal_error",
        "Internal error",
        "This service is not set up completely.",
        None,
    ))
}

fn to_login(status: StatusCode, login: &SharedLogin, next: &Url) -> actix_web::Error {
    let mut answer = base(status);
    answer.insert_header((header::LOCATION, login.login_url(Some(next)).as_str()));
    finish(answer.finish())
}

/// Clears the cookies of the whole domain (RFC 6265bis, section 8.6, knows no way to tell the planted one), and, for
/// browsers without `Clear-Site-Data`, those of the access name where auth-service puts them.
fn cleared(login: &SharedLogin, next: &Url) -> actix_web::Error {
    let settings = login.settings();
    let mut answer = base(StatusCode::SEE_OTHER);
    answer.insert_header((HeaderName::from_static("clear-site-data"), "\"cookies\""));
    for domain in [String::new(), format!("; Domain={}", settings.cookie_domain())] {
        let expired =
            format!("{}={domain}; Path=/; Max-Age=0; HttpOnly; SameSite=Lax", settings.access_cookie());
        let secure = if settings.access_cookie().starts_with("__Secure-") { "; Secure" } else { "" };
        answer.append_header((header::SET_COOKIE, format!("{expired}{secure}")));
    }
    answer.insert_header((header::LOCATION, login.login_url(Some(next)).as_str()));
    finish(answer.finish())
}

fn without_clear(url: &Url) -> Url {
    let mut clean = url.clone();
    let kept: Vec<_> = url.query_pairs().filter(|(name, _)| name != CLEAR).collect();
    if kept.len() == url.query_pairs().count() {
        return clean;
    }
    clean.set_query(None);
    if !kept.is_empty() {
        clean.query_pairs_mut().extend_pairs(kept);
    }
    clean
}

/// What all these answers have in common: they depend on who asks and how, and are not to be kept.
fn base(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((
            header::VARY,
            "Accept, Cookie, Origin, Sec-Fetch-Dest, Sec-Fetch-Mode, Sec-Fetch-Site",
        ))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // Not no-referrer: pages with that post their forms with "Origin: null".
        .insert_header((header::REFERRER_POLICY, "same-origin"));
    answer
}

/// RFC 9457, with `code` for programs.
fn problem(
    mut answer: HttpResponseBuilder,
    code: &str,
    title: &str,
    detail: &str,
    back_to: Option<(&SharedLogin, &Url)>,
) -> HttpResponse {
    let mut answer_with = answer.finish();
    let mut problem = json!({
        "type": "about:blank", "title": title, "status": answer_with.status().as_u16(), "detail": detail, "code": code,
    });
    if let Some((login, next)) = back_to {
        problem["login_url"] = login.login_url(Some(next)).as_str().into();
        problem["renew_url"] = login.renew_url().as_str().into();
    }
    answer_with
        .headers_mut()
        .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/problem+json"));
    answer_with.set_body(problem.to_string()).map_into_boxed_body()
}

fn finish(answer: HttpResponse) -> actix_web::Error {
    InternalError::from_response("no valid login for this request", answer).into()
}

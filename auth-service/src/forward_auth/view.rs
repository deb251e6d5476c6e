//! Request handlers of `/auth/verify`.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    AUTHORIZATION, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, WWW_AUTHENTICATE,
};
use actix_web::{HttpRequest, HttpResponse, web};
use shared_claims::protocol::{code, path};
use shared_claims::web::NO_BEARER;
use shared_claims::{Claims, Verifier};

use super::forwarded::Forwarded;
use super::log_in_first::LogInFirstPage;
use super::question::{BadQuestion, Question};
use super::refused::Refusal;
use super::websocket;
use crate::app::App;
use crate::error::Error;
use crate::http::cookie_header::feature_cookie;
use crate::http::{Next, see_other};
use crate::pages::{Layout, Problem};

/// `200` with the user in `X-Auth-User`, `X-Auth-Email` and `X-Auth-Roles`. `403` for a missing
/// role, and for a WebSocket that another site opens. Without a login, `303` to the login and back
/// if a person opens a page and the proxy passes redirects on, otherwise `401`.
pub async fn verify(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let forwarded = Forwarded::read(&request, &app.config.trusted_proxies);
    let question = match Question::parse(request.query_string()) {
        Ok(question) => question,
        Err(problem) => return Ok(misasked(problem, forwarded.is_some())),
    };
    // This many cookies of the name are an attack.
    let who = match feature_cookie(&request, &app.cookies.names.access) {
        Some(tokens) => identify(&app, &tokens).await?,
        None => Who::TwoPeople,
    };
    let refusal = match who {
        Who::Nobody => return nobody(&app, &request, forwarded),
        Who::TwoPeople => Refusal::TwoPeople,
        Who::Known(_) if websocket::is_forged(&request, forwarded.as_ref(), &app.config.auth_url) => {
            tracing::info!("refused at a proxy: a WebSocket that no page of the service itself opens");
            Refusal::OtherSite
        }
        Who::Known(claims) => match question.lacking(&claims.roles) {
            None => return Ok(known(&claims, &question)),
            Some(role) => {
                tracing::info!(user = %claims.user_uuid, role, "refused at a proxy: the account lacks a role");
                Refusal::MissingRole
            }
        },
    };
    refusal.answer(&app, &request, forwarded.is_some_and(|forwarded| forwarded.is_by_a_person))
}

/// A redirect to the login and back, or `401` with the login's address.
fn nobody(app: &App, request: &HttpRequest, forwarded: Option<Forwarded>) -> Result<HttpResponse, Error> {
    let mut addresses = forwarded.iter().flat_map(|forwarded| &forwarded.addresses);
    let next = addresses.find_map(|address| app.destinations.next(Some(address)));
    let login_url = app.config.auth_url.join(&Next::carried_by(next.as_ref(), path::LOGIN));
    let Some(forwarded) = forwarded else { return Ok(unknown(request, &login_url)) };
    if forwarded.is_navigation && forwarded.passes_redirects && next.is_some() {
        return Ok(see_other(&login_url));
    }
    let mut answer = match forwarded.is_navigation && forwarded.prefers_html {
        true => log_in_first(app, request, &login_url)?,
        false => unknown(request, &login_url),
    };
    // With this header nginx redirects a person to the login. Scripts are not redirected, so they
    // get no such header.
    if forwarded.is_navigation
        && let Ok(login_url) = HeaderValue::from_str(&login_url)
    {
        answer.headers_mut().insert(HeaderName::from_static("x-auth-login"), login_url);
    }
    Ok(answer)
}

/// A page for a person who opens the address in a tab.
fn log_in_first(app: &App, request: &HttpRequest, login_url: &str) -> Result<HttpResponse, Error> {
    let page = LogInFirstPage::new(login_url.to_owned());
    let mut answer = app.pages.answer(StatusCode::UNAUTHORIZED, &Layout::bare(request), &page)?;
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, app.policy.for_pages_elsewhere());
    // RFC 9110, 15.5.2 requires a challenge.
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    Ok(answer)
}

/// The user named by the cookies.
enum Who {
    Known(Box<Claims>),
    Nobody,
    /// Two different users; as at every service, neither is accepted.
    TwoPeople,
}

async fn identify(app: &App, tokens: &[String]) -> Result<Who, Error> {
    if tokens.is_empty() {
        return Ok(Who::Nobody);
    }
    let now = app.clock.estimate();
    let keys = app.keyring.published().await;
    let verifier = Verifier::new(app.config.auth_url.origin(), app.config.cookie_domain.as_str());
    let judge = |token: &String| verifier.verify_at(token, keys.verifying(), now.unix_seconds());
    let people: Vec<Claims> = tokens.iter().filter_map(|token| judge(token).ok()).collect();
    let is_one = people.windows(2).all(|pair| pair[0].sub == pair[1].sub);
    // Of one user's tokens, use the newest: older ones may contain rights that were revoked.
    Ok(match people.into_iter().max_by_key(|claims| claims.iat) {
        None => Who::Nobody,
        Some(latest) if is_one => Who::Known(Box::new(latest)),
        Some(_) => Who::TwoPeople,
    })
}

/// Anyone can register with an unverified address, so it is returned only if the proxy asks for it.
fn known(claims: &Claims, question: &Question) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header(("x-auth-user", claims.user_uuid.to_string()))
        .insert_header(("x-auth-roles", claims.roles.join(",")))
        .insert_header(("x-auth-email-verified", claims.user_email_verified.to_string()));
    // An address may contain non-ASCII letters, which a header can carry as UTF-8 bytes.
    if (claims.user_email_verified || question.wants_any_email)
        && let Ok(email) = HeaderValue::from_bytes(claims.user_email.as_bytes())
    {
        answer.insert_header(("x-auth-email", email));
    }
    answer.finish()
}

/// `400`, which no proxy takes for permission or for a statement about the user. Access is denied,
/// and the author of the configuration can read the reason. Only a trusted proxy causes a warning
/// in the log, because strangers can send bad queries too.
fn misasked(problem: BadQuestion, by_a_proxy_of_ours: bool) -> HttpResponse {
    if by_a_proxy_of_ours {
        tracing::warn!(%problem, "a proxy asks /auth/verify what it does not know, so nobody gets in there");
    }
    let detail = problem.to_string();
    Problem::new(StatusCode::BAD_REQUEST, "That cannot be asked", &detail, Some("bad_question")).answer()
}

fn unknown(request: &HttpRequest, login_url: &str) -> HttpResponse {
    let detail = match request.headers().contains_key(AUTHORIZATION) {
        true => NO_BEARER,
        false => "This needs a login: send the person to login_url.",
    };
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "Log in first", detail, Some(code::LOGIN_REQUIRED));
    problem.login_url(login_url).answer()
}

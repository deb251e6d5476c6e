//! Answers to `/auth/verify`.

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::{HttpRequest, HttpResponse, web};
use shared_claims::{Claims, Verifier};

use super::forwarded::Forwarded;
use crate::app::App;
use crate::error::Error;
use crate::text::Text;
use crate::web::cookie_guard::access_tokens;
use crate::web::{Next, Problem, see_other};

const TWO_PEOPLE: Text = Text::of("error-two-people");

/// `200` with who it is in `X-Auth-User`, `X-Auth-Email` and `X-Auth-Roles`; else `303` to the login and back for a
/// person in a tab, where the proxy passes that on, and `401` for everybody else.
pub async fn verify(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    // So many cookies of the name are somebody's doing.
    let who = match access_tokens(&request) {
        Some(tokens) => identify(&app, &tokens).await?,
        None => Who::TwoPeople,
    };
    match who {
        Who::Known(claims) => return Ok(known(&claims)),
        // The login would change nothing about it, and nginx takes no `409`.
        Who::TwoPeople => {
            return Err(Error::refuse(StatusCode::FORBIDDEN, TWO_PEOPLE).code("cookie_conflict"));
        }
        Who::Nobody => {}
    }
    let forwarded = Forwarded::read(&request, &app.config.trusted_proxies);
    let next = forwarded.as_ref().and_then(|forwarded| app.next(forwarded.address.as_deref()));
    let login_url = app.config.auth_url.join(&Next::carried_by(next.as_ref(), "/login"));
    match forwarded {
        Some(Forwarded { is_navigation: true, passes_redirects: true, .. }) if next.is_some() => {
            Ok(see_other(&login_url))
        }
        forwarded => Ok(unknown(&login_url, forwarded.is_some_and(|forwarded| forwarded.is_navigation))),
    }
}

/// Whom the cookies speak of.
enum Who {
    Known(Box<Claims>),
    Nobody,
    /// As at every service, neither of them.
    TwoPeople,
}

async fn identify(app: &App, tokens: &[String]) -> Result<Who, Error> {
    if tokens.is_empty() {
        return Ok(Who::Nobody);
    }
    let now = app.clock.now();
    let keys = app.keyring.current(now).await?;
    let verifier = Verifier::new(app.config.auth_url.origin(), app.config.cookie_domain.as_str());
    let judge = |token: &String| verifier.verify_at(token, keys.verifying(), now.unix_seconds());
    let people: Vec<Claims> = tokens.iter().filter_map(|token| judge(token).ok()).collect();
    let is_one = people.windows(2).all(|pair| pair[0].sub == pair[1].sub);
    // Of one person the token that was made last: an older one may have rights that were taken away.
    Ok(match people.into_iter().max_by_key(|claims| claims.iat) {
        None => Who::Nobody,
        Some(latest) if is_one => Who::Known(Box::new(latest)),
        Some(_) => Who::TwoPeople,
    })
}

fn known(claims: &Claims) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header(("x-auth-user", claims.user_uuid.to_string()))
        .insert_header(("x-auth-roles", claims.roles.join(",")));
    // An address may have letters beyond ASCII; as UTF-8 they are bytes that a header can carry.
    if let Ok(email) = HeaderValue::from_bytes(claims.user_email.as_bytes()) {
        answer.insert_header(("x-auth-email", email));
    }
    answer.finish()
}

/// nginx sends a person to `X-Auth-Login` itself, and scripts nowhere: then there is no such header.
fn unknown(login_url: &str, is_navigation: bool) -> HttpResponse {
    let detail = "This needs a login: send the person to login_url.";
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "Log in first", detail, Some("login_required"));
    let mut answer = problem.login_url(login_url).answer();
    if is_navigation && let Ok(login_url) = HeaderValue::from_str(login_url) {
        answer
            .headers_mut()
            .insert(actix_web::http::header::HeaderName::from_static("x-auth-login"), login_url);
    }
    answer
}

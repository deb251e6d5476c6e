//! The lifetime of the browser session's cookie: long after a login in this browser, otherwise a
//! day.
//!
//! The cookie then holds marks of accounts. They give their owners a place in the hash pool's queue
//! while unknown browsers flood it. actix-session gives all its cookies the same lifetime, so this
//! module sets the longer one.

use actix_web::body::MessageBody;
use actix_web::cookie::{Cookie, time};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use crate::http::Cookies;

/// The maximum for any cookie in browsers (rfc6265bis, 5.5). It exceeds the lifetime of every
/// session, because the marks serve people who must log in again.
const LIFETIME: time::Duration = time::Duration::days(400);

/// Marks a request whose browser holds account marks or receives one.
pub struct KnownBrowser;

/// Middleware: extends the lifetime of a known browser's cookie. It must wrap the session
/// middleware.
pub async fn keep(
    cookies: web::Data<Cookies>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut response = next.call(request).await?;
    let is_known = response.request().extensions().contains::<KnownBrowser>();
    if is_known {
        lengthen(response.headers_mut(), &cookies.names.browser);
    }
    Ok(response)
}

fn lengthen(headers: &mut HeaderMap, name: &str) {
    let lines: Vec<HeaderValue> = headers.remove(SET_COOKIE).collect();
    for line in lines {
        headers.append(SET_COOKIE, longer(&line, name).unwrap_or(line));
    }
}

/// The header with the longer lifetime; `None` for another cookie, and for one that is being
/// deleted.
fn longer(line: &HeaderValue, name: &str) -> Option<HeaderValue> {
    let mut cookie = Cookie::parse(line.to_str().ok()?).ok()?;
    if cookie.name() != name || cookie.max_age()?.is_zero() {
        return None;
    }
    cookie.set_max_age(LIFETIME);
    HeaderValue::from_str(&cookie.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// W2
    #[test]
    fn the_browser_cookie_alone_lives_longer_and_loses_nothing() {
        let mut headers = HeaderMap::new();
        let lines = [
            "__Host-sso_browser=a%2Bb%3D; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=86400",
            "__Host-sso_refresh=x; HttpOnly; Secure; Path=/; Max-Age=60",
            "__Host-sso_browser=; Path=/; Max-Age=0",
        ];
        for line in lines {
            headers.append(SET_COOKIE, HeaderValue::from_static(line));
        }
        lengthen(&mut headers, "__Host-sso_browser");
        let after: Vec<_> = headers.get_all(SET_COOKIE).map(|line| line.to_str().unwrap()).collect();
        assert_eq!(after[0], lines[0].replace("86400", "34560000"));
        assert_eq!(after[1..], lines[1..]);
    }
}

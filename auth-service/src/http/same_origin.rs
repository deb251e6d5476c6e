//! The same-origin check, the first defence against cross-site request forgery: changes must come
//! from one of our own pages.
//!
//! A sibling sub-domain is same-*site*, so its requests carry our cookies, but it is another
//! origin. Browsers name the source of a request in `Sec-Fetch-Site`, and older ones in `Origin`;
//! pages cannot set either. For clients that send neither header, the token of `CsrfForm` is the
//! second defence.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, ORIGIN};
use actix_web::middleware::Next;
use actix_web::web;

use super::RoutePolicies;
use crate::config::AuthUrl;
use crate::error::Error;
use crate::i18n::Message;

/// Middleware: refuses changes from other origins with `403` (ASVS 3.5.1).
pub async fn require(
    auth_url: web::Data<AuthUrl>,
    policies: web::Data<RoutePolicies>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if request.method().is_safe()
        || policies.of(request.path()).cross_origin
        || is_ours(request.headers(), &auth_url.origin())
    {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let refusal = Error::refuse(StatusCode::FORBIDDEN, Message::new("error-other-site"))
        .because("sent from another origin");
    Ok(request.error_response(refusal))
}

fn is_ours(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let fetch_site = text("sec-fetch-site");
    let from = text(ORIGIN.as_str());
    match (fetch_site, from) {
        // "none" means that the user started the request, for example by a reload.
        (Some("same-origin" | "none"), from) => from.is_none_or(|from| from == origin || from == "null"),
        (Some(_), _) => false,
        (None, Some(from)) => from == origin,
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn judge(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        is_ours(&headers, "https://auth.example.org")
    }

    /// X3, X4, X5
    #[test]
    fn only_our_own_pages_may_change_something() {
        assert!(judge(&[("sec-fetch-site", "same-origin"), ("origin", "https://auth.example.org")]));
        assert!(judge(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(judge(&[("sec-fetch-site", "none")]));
        assert!(judge(&[("origin", "https://auth.example.org")]));
        assert!(judge(&[]));
        assert!(!judge(&[("sec-fetch-site", "same-site"), ("origin", "https://auth.example.org")]));
        assert!(!judge(&[("sec-fetch-site", "cross-site")]));
        assert!(!judge(&[("sec-fetch-site", "Same-Origin")]));
        assert!(!judge(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example.org")]));
        assert!(!judge(&[("origin", "https://evil.example.org")]));
        assert!(!judge(&[("origin", "http://auth.example.org")]));
        assert!(!judge(&[("origin", "https://auth.example.org:8443")]));
        assert!(!judge(&[("origin", "null")]));
    }
}

//! Security headers on every response.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::web;

use crate::config::Config;

/// The values that depend on the settings, made once.
#[derive(Clone)]
pub struct SecurityPolicy {
    content_security: HeaderValue,
    /// The same for a page that pages of our services may frame.
    framed: HeaderValue,
    /// The same for a page that a proxy shows under the name of a service.
    elsewhere: HeaderValue,
    strict_transport: Option<HeaderValue>,
}

impl SecurityPolicy {
    /// # Panics
    /// Never: what the settings contribute are origins, which are ASCII.
    pub fn new(config: &Config) -> Self {
        // `form-action` names the services too: Chromium checks the redirect that answers a form.
        let services = config.allowed_origins.as_csp_sources();
        let policy = |form_action: &str, frame_ancestors: &str| {
            let policy = format!(
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action {form_action}; \
                 frame-ancestors {frame_ancestors}; base-uri 'none'; object-src 'none'"
            );
            HeaderValue::from_str(&policy).expect("origins are ASCII")
        };
        Self {
            content_security: policy(&format!("'self' {services}"), "'none'"),
            framed: policy("'none'", &format!("'self' {services}")),
            elsewhere: HeaderValue::from_str(&format!(
                "default-src 'none'; style-src {0}; img-src {0}; form-action 'none'; frame-ancestors 'none'; \
                 base-uri 'none'; object-src 'none'",
                config.auth_url.origin()
            ))
            .expect("origins are ASCII"),
            strict_transport: config
                .auth_url
                .is_https()
                .then(|| HeaderValue::from_static("max-age=31536000; includeSubDomains")),
        }
    }
}

impl SecurityPolicy {
    pub fn for_frames_of_ours(&self) -> HeaderValue {
        self.framed.clone()
    }

    pub fn for_pages_elsewhere(&self) -> HeaderValue {
        self.elsewhere.clone()
    }
}

/// Middleware: adds to every answer, errors included, what makes a browser careful (ASVS 3.4,
/// 14.3.2).
pub async fn add(
    policy: web::Data<SecurityPolicy>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    // The page that may be framed says so itself.
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, policy.content_security.clone());
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Not `no-referrer`: a page with that posts its forms with `Origin: null`.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        // A process of its own: siblings are the same site, which browsers may put into one.
        ("origin-agent-cluster", "?1"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    // The style sheet says otherwise: a proxy may show a page of ours under another name.
    let resources = HeaderName::from_static("cross-origin-resource-policy");
    if !headers.contains_key(&resources) {
        headers.insert(resources, HeaderValue::from_static("same-origin"));
    }
    if let Some(value) = &policy.strict_transport {
        headers.insert(STRICT_TRANSPORT_SECURITY, value.clone());
    }
    // Public responses set Cache-Control themselves.
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.append(
            VARY,
            HeaderValue::from_static(
                "Cookie, Accept, Accept-Language, Sec-Fetch-Site, Sec-Fetch-Mode, Sec-Fetch-Dest",
            ),
        );
    }
    Ok(response)
}

//! Security headers on every response.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};

use crate::config::Config;

/// The directive of a page that runs a script of ours. No answer of ours but our own files in
/// `static/` has the media type of a script, and `nosniff` keeps browsers from guessing.
const OUR_SCRIPTS: &str = "script-src 'self'; ";

/// Marks an answer as a page that runs a script of ours. Every other answer forbids scripts.
#[derive(Debug, Clone, Copy)]
pub struct RunsScript;

/// The header values that depend on the settings, computed once.
#[derive(Clone)]
pub struct SecurityPolicy {
    content_security: HeaderValue,
    /// The content security policy of a page that runs a script of ours.
    scripted: HeaderValue,
    /// The content security policy of a page that our services may frame.
    framed: HeaderValue,
    /// The content security policy of a page that a proxy shows under a service's host name.
    elsewhere: HeaderValue,
    strict_transport: Option<HeaderValue>,
}

impl SecurityPolicy {
    /// # Panics
    /// Never: the settings contribute only origins, which are ASCII.
    pub fn new(config: &Config) -> Self {
        // `form-action` includes the services, because Chromium also checks the redirect that
        // answers a form.
        let services = config.allowed_origins.as_csp_sources();
        let policy = |more: &str, form_action: &str, frame_ancestors: &str| {
            let policy = format!(
                "default-src 'none'; style-src 'self'; {more}img-src 'self'; form-action {form_action}; \
                 frame-ancestors {frame_ancestors}; base-uri 'none'; object-src 'none'"
            );
            HeaderValue::from_str(&policy).expect("origins are ASCII")
        };
        Self {
            content_security: policy("", &format!("'self' {services}"), "'none'"),
            scripted: policy(OUR_SCRIPTS, &format!("'self' {services}"), "'none'"),
            framed: policy(OUR_SCRIPTS, "'none'", &format!("'self' {services}")),
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

/// Keeps the address of a page out of every `Referer`, because it holds a secret.
pub fn hide_address(page: &mut HttpResponse) {
    page.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
}

/// Middleware: adds the security headers to every response, including errors (ASVS 3.4, 14.3.2).
pub async fn add(
    policy: web::Data<SecurityPolicy>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut response = next.call(request).await?;
    let runs_script = response.response().extensions().contains::<RunsScript>();
    let headers = response.headers_mut();
    // A page that may be framed sets its own policy.
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        let policy = if runs_script { &policy.scripted } else { &policy.content_security };
        headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // With `no-referrer`, a page would post its forms with `Origin: null`.
    if !headers.contains_key(REFERRER_POLICY) {
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    }
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        // Requests a separate process. Browsers may otherwise put siblings into one, because they
        // are the same site.
        ("origin-agent-cluster", "?1"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    // The style sheet sets its own value, because a proxy may show our pages under another host
    // name.
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

//! Security headers. A response that sets its own, such as a page of `shared_claims`, keeps them.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::DefaultHeaders;
use shared_claims::SharedLogin;

pub fn security_headers(login: &SharedLogin) -> DefaultHeaders {
    let settings = login.settings();
    let auth = settings.auth_url();
    // `connect-src` allows `sso.js` to renew at the login. `form-action` allows the login because
    // Chromium applies it to each redirect after a form: the redirect may end at a page whose
    // reader's token has just expired, and that page redirects to the login.
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self' {auth}; \
         form-action 'self' {auth}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    );
    let headers = DefaultHeaders::new()
        .add((CONTENT_SECURITY_POLICY, policy))
        .add((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // Not `no-referrer`: a page with that posts its forms with `Origin: null`.
        .add((REFERRER_POLICY, "same-origin"))
        .add(("cross-origin-opener-policy", "same-origin"))
        .add(("cross-origin-resource-policy", "same-origin"))
        .add(("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"))
        .add((CACHE_CONTROL, "no-store"));
    match settings.service_url().starts_with("https:") {
        true => headers.add((STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains")),
        false => headers,
    }
}

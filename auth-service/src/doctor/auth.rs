//! Checks the auth service at its public address: it is alive and ready, and its pages arrive
//! unchanged.

use actix_web::cookie::{Cookie, SameSite};
use shared_claims::protocol::path;

use super::finding::Finding;
use super::http_client::{HttpClient, IN_A_TAB, ProbeResponse};
use super::proxy;
use super::registration;
use super::settings::Known;
use super::transport;
use crate::config::Config;

/// Facts from the public address that other checks compare with.
#[derive(Debug, Default)]
pub(super) struct Outside {
    pub findings: Vec<Finding>,
    /// The answer to `GET /.well-known/jwks.json`; `None` if the request failed.
    pub jwks: Option<ProbeResponse>,
    /// As [`ProbeResponse::clock_ahead`].
    pub clock_ahead: Option<i64>,
}

pub(super) fn examine(known: &Known, visitor: &HttpClient) -> Outside {
    let mut outside = Outside::default();
    let config = &known.config;
    let origin = config.auth_url.origin();
    let alive = match visitor.get(&config.auth_url.join("/healthz"), &[]) {
        Ok(alive) => alive,
        Err(error) => {
            outside.findings.push(unreachable(&origin, &error));
            return outside;
        }
    };
    outside.clock_ahead = alive.clock_ahead;
    if alive.status != 200 || alive.body != "alive\n" {
        outside.findings.push(
            Finding::error("auth-service-not-there", format!("{origin}/healthz answers {}", alive.describe()))
                .because("What answers under AUTH_URL is not auth-service, or it cannot be reached from the proxy.")
                .advise("Check where the proxy sends requests for this host, and that auth-service listens there (LISTEN)."),
        );
        return outside;
    }
    outside.findings.push(Finding::ok("auth-service", format!("{origin} answers")));
    // The service answered a moment ago, so a failure here belongs to this request alone.
    let mut ask = |path: &str, headers: &[(&'static str, &str)]| {
        let address = config.auth_url.join(path);
        let answer = visitor.get(&address, headers);
        answer.map_err(|error| outside.findings.push(unreachable(&address, &error))).ok()
    };
    let (ready, jwks) = (ask("/readyz", &[]), ask(path::JWKS, &[]));
    let (page, register) = (ask(path::LOGIN, &IN_A_TAB), ask("/register", &IN_A_TAB));
    if let Some(ready) = ready.filter(|ready| ready.status != 200) {
        outside.findings.push(
            Finding::error("auth-service-not-ready", format!("{origin}/readyz answers {}", ready.describe()))
                .because("It cannot reach its database, or the schema lacks a migration.")
                .advise("Look at its log, which says which."),
        );
    }
    outside.jwks = jwks;
    let Some(page) = page else { return outside };
    match page.status {
        200 => {
            outside.findings.push(browser_cookie(config, &page));
            outside.findings.extend(transport::examine(config, &page, visitor));
            outside.findings.extend(proxy::examine(config, visitor));
            if let Some(register) = register.filter(|_| known.has("REGISTRATION")) {
                outside.findings.push(registration::examine(config, &register));
            }
        }
        421 => outside.findings.push(
            Finding::error("host-not-passed-on", "the proxy does not pass the Host header on unchanged")
                .because("auth-service answers 421 to requests for another host than that of AUTH_URL: nobody can log in.")
                .advise("nginx: `proxy_set_header Host $host;` (with the port, where there is one: $http_host). Caddy and Traefik pass it on by themselves."),
        ),
        _ => outside.findings.push(
            Finding::error("login-page-fails", format!("{origin}/login answers {}", page.describe()))
                .because("Nobody can log in.")
                .advise("Look at the logs of auth-service and of the proxy."),
        ),
    }
    outside
}

fn unreachable(address: &str, error: &impl std::fmt::Display) -> Finding {
    Finding::error("auth-service-unreachable", format!("{address} does not answer: {error}"))
        .because("People are sent there to log in, and services fetch the keys there.")
        .advise(
            "Check that it runs, the name in DNS, the certificate and the proxy. From within a container the public address \
             may be out of reach: then run the doctor where browsers are.",
        )
}

/// Checks that the browser-session cookie arrives with the attributes that it was sent with.
fn browser_cookie(config: &Config, page: &ProbeResponse) -> Finding {
    let name = &config.cookie_names.browser;
    let lines = page.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
    let cookie = lines.filter_map(|line| Cookie::parse(line).ok()).find(|cookie| cookie.name() == name);
    let Some(cookie) = cookie else {
        return Finding::error("browser-cookie-missing", format!("the login page sets no cookie {name}"))
            .because("Without it no form can be sent, so nobody can log in.")
            .advise("Check that the proxy keeps Set-Cookie, caches no page, and that auth-service runs with these settings.");
    };
    let mut wrong = Vec::new();
    if config.cookie_secure && cookie.secure() != Some(true) {
        wrong.push("no Secure");
    }
    if cookie.http_only() != Some(true) {
        wrong.push("no HttpOnly");
    }
    if cookie.same_site() != Some(SameSite::Lax) {
        wrong.push("no SameSite=Lax");
    }
    if cookie.path() != Some("/") {
        wrong.push("another path than /");
    }
    if cookie.domain().is_some() {
        wrong.push("a Domain");
    }
    if wrong.is_empty() {
        return Finding::ok("browser-cookie", format!("the cookie {name} arrives as it was sent"));
    }
    Finding::error("browser-cookie-altered", format!("the cookie {name} arrives with {}", wrong.join(", ")))
        .because("Browsers drop it, or give it to others.")
        .advise("Take out of the proxy what rewrites cookies (nginx: proxy_cookie_domain, proxy_cookie_path, proxy_cookie_flags).")
}

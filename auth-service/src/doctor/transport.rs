//! Checks that the login can be reached by https only.

use super::finding::Finding;
use super::http_client::{HttpClient, IN_A_TAB, ProbeResponse};
use crate::config::Config;

pub(super) fn examine(config: &Config, page: &ProbeResponse, visitor: &HttpClient) -> Vec<Finding> {
    if !config.auth_url.is_https() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    if page.header("strict-transport-security").is_none() {
        findings.push(
            Finding::warning("hsts-missing", "Strict-Transport-Security does not arrive")
                .because("Somebody on the way can keep a browser on http at its first request.")
                .advise("auth-service sends it: take out of the proxy what removes it."),
        );
    }
    // A non-standard https port has no http port that belongs to it.
    if config.auth_url.url().port().is_none()
        && let Some(host) = config.auth_url.url().host_str()
    {
        findings.extend(redirect(&format!("http://{host}"), &config.auth_url.origin(), visitor));
    }
    if findings.is_empty() {
        findings.push(Finding::ok("transport", "https, and browsers are told to stay with it"));
    }
    findings
}

fn redirect(http: &str, origin: &str, visitor: &HttpClient) -> Option<Finding> {
    // No answer is fine too: then nothing is served without https.
    let answer = visitor.get(&format!("{http}/login"), &IN_A_TAB).ok()?;
    let to = answer.location().unwrap_or_default();
    (!to.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':']))).then(|| {
        Finding::warning("http-not-redirected", format!("{http} answers {}", answer.describe()))
            .because("Who types the name without https gets no login, or one that others can read.")
            .advise("Let the proxy answer http with a redirect (301 or 308) to the same address on https, and with nothing else.")
    })
}

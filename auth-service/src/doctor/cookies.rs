//! Checks whether browsers can share the login's cookies between the hosts, by the settings alone.

use super::finding::Finding;
use super::settings::Known;

pub(super) fn examine(known: &Known) -> Vec<Finding> {
    if !known.has("COOKIE_DOMAIN") || !known.has("AUTH_URL") {
        return Vec::new();
    }
    let config = &known.config;
    let domain = config.cookie_domain.as_str();
    // Loading the settings has already checked that the domain is below a public suffix and that
    // the host is below the domain.
    let what = format!("{domain} is no public suffix, and {} is below it", config.auth_url.origin());
    let mut findings = vec![Finding::ok("cookie-domain", what)];
    let suffix = psl::suffix(domain.as_bytes());
    if suffix.is_some_and(|suffix| !suffix.is_known()) && !domain.ends_with(".localhost") {
        findings.push(
            Finding::note("cookie-domain-suffix-unknown", format!("{domain} ends in no suffix of the public list"))
                .because("Browsers treat it as usual, and no public authority makes certificates for it.")
                .advise("Nothing, if this is a private network with an authority of its own; else look for a slip of the pen."),
        );
    }
    if config.auth_url.is_https() {
        findings.push(Finding::ok("cookies-secure", "cookies are Secure, and AUTH_URL is https"));
    } else {
        let secure = if config.cookie_secure { "" } else { ", and COOKIE_SECURE=false" };
        findings.push(
            Finding::note("http-on-localhost", format!("AUTH_URL is http{secure}"))
                .because("That is for trying things out on one machine.")
                .advise("Use https, and COOKIE_SECURE unset, for everything else."),
        );
    }
    findings
}

//! Checks that the proxy is trusted if it should be, and that it overwrites forwarded headers of
//! clients.

use shared_claims::server::Listen;

use super::finding::Finding;
use super::http_client::{HttpClient, IN_A_TAB, ProbeResponse, short};
use crate::config::Config;

/// A host name that can never exist (RFC 2606, section 2).
const STRANGER: &str = "doctor-spoof.invalid";

pub(super) fn examine(config: &Config, visitor: &HttpClient) -> Vec<Finding> {
    let mut findings = vec![spoofed(config, visitor)];
    if config.trusted_proxies.contain([192, 0, 2, 1].into())
        && config.trusted_proxies.contain([203, 0, 113, 1].into())
    {
        findings.push(
            Finding::warning("proxies-trust-everybody", "TRUSTED_PROXIES names the whole internet")
                .because("Everybody can write any address into the log and into the audit trail.")
                .advise("Name the proxy's own address or network."),
        );
    }
    findings.extend(trusted(config, visitor));
    findings
}

/// Checks that no link, cookie or redirect uses a host that the client made up.
fn spoofed(config: &Config, visitor: &HttpClient) -> Finding {
    let forwarded = format!("host={STRANGER};proto=http");
    let by_header = [("x-forwarded-host", STRANGER), ("x-host", STRANGER), ("forwarded", &forwarded)];
    let by_header = [&IN_A_TAB[..], &by_header].concat();
    for path in ["/login", "/account/sessions"] {
        let address = config.auth_url.join(path);
        if let Ok(answer) = visitor.get(&address, &by_header)
            && let Some(place) = mention(&answer)
        {
            return Finding::error(
                "forwarded-host-believed",
                format!("X-Forwarded-Host changes {place} of {path}"),
            )
            .because("Who makes a browser or a cache send it leads people to a host of theirs.")
            .advise("auth-service never uses it: take out of the proxy what does.");
        }
        let host = [&IN_A_TAB[..], &[("host", STRANGER)]].concat();
        if let Ok(answer) = visitor.get(&address, &host)
            && let Some(place) = mention(&answer)
        {
            return Finding::warning(
                "host-believed",
                format!("the proxy answers for any Host, and it changes {place}"),
            )
            .because("What is made of a host that a client names can be kept by caches and reach others.")
            .advise("Let the proxy answer for the hosts that you have, and refuse all others.");
        }
    }
    Finding::ok("forwarded-host", "what clients write into Host and X-Forwarded-Host changes nothing")
}

/// The part of the response that mentions the made-up host.
fn mention(answer: &ProbeResponse) -> Option<&'static str> {
    let names = |header: &str| {
        let mut values = answer.headers.get_all(header).iter().filter_map(|value| value.to_str().ok());
        values.any(|value| value.contains(STRANGER))
    };
    if names("location") {
        Some("the redirect")
    } else if names("set-cookie") {
        Some("a cookie")
    } else if answer.status == 200 && answer.body.contains(STRANGER) {
        Some("the page")
    } else {
        None
    }
}

/// Checks whether `TRUSTED_PROXIES` names the proxy. `/auth/verify` shows it: it answers with the
/// login's address only if it trusts the proxy's word that the request is a page load.
fn trusted(config: &Config, visitor: &HttpClient) -> Option<Finding> {
    let url = config.auth_url.url();
    let port = match &config.listen {
        Listen::Tcp(address) => Some(address.port()),
        Listen::Unix(_) => {
            return Some(Finding::ok("proxy-trusted", "only the proxy can open the socket of LISTEN"));
        }
    };
    let is_direct = !config.auth_url.is_https() && url.port_or_known_default() == port;
    if is_direct {
        return Some(Finding::ok("no-proxy", "there is no proxy in front"));
    }
    let host = url.host_str().unwrap_or_default();
    let question = [
        ("x-forwarded-method", "GET"),
        ("x-forwarded-proto", url.scheme()),
        ("x-forwarded-host", host),
        ("x-forwarded-uri", "/account"),
    ];
    let answer =
        visitor.get(&config.auth_url.join("/auth/verify"), &[&IN_A_TAB[..], &question].concat()).ok()?;
    match answer.status {
        303 => Some(Finding::ok("proxy-trusted", "TRUSTED_PROXIES names the proxy in front")),
        401 if answer.header("x-auth-login").is_some() => {
            Some(Finding::ok("proxy-trusted", "TRUSTED_PROXIES names the proxy in front"))
        }
        401 => Some(
            Finding::warning("proxy-not-trusted", "TRUSTED_PROXIES does not name the proxy in front")
                .because("The log and the audit trail have its address in place of people's, and services behind /auth/verify send nobody to the login.")
                .advise("Set TRUSTED_PROXIES to the address or network that auth-service sees the proxy at; its log has it in every line."),
        ),
        // Some proxies do not publish `/auth/verify`, because only they need it.
        _ => Some(
            Finding::note("proxy-not-seen", format!("/auth/verify answers {} from outside", short(&answer.describe())))
                .because("So the doctor cannot see whether TRUSTED_PROXIES names the proxy in front.")
                .advise("Nothing, if the log has people's own addresses."),
        ),
    }
}

//! Checks a service: it is below the cookie domain, an allowed origin, and sends people to the
//! login.

use shared_claims::protocol::{parameter, path};
use url::Url;

use super::finding::Finding;
use super::hidden::hidden_next;
use super::http_client::{BY_A_SCRIPT, HttpClient, IN_A_TAB, ProbeResponse, short};
use super::settings::Known;
use crate::config::Config;

/// The findings about one service.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub findings: Vec<Finding>,
    /// As [`ProbeResponse::clock_ahead`].
    pub clock_ahead: Option<i64>,
}

pub(super) fn examine(known: &Known, address: &Url, auth_answers: bool, visitor: &HttpClient) -> Seen {
    let mut seen = Seen::default();
    let config = &known.config;
    if let Some(finding) = placed_wrongly(config, address) {
        seen.findings.push(finding);
        return seen;
    }
    if known.has("ALLOWED_ORIGINS") {
        seen.findings.extend(next_accepted(config, address, auth_answers, visitor));
    }
    let answer = match visitor.get(address.as_str(), &IN_A_TAB) {
        Ok(answer) => answer,
        Err(error) => {
            seen.findings.push(
                Finding::error("service-unreachable", format!("it does not answer: {error}"))
                    .because("People who come back from the login get an error.")
                    .advise("Check that it runs, its name in DNS, its certificate and the proxy."),
            );
            return seen;
        }
    };
    seen.clock_ahead = answer.clock_ahead;
    let redirect = redirect(config, address, &answer);
    let sends_to_us = redirect.id == "service-redirect";
    seen.findings.push(redirect);
    if sends_to_us {
        seen.findings.extend(script(config, address, visitor));
    }
    seen
}

/// The finding for a service whose host our cookies do not reach.
fn placed_wrongly(config: &Config, address: &Url) -> Option<Finding> {
    let domain = config.cookie_domain.as_str();
    if !address.host_str().is_some_and(|host| config.cookie_domain.covers(host)) {
        return Some(
            Finding::error(
                "service-outside-cookie-domain",
                format!("its host is neither {domain} nor below it"),
            )
            .because("Browsers do not send it the login's cookie, so people go in circles.")
            .advise(format!("Give the service a name below {domain}.")),
        );
    }
    (address.scheme() != config.auth_url.url().scheme()).then(|| {
        Finding::error(
            "service-scheme-differs",
            format!("it is {}, and AUTH_URL is {}", address.scheme(), config.auth_url.url().scheme()),
        )
        .because("Secure cookies do not reach http, and the login sends nobody back to another scheme.")
        .advise("Serve both over https.")
    })
}

/// Checks that the login sends people back here, by the settings and by the form that the running
/// login page shows.
fn next_accepted(
    config: &Config,
    address: &Url,
    auth_answers: bool,
    visitor: &HttpClient,
) -> Option<Finding> {
    let refused = |what: &str| {
        Finding::error("next-refused", what)
            .because("People end on the account page after logging in, in place of where they wanted to go.")
            .advise(format!("Add {} to ALLOWED_ORIGINS, or unset it to allow all of COOKIE_DOMAIN, and restart auth-service.", address.origin().ascii_serialization()))
    };
    if !config.allowed_origins.allow(address) {
        return Some(refused("ALLOWED_ORIGINS does not have its origin"));
    }
    if !auth_answers {
        return None;
    }
    let page =
        visitor.get(login(config, address).as_str(), &IN_A_TAB).ok().filter(|page| page.status == 200)?;
    if hidden_next(&page.body).as_deref() == Some(address.as_str()) {
        return Some(Finding::ok("next-accepted", "the login brings people back here"));
    }
    Some(refused("the running auth-service does not bring people back here, though these settings allow it"))
}

/// `<AUTH_URL>/login?next=<address>`.
fn login(config: &Config, address: &Url) -> Url {
    let mut login = config.auth_url.url().clone();
    login.set_path(path::LOGIN);
    login.query_pairs_mut().append_pair(parameter::NEXT, address.as_str());
    login
}

/// Checks the redirect for a person who is not logged in.
fn redirect(config: &Config, address: &Url, answer: &ProbeResponse) -> Finding {
    let expected = login(config, address);
    let Some(to) = answer.location() else { return no_redirect(answer) };
    let Ok(to) = address.join(to) else { return elsewhere(to, &expected) };
    if to.origin() != expected.origin() || to.path() != path::LOGIN {
        return elsewhere(to.as_str(), &expected);
    }
    let next = to.query_pairs().find(|(name, _)| name == parameter::NEXT).map(|(_, next)| next.into_owned());
    match next.as_deref() {
        Some(next) if next == address.as_str() => {
            Finding::ok("service-redirect", "it sends people to the login and back here")
        }
        next => {
            let next = next.map_or_else(|| "nowhere".to_owned(), short);
            Finding::error("service-next-differs", format!("it sends people to the login, and from there to {next}"))
                .because("People do not come back to the page that they asked for.")
                .advise("Set its SERVICE_URL to its public address; behind a proxy, check what it takes for its own host and scheme.")
        }
    }
}

fn elsewhere(to: &str, expected: &Url) -> Finding {
    Finding::error("service-redirects-elsewhere", format!("it sends people to {}, and not to {}", short(to), short(expected.as_str())))
        .because("They log in somewhere else, or nowhere.")
        .advise("Set its AUTH_URL to that of auth-service, letter by letter. If the address has another spelling (a slash at its end), name that one.")
}

fn no_redirect(answer: &ProbeResponse) -> Finding {
    match answer.status {
        200..300 => Finding::note("service-page-is-open", "the page is open to everybody")
            .because("So the doctor could not see where the service sends people who are not logged in.")
            .advise("Name a page that needs a login: --service https://…/private."),
        503 => Finding::error("service-has-no-keys", "it answers 503")
            .because("A service that has not fetched the keys yet lets nobody in.")
            .advise("Compare its AUTH_URL with that of auth-service, letter by letter. Check that it reaches the JWKS (AUTH_JWKS, or AUTH_URL with /.well-known/jwks.json), and its log."),
        404 => Finding::error("service-answers-error", "it answers 404: there is no such page")
            .because("The doctor looks where a service sends people who are not logged in, so it asks for a page that needs a login.")
            .advise("Name such a page: --service https://…/private. If this is one, check the path, the proxy and the service's log."),
        status => Finding::error("service-answers-error", format!("it answers {status} to somebody who opens it in a tab"))
            .because("A person who is not logged in should be sent to the login.")
            .advise("Check the path, the proxy and the service's log."),
    }
}

fn script(config: &Config, address: &Url, visitor: &HttpClient) -> Option<Finding> {
    let answer = visitor.get(address.as_str(), &BY_A_SCRIPT).ok()?;
    let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let names = |member: &str, path: &str| {
        let url = problem[member].as_str().and_then(|text| Url::parse(text).ok());
        url.is_some_and(|url| url.origin() == config.auth_url.url().origin() && url.path() == path)
    };
    if answer.status == 401 && names("login_url", path::LOGIN) && names("renew_url", path::RENEW) {
        return Some(Finding::ok(
            "service-script-answer",
            "scripts get 401, with where to log in and to renew",
        ));
    }
    Some(
        Finding::note("service-script-answer-differs", format!("to a script it answers {}, without login_url and renew_url of ours", answer.describe()))
            .because("Scripts that come after the token ran out cannot renew the login by themselves.")
            .advise("Nothing, if it has no scripts, or stands behind /auth/verify. Else answer as docs/consumers.md says."),
    )
}

//! The doctor's HTTP client: asks as a stranger would, with short timeouts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::{HeaderMap, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, http};

use crate::clock::Clock;

/// For one answer as a whole.
const TIMEOUT: Duration = Duration::from_secs(3);
/// A page is some kilobytes.
const MAX_BYTES: u64 = 512 * 1024;

/// The headers of a person who opens a page in a tab.
pub(super) const IN_A_TAB: [(&str, &str); 3] = [
    ("accept", "text/html,application/xhtml+xml"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
];
/// Those of a script.
pub(super) const BY_A_SCRIPT: [(&str, &str); 3] =
    [("accept", "application/json"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")];

/// Somebody without cookies. Cheap to clone.
#[derive(Clone)]
pub(super) struct HttpClient(Agent);

/// A response.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
    /// How far the other side's clock is ahead of ours, in milliseconds, as far as `Date` tells: it
    /// has whole seconds.
    pub clock_ahead: Option<i64>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn location(&self) -> Option<&str> {
        self.header("location").filter(|_| (300..400).contains(&self.status))
    }

    /// Status, and where to, for a sentence.
    pub fn in_words(&self) -> String {
        match self.location() {
            Some(location) => format!("{} to {}", self.status, short(location)),
            None => self.status.to_string(),
        }
    }
}

/// So much of what others sent as fits into a sentence, without control characters.
pub(super) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

impl HttpClient {
    pub fn new() -> Self {
        let config = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            // HTTP_PROXY and its kin would have us look at somebody else's deployment.
            .proxy(None)
            .max_response_header_size(32 * 1024)
            .timeout_global(Some(TIMEOUT))
            .max_idle_connections(0)
            .user_agent(concat!("auth-service-doctor/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls());
        Self(Agent::with_parts(config.build(), DefaultConnector::default(), LoopbackNames::default()))
    }

    /// Asks, and follows nothing.
    ///
    /// # Errors
    /// Why there was no answer, in words.
    pub fn get(&self, address: &str, headers: &[(&str, &str)]) -> Result<Answer, String> {
        let request =
            headers.iter().fold(self.0.get(address), |request, (name, value)| request.header(*name, *value));
        let clock = Clock::system();
        let asked = clock.estimate();
        let mut answer = request.call().map_err(|error| short(&error.to_string()))?;
        let now = asked + asked.until(clock.estimate()) / 2;
        let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok());
        // The middle of the second that it names.
        let clock_ahead = date.map(|date| date.timestamp_millis() + 500 - now.unix_millis());
        let body = answer.body_mut().with_config().limit(MAX_BYTES).lossy_utf8(true).read_to_string();
        let body = body.map_err(|error| short(&error.to_string()))?;
        let (http::response::Parts { status, headers, .. }, _) = answer.into_parts();
        Ok(Answer { status: status.as_u16(), headers, body, clock_ahead })
    }
}

/// The operating system's trust, as browsers on this machine have it.
fn tls() -> TlsConfig {
    let found = rustls_native_certs::load_native_certs();
    let roots: Vec<_> = found.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .build()
}

/// Answers `localhost` names with both loopback addresses, as browsers do (RFC 6761, 6.3): the
/// system's resolver often does not know them.
#[derive(Debug, Default)]
struct LoopbackNames(DefaultResolver);

impl Resolver for LoopbackNames {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if !uri.host().is_some_and(|host| host == "localhost" || host.ends_with(".localhost")) {
            return self.0.resolve(uri, config, timeout);
        }
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        let mut found = self.empty();
        found.push(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
        found.push(SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port));
        Ok(found)
    }
}

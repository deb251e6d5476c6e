//! The doctor's HTTP client: it has no cookies and short timeouts.

use std::time::Duration;

use shared_claims::internal::http_client;
use ureq::http::HeaderMap;
use ureq::{Agent, http};

use crate::clock::Clock;

/// The limit for one whole response.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Our pages have a few kilobytes.
const MAX_BYTES: u64 = 512 * 1024;

/// The headers of a browser that opens a page in a tab.
pub(super) const IN_A_TAB: [(&str, &str); 3] = [
    ("accept", "text/html,application/xhtml+xml"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
];
/// The headers of a script's request.
pub(super) const BY_A_SCRIPT: [(&str, &str); 3] =
    [("accept", "application/json"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")];

/// A client without cookies. Cheap to clone.
#[derive(Clone)]
pub(super) struct HttpClient(Agent);

/// A response.
#[derive(Debug)]
pub(super) struct ProbeResponse {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
    /// How far the server's clock is ahead of ours, in milliseconds. It is approximate, because
    /// `Date` has whole seconds.
    pub clock_ahead: Option<i64>,
}

impl ProbeResponse {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn location(&self) -> Option<&str> {
        self.header("location").filter(|_| (300..400).contains(&self.status))
    }

    /// The status and the redirect's target, for use in a sentence.
    pub fn describe(&self) -> String {
        match self.location() {
            Some(location) => format!("{} to {}", self.status, short(location)),
            None => self.status.to_string(),
        }
    }
}

/// Shortens text from another server so that it fits into a sentence, and removes control
/// characters.
pub(super) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}

impl HttpClient {
    pub fn new() -> Self {
        let config = http_client::config()
            .max_response_header_size(32 * 1024)
            .timeout_global(Some(TIMEOUT))
            .user_agent(concat!("auth-service-doctor/", env!("CARGO_PKG_VERSION")))
            // Trust the certificates that browsers on this machine trust. If some are missing, the
            // requests fail and the report shows it.
            .tls_config(http_client::system_trust().tls);
        Self(http_client::agent(config.build()))
    }

    /// Sends a GET request, and follows no redirect.
    ///
    /// # Errors
    /// A text that says why there was no response.
    pub fn get(&self, address: &str, headers: &[(&str, &str)]) -> Result<ProbeResponse, String> {
        let request =
            headers.iter().fold(self.0.get(address), |request, (name, value)| request.header(*name, *value));
        let clock = Clock::system();
        let asked = clock.estimate();
        let mut answer = request.call().map_err(|error| short(&error.to_string()))?;
        let now = asked + asked.until(clock.estimate()) / 2;
        let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok());
        // `Date` names a whole second; assume its middle.
        let clock_ahead = date.map(|date| date.timestamp_millis() + 500 - now.unix_millis());
        let body = answer.body_mut().with_config().limit(MAX_BYTES).lossy_utf8(true).read_to_string();
        let body = body.map_err(|error| short(&error.to_string()))?;
        let (http::response::Parts { status, headers, .. }, _) = answer.into_parts();
        Ok(ProbeResponse { status: status.as_u16(), headers, body, clock_ahead })
    }
}

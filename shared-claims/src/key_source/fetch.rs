//! HTTP fetch of a JWKS, which trusts neither the server nor the network.

use std::time::Duration;

use ureq::{Agent, http};
use url::{Host, Url};

use super::key_reader::KeyReader;
use crate::host::is_localhost;
use crate::http_client::{self, SystemTrust};
use crate::unheard::tell_unheard;
use crate::{KeySet, KeySetError};

/// The largest response. 32 keys with certificates are smaller.
pub(super) const MAX_BYTES: u64 = 256 * 1024;
const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Why a fetch failed. It is logged, and the last good set stays in use.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("{0}")]
    Http(Box<ureq::Error>),
    #[error("what answers there does not speak TLS: if it is auth-service, its address begins with http://")]
    NoTls,
    #[error("the answer has status {0}")]
    Status(u16),
    #[error("the answer is not JSON")]
    NotJson,
    #[error("{0}")]
    Keys(#[from] KeySetError),
}

impl From<ureq::Error> for FetchError {
    fn from(error: ureq::Error) -> Self {
        // An answer in plain HTTP is no TLS record. What wraps that error differs.
        match error.to_string().contains("InvalidContentType") {
            true => Self::NoTls,
            false => Self::Http(Box::new(error)),
        }
    }
}

pub(super) struct Fetcher {
    agent: Agent,
    url: Url,
    reader: KeyReader,
}

impl Fetcher {
    pub(super) fn new(url: Url, reader: KeyReader) -> Self {
        let mut config = http_client::config()
            .max_response_header_size(16 * 1024)
            .timeout_global(Some(TIMEOUT))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .user_agent(concat!("shared-claims/", env!("CARGO_PKG_VERSION")))
            .accept("application/jwk-set+json, application/json");
        if url.scheme() == "https" {
            let SystemTrust { tls, problems } = http_client::system_trust();
            for problem in problems {
                tracing::warn!("{problem}");
                tell_unheard(format_args!("{problem}"));
            }
            config = config.https_only(true).tls_config(tls);
        }
        let agent = http_client::agent(config.build());
        Self { agent, url, reader }
    }

    /// Fetches the keys, and how long they stay fresh: zero if they are stale already or must not
    /// be stored.
    pub(super) fn fetch(&self) -> Result<(KeySet, Option<Duration>), FetchError> {
        let mut answer = self.agent.get(self.url.as_str()).call()?;
        if answer.status() != http::StatusCode::OK {
            return Err(FetchError::Status(answer.status().as_u16()));
        }
        if !is_json(header(&answer, "content-type")) {
            return Err(FetchError::NotJson);
        }
        let max_age = max_age(header(&answer, "cache-control"), header(&answer, "age"));
        let bytes = answer.body_mut().with_config().limit(MAX_BYTES).read_to_vec()?;
        Ok((self.reader.read(&bytes)?, max_age))
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }
}

/// Whether the keys cannot be replaced on the network: https, or http that does not leave the
/// machine or private network.
pub(crate) fn is_acceptable(url: &Url) -> bool {
    // A password in the URL would be in every log line about it.
    if !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Domain(name))) => is_localhost(name) || !name.trim_end_matches('.').contains('.'),
        ("http", Some(Host::Ipv4(ip))) => ip.is_loopback() || ip.is_private(),
        ("http", Some(Host::Ipv6(ip))) => ip.is_loopback() || ip.is_unique_local(),
        _ => false,
    }
}

fn header<'a>(answer: &'a http::Response<ureq::Body>, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a content type is `application/json`, `application/jwk-set+json`, or any other `+json`.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The remaining freshness of a response (RFC 9111, section 4.2). A cache on the way uses up a part
/// of it and says in `Age` how much: a set from a cache may be as old as the server allows.
fn max_age(cache_control: &str, age: &str) -> Option<Duration> {
    let directives = || cache_control.split(',').map(str::trim);
    if directives().any(|d| d.eq_ignore_ascii_case("no-store") || d.eq_ignore_ascii_case("no-cache")) {
        return Some(Duration::ZERO);
    }
    let max_age = directives().find_map(|directive| {
        let (name, value) = directive.split_once('=')?;
        let seconds = name.trim().eq_ignore_ascii_case("max-age").then(|| value.trim().trim_matches('"'))?;
        seconds.parse().ok().map(Duration::from_secs)
    })?;
    Some(max_age.saturating_sub(Duration::from_secs(age.trim().parse().unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_good_for_what_its_headers_leave_of_it() {
        for (cache_control, age, seconds) in [
            ("public, max-age=300", "", Some(300)),
            ("MAX-AGE = \"1\"", "", Some(1)),
            ("max-age=300", "250", Some(50)),
            ("max-age=300", " 300", Some(0)),
            ("max-age=300", "99999999999", Some(0)),
            ("max-age=300", "soon", Some(300)),
            ("max-age=0", "", Some(0)),
            ("no-store", "", Some(0)),
            ("max-age=300, No-Cache", "", Some(0)),
            ("no-cache, max-age=300", "", Some(0)),
            ("s-maxage=10", "", None),
            ("max-age=soon", "", None),
            ("max-age=-1", "", None),
            ("max-age", "", None),
            ("public", "10", None),
            ("", "", None),
        ] {
            let left = max_age(cache_control, age).map(|left| left.as_secs());
            assert_eq!(left, seconds, "{cache_control} {age}");
        }
    }
}

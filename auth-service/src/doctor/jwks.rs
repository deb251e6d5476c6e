//! Checks that services fetch the same keys that the database holds.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::finding::Finding;
use super::http_client::ProbeResponse;
use crate::keyring::Jwk;

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

fn read(text: &str) -> Option<BTreeMap<String, Jwk>> {
    let jwks: Jwks = serde_json::from_str(text).ok()?;
    Some(jwks.keys.into_iter().map(|key| (key.kid.clone(), key)).collect())
}

/// Compares the fetched keys with the database's, if both are known.
pub(super) fn examine(inside: Option<&str>, fetched: Option<&ProbeResponse>) -> Option<Finding> {
    let fetched = fetched?;
    let published = if fetched.status == 200 { read(&fetched.body) } else { None };
    let Some(published) = published else {
        let what = format!("/.well-known/jwks.json answers {} without keys", fetched.describe());
        return Some(
            Finding::error("jwks-unreadable", what)
                .because("Services cannot verify any login.")
                .advise("Check that the proxy passes this path on, to everybody, and look at the log."),
        );
    };
    let own = read(inside?)?;
    if own == published {
        let what = format!("the {} keys at the public address are those of the database", own.len());
        return Some(Finding::ok("jwks", what));
    }
    let lacking: Vec<&str> =
        own.keys().filter(|kid| !published.contains_key(*kid)).map(String::as_str).collect();
    let what = match lacking.as_slice() {
        [] => "/.well-known/jwks.json has other keys than the database".to_owned(),
        lacking => format!("/.well-known/jwks.json lacks {} of the database", lacking.join(" and ")),
    };
    Some(
        Finding::error("jwks-differs", what)
            .because("Services refuse the tokens of one and would take those of the other.")
            .advise("Check that DATABASE_URL here is that of the running service, that AUTH_URL leads to it, and that no cache keeps this path for longer than its max-age."),
    )
}

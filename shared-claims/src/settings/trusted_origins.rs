//! `TRUSTED_ORIGINS`: siblings whose pages may act here as whoever is logged in.

use url::Url;

use super::{SettingsError, origin};

const NAME: &str = "TRUSTED_ORIGINS";

/// Each origin as browsers write it in `Origin`. Separated by commas or spaces.
pub(super) fn read(list: &str, auth: &Url, cookie_domain: &str) -> Result<Vec<String>, SettingsError> {
    list.split(|c: char| c == ',' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .map(|word| read_one(word, auth, cookie_domain))
        .collect()
}

fn read_one(word: &str, auth: &Url, cookie_domain: &str) -> Result<String, SettingsError> {
    // It would parse as the name of a host, and match none.
    if word.contains('*') {
        return Err(SettingsError::new(NAME, "must name each origin: there are no wildcards"));
    }
    let url = origin(NAME, word, cookie_domain)?;
    match url.scheme() == auth.scheme() {
        true => Ok(url.origin().ascii_serialization()),
        false => Err(SettingsError::new(NAME, "must have the scheme of AUTH_URL")),
    }
}

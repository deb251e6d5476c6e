//! The encryption keys of the browser session's cookie: the current and the previous one.

use actix_web::cookie::{Cookie, CookieJar, Key};

use crate::config::{Config, SecretKey};

/// Derives the key that encrypts the browser cookie from the secret.
pub fn of(secret: &SecretKey) -> Key {
    Key::from(&*secret.derive::<64>("browser-cookie/v1"))
}

/// Accepts cookies that were encrypted with the previous secret. actix-session supports a single
/// key, so such a cookie is re-encrypted before actix-session reads it. A form that is open while
/// `SECRET_KEY` changes can still be sent.
#[derive(Clone)]
pub struct BrowserKeys(Option<(Key, Key)>);

impl BrowserKeys {
    pub fn new(config: &Config) -> Self {
        let previous = config.secret_key_previous.as_ref();
        Self(previous.map(|previous| (of(&config.secret_key), of(previous))))
    }

    /// Re-encrypts the cookie value from the header with the current key.
    pub(super) fn renewed(&self, name: &str, value: String) -> String {
        self.0.as_ref().and_then(|keys| renew(keys, name, &value)).unwrap_or(value)
    }
}

/// `None` if the previous key does not decrypt the cookie.
fn renew((current, previous): &(Key, Key), name: &str, value: &str) -> Option<String> {
    let mut jar = CookieJar::new();
    jar.add_original(Cookie::parse_encoded(format!("{name}={value}")).ok()?);
    let opened = jar.private(previous).get(name)?;
    jar.private_mut(current).add(opened);
    let pair = jar.get(name)?.encoded().stripped().to_string();
    pair.split_once('=').map(|(_, value)| value.to_owned())
}

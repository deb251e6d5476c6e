//! The encryption key of the browser session's cookie, and the former one.

use actix_web::cookie::{Cookie, CookieJar, Key};

use crate::config::{Config, SecretKey};

/// The key that encrypts the browser cookie, made from the secret.
pub fn of(secret: &SecretKey) -> Key {
    Key::from(&*secret.derive::<64>("browser-cookie/v1"))
}

/// Reads cookies of the secret before the present one. actix-session knows a single key, so such a
/// cookie is encrypted anew before it looks: a form that lies open while `SECRET_KEY` changes can
/// still be sent.
#[derive(Clone)]
pub struct BrowserKeys(Option<(Key, Key)>);

impl BrowserKeys {
    pub fn new(config: &Config) -> Self {
        let previous = config.secret_key_previous.as_ref();
        Self(previous.map(|previous| (of(&config.secret_key), of(previous))))
    }

    /// The cookie's value, as it came in a header, as the present key encrypts it.
    pub(super) fn renewed(&self, name: &str, value: String) -> String {
        self.0.as_ref().and_then(|keys| renew(keys, name, &value)).unwrap_or(value)
    }
}

/// `None` for a cookie that the previous key does not open.
fn renew((current, previous): &(Key, Key), name: &str, value: &str) -> Option<String> {
    let mut jar = CookieJar::new();
    jar.add_original(Cookie::parse_encoded(format!("{name}={value}")).ok()?);
    let opened = jar.private(previous).get(name)?;
    jar.private_mut(current).add(opened);
    let pair = jar.get(name)?.encoded().stripped().to_string();
    pair.split_once('=').map(|(_, value)| value.to_owned())
}

// The README's examples need these features; without them it is no documentation test.
#![cfg_attr(
    any(not(doctest), all(feature = "actix", feature = "testing")),
    doc = include_str!("../README.md")
)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(missing_docs)]

#[cfg(feature = "fetch")]
mod builder;
#[cfg(feature = "fetch")]
mod cache;
mod claims;
mod codes;
pub mod cookie;
#[cfg(feature = "pages")]
#[deprecated(note = "it is called `web`, and so is what is in it by names of the field")]
pub mod edge;
#[cfg(any(feature = "actix", feature = "axum"))]
mod extractors;
#[cfg(feature = "fetch")]
mod host;
#[cfg(feature = "fetch")]
mod http_client;
#[cfg(feature = "pages")]
mod i18n;
#[cfg(feature = "fetch")]
#[doc(hidden)]
pub mod internal;
mod json;
#[cfg(feature = "fetch")]
mod key_source;
mod keys;
#[cfg(feature = "fetch")]
mod login;
mod payload;
#[cfg(feature = "pages")]
mod problem;
pub mod protocol;
#[cfg(feature = "pages")]
mod query;
mod rejection;
pub mod setting;
#[cfg(feature = "fetch")]
mod settings;
mod signing_key;
#[cfg(feature = "fetch")]
mod unheard;
#[cfg(test)]
mod vectors;
mod verifier;
#[cfg(feature = "pages")]
pub mod web;

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(all(feature = "server", unix))]
pub mod server;
#[cfg(feature = "testing")]
pub mod testing;

#[cfg(feature = "fetch")]
pub use builder::SharedLoginBuilder;
pub use claims::{Claims, Role, TokenType};
#[cfg(feature = "fetch")]
pub use key_source::{KeySource, KeySourceError};
pub use keys::{KeySet, KeySetError};
#[cfg(feature = "fetch")]
pub use login::{Identity, SharedLogin};
pub use rejection::{Part, Rejection};
#[cfg(feature = "fetch")]
pub use settings::{Settings, SettingsError};
pub use signing_key::{MIN_SIGNING_KEY_BYTES, signing_key_id};
pub use verifier::Verifier;

/// The default name of the login cookie; `ACCESS_COOKIE_NAME` changes it.
pub const DEFAULT_ACCESS_COOKIE: &str = "__Secure-sso_access";

/// The default name of the cookie that hints at a session; `HINT_COOKIE_NAME` changes it.
pub const DEFAULT_HINT_COOKIE: &str = "__Secure-sso_hint";

/// The `typ` of an access token (RFC 9068, section 2.1). It is compared exactly, although media
/// types ignore case: auth-service always writes it like this.
pub const TOKEN_TYP: &str = "at+jwt";

/// The leeway for clocks that disagree, in seconds.
pub const LEEWAY_SECONDS: i64 = 5;

/// The longest token that is read, in bytes. Browsers keep cookies of 4096 bytes.
pub const MAX_TOKEN_BYTES: usize = 8192;

/// The longest lifetime of a token, in seconds: one hour. A longer one is refused.
pub const MAX_LIFE_SECONDS: i64 = 3600;

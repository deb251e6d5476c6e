//! What auth-service and services do alike beyond the public interface. Written once, so that the
//! two cannot come to differ.
//!
//! No part of the public interface: it changes without a note, and with it auth-service, which is
//! released together with this crate and depends on this very version.

pub use crate::host::{
    CookieDomain, CookieDomainError, OriginError, is_host_name, is_localhost, parse_origin, parse_origins,
};
#[cfg(feature = "pages")]
pub use crate::problem::Problem;
#[cfg(feature = "pages")]
pub use crate::query::remove_parameters;
pub use crate::settings::is_unknown_auth_setting;

/// HTTP requests to addresses that settings name.
pub mod http_client {
    pub use crate::http_client::{SystemTrust, agent, config, system_trust};
}

/// The messages of a language, and which language somebody reads.
#[cfg(feature = "pages")]
pub mod i18n {
    pub use crate::i18n::{MessageBundle, PreferredLanguages, SyntaxError, less_precise, parse};
}

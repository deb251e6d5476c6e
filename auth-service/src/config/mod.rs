//! The settings: each is an environment variable and a flag. They are read once at startup, and a
//! bad one is refused with a message of one line.

mod cookie_domain;
mod cookie_names;
mod duration;
mod flags;
mod mail;
mod origins;
mod picture;
mod proxies;
mod randomness;
mod registration;
mod secret;
mod secret_key;
mod serve;
mod services;
mod setting;
mod settings;
pub mod settings_file;
mod signing;
mod site;
mod unjudged;

use shared_claims::internal::is_unknown_auth_setting;

pub use cookie_domain::CookieDomain;
pub use cookie_names::CookieNames;
pub use duration::format_duration;
pub use flags::Flags;
pub use mail::{Mail, MailEncryption, Outgoing, SmtpUrl};
pub use origins::{AllowedOrigins, AuthUrl};
pub use picture::Picture;
pub use proxies::TrustedProxies;
pub use registration::Registration;
pub use secret_key::SecretKey;
pub use serve::{Config, LogFormat, PasswordRules, SessionLimits};
pub use services::{Service, Services, host_and_port};
pub use setting::{Blank, Rule, Setting};
pub use settings::{
    AddressFlags, AuditFlags, DatabaseFlags, KeyTimeFlags, MailFlags, PasswordFlags, SETTINGS, ServeFlags,
    SiteFlags,
};
pub use signing::{KeyTimes, SharedKey, TokenAlgorithm};
pub use site::{FooterLink, Site};

/// A setting that cannot be used. The message names the setting and the fix, never the value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{setting}: {problem}")]
pub struct ConfigError {
    /// The name of the environment variable.
    pub setting: &'static str,
    /// The problem and its fix.
    pub problem: String,
}

impl ConfigError {
    fn new(setting: &'static str, problem: impl Into<String>) -> Self {
        Self { setting, problem: problem.into() }
    }
}

/// Refuses unknown `AUTH_…` variables, because a misspelt one would silently leave the default in
/// force.
pub fn refuse_unknown_settings(names: impl IntoIterator<Item = String>) -> Result<(), String> {
    for name in names {
        if is_unknown_auth_setting(&name) {
            return Err(format!(
                "{name}: no such setting; see `auth-service serve --help` for those there are"
            ));
        }
    }
    Ok(())
}

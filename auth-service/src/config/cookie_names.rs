//! The names of our cookies.

use shared_claims::protocol::cookie;

use super::{ConfigError, ServeFlags};

/// The names of our cookies. Their prefixes make browsers protect them (rfc6265bis, 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieNames {
    /// The access token. It is sent to every sub-domain.
    pub access: String,
    /// The refresh token. It is sent to this host only.
    pub refresh: String,
    /// The browser session: flash messages and the CSRF secret, but no identity.
    pub browser: String,
    /// The hint that a session probably exists. It is sent to every sub-domain, and proves nothing.
    pub hint: String,
    /// The count of recent redirects. Only this service reads it, so no setting names it.
    pub trip: String,
}

impl CookieNames {
    pub(super) fn parse(flags: &ServeFlags, secure: bool) -> Result<Self, ConfigError> {
        let host = if secure { cookie::HOST_PREFIX } else { "" };
        let parent = if secure { cookie::SECURE_PREFIX } else { "" };
        let names = Self {
            access: name("ACCESS_COOKIE_NAME", flags.access_cookie_name.as_deref(), parent, cookie::ACCESS)?,
            refresh: name("REFRESH_COOKIE_NAME", flags.refresh_cookie_name.as_deref(), host, "sso_refresh")?,
            browser: name("BROWSER_COOKIE_NAME", flags.browser_cookie_name.as_deref(), host, "sso_browser")?,
            hint: name("HINT_COOKIE_NAME", flags.hint_cookie_name.as_deref(), parent, cookie::HINT)?,
            trip: format!("{host}sso_trip"),
        };
        let all = [&names.access, &names.refresh, &names.browser, &names.hint, &names.trip];
        if all.iter().enumerate().any(|(n, name)| all[..n].contains(name)) {
            return Err(ConfigError::new("REFRESH_COOKIE_NAME", "two cookies cannot have one name"));
        }
        Ok(names)
    }
}

fn name(
    setting: &'static str,
    value: Option<&str>,
    prefix: &str,
    default: &str,
) -> Result<String, ConfigError> {
    let Some(name) = value else { return Ok(format!("{prefix}{default}")) };
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || name.len() > 64 || !name.bytes().all(is_token) {
        return Err(ConfigError::new(
            setting,
            "may hold letters, digits, hyphen, underscore and dot, up to 64",
        ));
    }
    // Without the prefix, a sibling sub-domain could set a cookie of that name. With a wrong
    // prefix, the browser would drop our cookie.
    if prefix.is_empty() && name.starts_with("__") {
        return Err(ConfigError::new(setting, "must not start with __ when COOKIE_SECURE is false"));
    }
    if !name.starts_with(prefix) {
        return Err(ConfigError::new(setting, format!("must start with {prefix:?}")));
    }
    Ok(name.to_owned())
}

//! The cookies that a service itself sets and deletes.

use crate::Settings;

/// Remembers that the browser was sent round to renew a token that still held.
pub(super) const AHEAD: &str = "sso_ahead";

/// Remembers that the browser was asked whether there is a session.
pub(super) const ASKED: &str = "sso_asked";

/// For how long: a hint that is wrong, planted or left over, costs one round trip in this time.
pub(super) const ASKED_SECONDS: i64 = 300;

/// A cookie of this host alone, with nothing to say but that it is there.
pub(super) fn remember(settings: &Settings, name: &str, seconds: i64) -> String {
    let name = settings.own_cookie(name);
    format!("{name}=1; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{}", secure(settings))
}

/// Deletes the access cookie on one scope: what stands between its name and its path.
pub(super) fn delete_access(settings: &Settings, domain: &str) -> String {
    let name = settings.access_cookie();
    format!("{name}={domain}; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{}", secure(settings))
}

fn secure(settings: &Settings) -> &'static str {
    if settings.has_secure_cookies() { "; Secure" } else { "" }
}

//! `REFRESH_AHEAD`: how long before its end a login is renewed.

use super::SettingsError;
use crate::setting;

const NAME: &str = "REFRESH_AHEAD";

/// Long enough to read a page and begin to type.
pub(super) const DEFAULT: u32 = 60;

/// The longest lifetime of a token is an hour, so more than that is a mistake.
const MAX_SECONDS: u32 = 3600;

/// `90`, `90s` or `2m`, in seconds. Fractions are refused.
pub(super) fn read(text: &str) -> Result<u32, SettingsError> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = match is_number {
        true => text.parse().ok(),
        false => setting::duration(text)
            .filter(|span| span.subsec_nanos() == 0 && !text.contains('.'))
            .map(|span| span.as_secs()),
    };
    match seconds.map(u32::try_from) {
        Some(Ok(seconds)) if seconds <= MAX_SECONDS => Ok(seconds),
        Some(_) => Err(SettingsError::new(NAME, "is more than an hour, the longest life of a token")),
        None => Err(SettingsError::new(NAME, "must be seconds, as in 60, 60s or 1m")),
    }
}

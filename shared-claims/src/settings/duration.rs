//! Parsing of durations, such as `90s` or `2m`.

use super::SettingsError;

/// The longest life of a token is an hour: more than that is a mistake.
const MAX_SECONDS: u32 = 3600;

/// `90`, `90s` or `2m`, in seconds.
pub(super) fn seconds(name: &str, text: &str) -> Result<u32, SettingsError> {
    let (number, unit) = match text.strip_suffix('m') {
        Some(number) => (number, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    let number = number.trim_end();
    let seconds = match number.bytes().all(|b| b.is_ascii_digit()) {
        true => number.parse::<u32>().ok().and_then(|number| number.checked_mul(unit)),
        false => None,
    };
    match seconds {
        Some(seconds) if seconds <= MAX_SECONDS => Ok(seconds),
        Some(_) => Err(SettingsError::new(name, "is more than an hour, the longest life of a token")),
        None => Err(SettingsError::new(name, "must be seconds, as in 60, 60s or 1m")),
    }
}

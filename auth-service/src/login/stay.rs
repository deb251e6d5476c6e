//! How long a login stays in a browser, as the login page says it.

use std::time::Duration;

use crate::config::SessionLimits;
use crate::i18n::Message;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The time without a visit after which a login ends, in the largest unit that is not far off.
pub(super) fn stay(limits: SessionLimits) -> Message {
    let seconds = limits.idle.min(limits.absolute).as_secs();
    let is_in = |unit: u64| seconds >= 2 * unit || seconds == unit;
    let (key, unit) = match () {
        () if is_in(DAY) => (Message::new("login-stays-days"), DAY),
        () if is_in(HOUR) => (Message::new("login-stays-hours"), HOUR),
        () => (Message::new("login-stays-minutes"), MINUTE),
    };
    key.with("count", u32::try_from(seconds / unit).unwrap_or(u32::MAX))
}

impl super::LoginPage {
    /// What samples say.
    pub(super) fn sample_stay() -> Message {
        let five_days = Duration::from_secs(5 * DAY);
        stay(SessionLimits {
            idle: five_days,
            absolute: five_days,
            per_user: 1,
            grace: Duration::ZERO,
            verified_only: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stay_is_told_in_the_largest_unit_that_fits() {
        let texts = crate::i18n::Translations::embedded();
        for (idle, absolute, words) in [
            (5 * DAY, 30 * DAY, "You stay logged in for 5 days on this browser."),
            (DAY, 30 * DAY, "You stay logged in for a day on this browser."),
            (36 * HOUR, 30 * DAY, "You stay logged in for 36 hours on this browser."),
            (5 * DAY, HOUR, "You stay logged in for an hour on this browser."),
            (90 * MINUTE, 30 * DAY, "You stay logged in for 90 minutes on this browser."),
            (MINUTE, 30 * DAY, "You stay logged in for a minute on this browser."),
        ] {
            let (idle, absolute) = (Duration::from_secs(idle), Duration::from_secs(absolute));
            let said = stay(SessionLimits {
                idle,
                absolute,
                per_user: 1,
                grace: Duration::ZERO,
                verified_only: false,
            });
            assert_eq!(texts.english(&said), words);
        }
    }
}

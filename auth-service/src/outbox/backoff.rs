//! The schedule of attempts: soon at first, then hourly, and no longer than four days. What the
//! other side refuses is tried again a few times, slowly.

use std::time::Duration;

/// The pauses after the first failures; the last one repeats.
const PAUSES: [u64; 6] = [5, 30, 2 * 60, 10 * 60, 30 * 60, 3600];

/// The pauses after the first refusals: time in which an operator corrects a mistake.
const PAUSES_OF_REFUSALS: [u64; 3] = [10 * 60, 30 * 60, 3600];

/// How long a delivery is tried. RFC 5321, 4.5.4.1, asks for four to five days.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(4 * 24 * 3600);

/// Why an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setback {
    /// It may succeed later.
    Passing(String),
    /// The other side says that it never will. Operators of mail servers say so by mistake too, so
    /// it is tried a few times more.
    Refused(String),
    /// We cannot make the content; it never will succeed.
    Impossible(String),
}

impl Setback {
    pub fn reason(&self) -> &str {
        let (Self::Passing(reason) | Self::Refused(reason) | Self::Impossible(reason)) = self;
        reason
    }

    /// The pause before the next attempt, after so many; `None` if it is given up.
    pub(super) fn pause(&self, attempts: i64, age: Duration) -> Option<Duration> {
        let before = usize::try_from(attempts - 1).unwrap_or(0);
        let seconds = match self {
            Self::Passing(_) if age >= DELIVERY_TIMEOUT => None,
            Self::Passing(_) => PAUSES.get(before.min(PAUSES.len() - 1)),
            Self::Refused(_) => PAUSES_OF_REFUSALS.get(before),
            Self::Impossible(_) => None,
        };
        seconds.map(|seconds| Duration::from_secs(*seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn the_pauses_grow_to_an_hour_and_end_after_four_days() {
        let passing = Setback::Passing("421".to_owned());
        let pause = |attempts, age| passing.pause(attempts, age).map(|pause| pause.as_secs());
        assert_eq!(
            [1, 2, 3, 6, 7, 90].map(|attempts| pause(attempts, MINUTE)),
            [Some(5), Some(30), Some(120), Some(3600), Some(3600), Some(3600)]
        );
        assert_eq!(pause(90, DELIVERY_TIMEOUT), None);
    }

    #[test]
    fn a_refusal_is_tried_four_times_and_what_cannot_be_made_once() {
        let refused = Setback::Refused("550".to_owned());
        let pauses = [1, 2, 3, 4].map(|attempts| refused.pause(attempts, MINUTE));
        assert_eq!(pauses, [Some(10 * MINUTE), Some(30 * MINUTE), Some(60 * MINUTE), None]);
        assert_eq!(Setback::Impossible(String::new()).pause(1, MINUTE), None);
    }
}

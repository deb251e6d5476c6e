//! The rotation rules of refresh tokens: which token is rotated, which one gets the same successor
//! again, and which one proves that two parties hold the session. A pure function of the session's
//! state; `tests/it/rotation/` explores it.
//!
//! Each generation except the first was issued to the holder of an earlier one, its parent. A
//! response may be lost, so a parent can have many children, but a single holder uses at most one
//! of them. So if two children of one parent are used more than the grace period apart, two parties
//! hold the session.

use std::time::Duration;

use crate::db::types::Timestamp;

/// The generation of a new login.
pub const FIRST_GENERATION: i64 = 1;

/// The state of a session's rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// The generation that was issued last.
    pub newest: i64,
    /// The generation that last caused a rotation.
    pub anchor: i64,
    /// The generation whose children are distinguished here: the anchor itself if it was used
    /// again, otherwise the anchor's parent.
    pub parent: i64,
    /// The parent's children are the generations above this one. `newest` is the anchor's own
    /// child.
    pub children_after: i64,
    /// When `newest` was issued.
    pub rotated_at: Timestamp,
}

/// The decision on a generation that a client presents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// Store this rotation, and hand out its newest generation.
    Rotate(Rotation),
    /// Leave the session unchanged, and hand out this generation.
    Again(i64),
    /// Two parties hold the session.
    Reuse,
    /// The generation was not issued yet: the database was restored from an older copy.
    Unknown,
}

impl Rotation {
    /// The state of a session of which only the generation is known: it is new, was just
    /// reauthenticated, or was rotated by a release that stored no more. The previous generation,
    /// if any, counts as the one that was used for it.
    pub fn plain(newest: i64, rotated_at: Timestamp) -> Self {
        let before = newest - 1;
        Self { newest, anchor: before, parent: before, children_after: before, rotated_at }
    }

    /// Decides on a generation that is presented at `now`.
    pub fn judge(&self, shown: i64, grace: Duration, now: Timestamp) -> Verdict {
        if shown > self.newest {
            return Verdict::Unknown;
        }
        let is_pause = self.is_pause(grace, now);
        // Requests in flight while a child was used carry its parent or a sibling. They may still
        // arrive within the grace period.
        let has_moved = self.anchor != self.parent;
        let (parent, children_after) = if has_moved && !is_pause {
            (self.anchor, self.newest - 1)
        } else {
            (self.parent, self.children_after)
        };
        if shown != parent && shown <= children_after {
            return Verdict::Reuse;
        }
        if is_pause {
            // A child that is not the newest stays as it is. Giving it a sibling instead would
            // leave one browser with both.
            return Verdict::Again(if has_moved || shown == parent { self.newest } else { shown });
        }
        Verdict::Rotate(Self {
            newest: self.newest + 1,
            anchor: shown,
            parent,
            children_after,
            rotated_at: now,
        })
    }

    /// Whether the last rotation is too recent for another one.
    ///
    /// The pause protects browsers with many tabs. If every response caused a rotation, a request
    /// in flight would soon be two generations behind, and would look stolen. The first token of a
    /// session needs no pause, because no token preceded it. A rotation far in the future comes
    /// from a wrong clock, and does not count as recent.
    fn is_pause(&self, grace: Duration, now: Timestamp) -> bool {
        let is_recent = self.rotated_at - grace <= now && now <= self.rotated_at + grace;
        is_recent && self.newest != FIRST_GENERATION
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE: Duration = Duration::from_secs(30);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from(chrono::DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap())
    }

    /// A session to which `generations` were presented 100 seconds apart, and the time of the next
    /// one.
    fn shown(generations: &[i64]) -> (Rotation, i64) {
        let (mut rotation, mut now) = (Rotation::plain(FIRST_GENERATION, at(0)), 0);
        for generation in generations {
            now += 100;
            rotation = match rotation.judge(*generation, GRACE, at(now)) {
                Verdict::Rotate(to) => to,
                other => panic!("{generation} of {generations:?}: {other:?}"),
            };
        }
        (rotation, now + 100)
    }

    /// The generations that cause a rotation, later than the grace period after all of
    /// `generations` were used.
    fn good_after(generations: &[i64]) -> Vec<i64> {
        let (rotation, now) = shown(generations);
        let is_good = |shown: &i64| matches!(rotation.judge(*shown, GRACE, at(now)), Verdict::Rotate(_));
        (1..=rotation.newest).filter(is_good).collect()
    }

    #[test]
    fn the_anchor_and_its_children_are_good_and_nothing_else() {
        for (generations, good) in [
            (&[][..], &[1][..]),
            (&[1], &[1, 2]),
            (&[1, 2], &[2, 3]),
            (&[1, 1], &[1, 2, 3]),
            (&[1, 1, 1], &[1, 2, 3, 4]),
            (&[1, 1, 2], &[2, 4]),
            (&[1, 1, 3], &[3, 4]),
            (&[1, 1, 2, 2], &[2, 4, 5]),
            (&[1, 1, 2, 4], &[4, 5]),
            (&[1, 1, 2, 2, 4], &[4, 6]),
        ] {
            assert_eq!(good_after(generations), good, "{generations:?}");
        }
    }

    #[test]
    fn within_the_grace_what_was_good_just_before_gets_the_newest() {
        // 2 and 3 are children of 1, and 2 was rotated to 4.
        let (rotation, due) = shown(&[1, 1, 2]);
        let soon = at(due - 100 + 30);
        for (generation, verdict) in [
            (1, Verdict::Again(4)),
            (2, Verdict::Again(4)),
            (3, Verdict::Again(4)),
            (4, Verdict::Again(4)),
            (5, Verdict::Unknown),
        ] {
            assert_eq!(rotation.judge(generation, GRACE, soon), verdict, "{generation}");
        }
        assert_eq!(rotation.judge(3, GRACE, at(due - 100 + 31)), Verdict::Reuse);
        // After one more rotation, any generation before the anchor's parent means two holders,
        // regardless of the time.
        let (rotation, due) = shown(&[1, 1, 2, 4]);
        for dead in [1, 3] {
            assert_eq!(rotation.judge(dead, GRACE, at(due - 100)), Verdict::Reuse, "{dead}");
        }
        for good in [2, 4, 5] {
            assert_eq!(rotation.judge(good, GRACE, at(due - 100)), Verdict::Again(5), "{good}");
        }
    }

    #[test]
    fn within_the_grace_an_older_child_stays_what_it_is() {
        let (rotation, due) = shown(&[1, 1, 1]);
        let soon = at(due - 100);
        for (generation, again) in [(1, 4), (2, 2), (3, 3), (4, 4)] {
            assert_eq!(rotation.judge(generation, GRACE, soon), Verdict::Again(again), "{generation}");
        }
    }

    #[test]
    fn the_first_token_of_a_session_needs_no_pause_and_a_clock_far_ahead_makes_none() {
        let new = Rotation::plain(FIRST_GENERATION, at(0));
        assert!(matches!(new.judge(1, GRACE, at(0)), Verdict::Rotate(_)));
        let proven = Rotation::plain(7, at(0));
        assert_eq!(proven.judge(7, GRACE, at(30)), Verdict::Again(7));
        assert!(matches!(proven.judge(7, GRACE, at(-31)), Verdict::Rotate(_)));
    }

    /// A former release stored only the generation, so the previous one counts as used.
    #[test]
    fn of_a_session_that_a_former_release_moved_on_the_last_two_are_good() {
        let rotation = Rotation::plain(7, at(0));
        let good = |shown: &i64| matches!(rotation.judge(*shown, GRACE, at(31)), Verdict::Rotate(_));
        assert_eq!((1..=8).filter(good).collect::<Vec<_>>(), [6, 7]);
        assert_eq!(rotation.judge(5, GRACE, at(10)), Verdict::Reuse);
        assert_eq!(rotation.judge(6, GRACE, at(10)), Verdict::Again(7));
    }

    #[test]
    fn without_a_grace_nothing_is_forgiven_but_a_lost_answer() {
        let (rotation, due) = shown(&[1, 2]);
        let judge = |shown| rotation.judge(shown, Duration::ZERO, at(due));
        assert_eq!(judge(1), Verdict::Reuse);
        assert!(matches!(judge(2), Verdict::Rotate(_)) && matches!(judge(3), Verdict::Rotate(_)));
    }
}

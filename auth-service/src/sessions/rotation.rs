//! The rotation rules of refresh tokens: which token is rotated, which one gets the same answer
//! again, and which one proves that two hold the session. A pure function of what the session
//! knows; `tests/it/rotation/` explores it.
//!
//! Each generation but the first was issued to a holder of an earlier one, its parent. An answer
//! may be lost, so one parent can have many children. A single holder shows at most one child of
//! them. So two children of one parent, shown more than the grace period apart, are in two hands.

use std::time::Duration;

use crate::db::types::Timestamp;

/// The generation that a login begins with.
pub const FIRST_GENERATION: i64 = 1;

/// The state of a session's rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rotation {
    /// The generation that was issued last.
    pub newest: i64,
    /// The generation that moved the session on last.
    pub anchor: i64,
    /// The generation whose children are told apart here: the anchor itself once it came again,
    /// else the anchor's parent.
    pub parent: i64,
    /// The parent's children are the generations above this; `newest` is the anchor's own child.
    pub children_after: i64,
    /// When `newest` was issued.
    pub rotated_at: Timestamp,
}

/// The verdict on a generation that somebody shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// The session moves on to this, and hands out its newest generation.
    Rotate(Rotation),
    /// The session stays as it is, and this generation is handed out.
    Again(i64),
    /// Two hold the session.
    Reuse,
    /// We have not issued it: the database was restored from an older copy.
    Unknown,
}

impl Rotation {
    /// Of a session of which nothing is known but its generation: it is new, or its password was
    /// proven, or a release that kept no more moved it on. The generation before was shown for this
    /// one, as far as there was one.
    pub fn plain(newest: i64, rotated_at: Timestamp) -> Self {
        let before = newest - 1;
        Self { newest, anchor: before, parent: before, children_after: before, rotated_at }
    }

    /// Judges a generation that somebody shows at `now`.
    pub fn judge(&self, shown: i64, grace: Duration, now: Timestamp) -> Verdict {
        if shown > self.newest {
            return Verdict::Unknown;
        }
        let is_pause = self.is_pause(grace, now);
        // Requests that were under way when a child was shown carry its parent or a sibling. They
        // have the grace to arrive.
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
            // A child that was not the last to be issued stays what it is. If it got a sibling in
            // exchange, one browser would hold both.
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

    /// Whether the session moved on so lately that it does not move on again.
    ///
    /// The pause is for browsers with many tabs: if every answer moved the session on, a request
    /// that is still under way would soon be two generations behind, and look like a thief's. The
    /// first token of a session needs no pause, because none came before it. A moment well in the
    /// future is a clock's mistake, and no reason to wait for it.
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

    /// A session that was shown `generations`, each 100 seconds after the one before; when the next
    /// one is due.
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

    /// Which of the generations moves the session on, more than the grace after it was shown all of
    /// `generations`.
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
        // 2 and 3 are children of 1, and 2 moved on to 4.
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
        // One further on, and whatever came before the anchor's parent is in two hands, however
        // soon.
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

    /// What a former release left behind: it showed us the generation before, and no more.
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

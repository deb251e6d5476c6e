//! Our rules, each with one change. The exploration must find out what each rule is for.

use std::time::Duration;

use auth_service::db::types::Timestamp;
use auth_service::sessions::{Rotation, Verdict};

type Grace = Duration;

fn has_moved(row: &Rotation) -> bool {
    row.anchor != row.parent
}

/// As in the previous release: a replaced token is reuse after the grace period.
pub fn no_token_comes_again(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Rotate(to) if to.anchor == row.anchor => Verdict::Reuse,
        verdict => verdict,
    }
}

/// A repeated token gets the same successor as before.
pub fn the_same_successor_again(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Rotate(to) if to.anchor == row.anchor => Verdict::Again(row.newest),
        verdict => verdict,
    }
}

/// A successor stays valid although another one was used.
pub fn siblings_stay_good(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Reuse if has_moved(row) && shown > row.children_after => {
            Verdict::Rotate(Rotation { newest: row.newest + 1, anchor: shown, rotated_at: now, ..*row })
        }
        verdict => verdict,
    }
}

/// A token stays valid although a successor of it was used.
pub fn the_parent_stays_good(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Reuse if shown == row.parent => {
            Verdict::Rotate(Rotation { newest: row.newest + 1, anchor: shown, rotated_at: now, ..*row })
        }
        verdict => verdict,
    }
}

/// As in the previous release: two generations back is reuse at any time.
pub fn no_parent_within_the_grace(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Again(_) if has_moved(row) && shown == row.parent => Verdict::Reuse,
        verdict => verdict,
    }
}

/// A sibling of the token that rotated the session is reuse at any time.
pub fn no_sibling_within_the_grace(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    let is_sibling = shown != row.parent && shown != row.anchor && shown != row.newest;
    match row.judge(shown, grace, now) {
        Verdict::Again(_) if has_moved(row) && is_sibling => Verdict::Reuse,
        verdict => verdict,
    }
}

/// Within the grace period every token gets the newest one.
pub fn older_children_get_the_newest(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Again(_) => Verdict::Again(row.newest),
        verdict => verdict,
    }
}

/// The newest token rotates the session at any time.
pub fn no_pause(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Again(_) if shown == row.newest => row.judge(shown, Duration::ZERO, now + grace),
        verdict => verdict,
    }
}

/// Within the grace period every token between the anchor's parent and the newest is answered, even
/// if it was invalid before.
pub fn everything_within_the_grace(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match (row.judge(shown, grace, now), row.judge(row.newest, grace, now)) {
        (Verdict::Reuse, again @ Verdict::Again(_)) if shown > row.parent => again,
        (verdict, _) => verdict,
    }
}

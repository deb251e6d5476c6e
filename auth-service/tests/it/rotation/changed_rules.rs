//! Our rules with one of them changed. The exploration must find what each of them is for.

use std::time::Duration;

use auth_service::db::types::Timestamp;
use auth_service::sessions::{Rotation, Verdict};

type Grace = Duration;

fn has_moved(row: &Rotation) -> bool {
    row.anchor != row.parent
}

/// As the former release: a replaced token is theft after the grace.
pub fn no_token_comes_again(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Rotate(to) if to.anchor == row.anchor => Verdict::Reuse,
        verdict => verdict,
    }
}

/// A token that comes again gets the successor that it had before.
pub fn the_same_successor_again(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Rotate(to) if to.anchor == row.anchor => Verdict::Again(row.newest),
        verdict => verdict,
    }
}

/// A successor is good although another one was shown in its place.
pub fn siblings_stay_good(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Reuse if has_moved(row) && shown > row.children_after => {
            Verdict::Rotate(Rotation { newest: row.newest + 1, anchor: shown, rotated_at: now, ..*row })
        }
        verdict => verdict,
    }
}

/// A token is good although a successor of it was shown.
pub fn the_parent_stays_good(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Reuse if shown == row.parent => {
            Verdict::Rotate(Rotation { newest: row.newest + 1, anchor: shown, rotated_at: now, ..*row })
        }
        verdict => verdict,
    }
}

/// As the former release: two generations back is theft, however soon.
pub fn no_parent_within_the_grace(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Again(_) if has_moved(row) && shown == row.parent => Verdict::Reuse,
        verdict => verdict,
    }
}

/// What was issued beside the token that moved the session on is theft, however soon.
pub fn no_sibling_within_the_grace(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    let is_sibling = shown != row.parent && shown != row.anchor && shown != row.newest;
    match row.judge(shown, grace, now) {
        Verdict::Again(_) if has_moved(row) && is_sibling => Verdict::Reuse,
        verdict => verdict,
    }
}

/// Within the grace every token gets the newest one.
pub fn older_children_get_the_newest(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Again(_) => Verdict::Again(row.newest),
        verdict => verdict,
    }
}

/// The newest token moves the session on, whenever it comes.
pub fn no_pause(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match row.judge(shown, grace, now) {
        Verdict::Again(_) if shown == row.newest => row.judge(shown, Duration::ZERO, now + grace),
        verdict => verdict,
    }
}

/// Within the grace everything between the anchor's parent and the newest is answered, also what was found dead before.
pub fn everything_within_the_grace(row: &Rotation, shown: i64, grace: Grace, now: Timestamp) -> Verdict {
    match (row.judge(shown, grace, now), row.judge(row.newest, grace, now)) {
        (Verdict::Reuse, again @ Verdict::Again(_)) if shown > row.parent => again,
        (verdict, _) => verdict,
    }
}

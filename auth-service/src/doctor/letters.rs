//! Checks the outbox: letters that wait long or were given up, and people who wait for one.

use std::time::Duration;

use super::finding::Finding;
use super::settings::Known;
use crate::clock::Clock;
use crate::db::{AnyConnection, DatabaseError};
use crate::mail::backlog::LONG;
use crate::outbox::Delivery;
use crate::users::User;

/// `conn` has the schema of this binary.
pub(super) fn examine(conn: &mut AnyConnection, known: &Known) -> Result<Vec<Finding>, DatabaseError> {
    let now = Clock::system().read(conn)?;
    let wait = Delivery::oldest_waiting(conn)?.map(|since| since.until(now));
    let waiting = waits(wait.filter(|wait| LONG < *wait), Delivery::count_failed(conn)?);
    let is_known = known.has("REQUIRE_VERIFIED_EMAIL") && known.has("SMTP_URL");
    let unverified = match is_known && known.config.mail.requires_verified {
        true => unverified(User::count_unverified(conn)?),
        false => None,
    };
    Ok(waiting.into_iter().chain(unverified).collect())
}

fn waits(wait: Option<Duration>, failed: i64) -> Option<Finding> {
    let waits = wait.map(|wait| format!("the oldest letter waits {} minutes", wait.as_secs() / 60));
    let failed = (failed > 0).then(|| format!("{failed} letter(s) were given up"));
    let what = [waits, failed].into_iter().flatten().collect::<Vec<_>>();
    (!what.is_empty()).then(|| {
        Finding::warning("mail-waits", what.join(", and "))
            .because("Somebody waits for a link or a code.")
            .advise("`auth-service mail list` says why; `auth-service mail retry` tries them again.")
    })
}

fn unverified(count: i64) -> Option<Finding> {
    (count > 0).then(|| {
        Finding::note("mail-unverified", format!("{count} account(s) have an address that nobody has verified"))
            .because("REQUIRE_VERIFIED_EMAIL is in force: they are asked for the code of a letter at their next login.")
            .advise("Nothing. If they are many, expect as many letters.")
    })
}

//! Conflict resolution: what an import does to an existing account with the same address.
//!
//! Django may not have verified the addresses of its users. An attacker could register the address
//! of another person there. So a source must not be able to hand over a privileged account:
//!
//! - rights are taken only from a source that the operator trusts with them, and only together with
//!   its password. Otherwise the holder of the account here, who has another password, would
//!   receive the rights;
//! - only such a source changes an account that has rights, roles or a verified address here;
//! - an account that was deactivated here stays inactive;
//! - an unusable password never replaces a usable one, and a password that was abandoned here does
//!   not return.

use super::person::Person;
use super::policy::{Conflict, ImportPolicy};
use super::report::Outcome;
use crate::users::User;

/// The decision for an account.
pub(super) struct Decision {
    pub outcome: Outcome,
    /// The columns in which the two accounts differ.
    pub differs: Vec<&'static str>,
    /// The reasons why the source did not get its way despite the policy.
    pub notes: Vec<&'static str>,
    /// The new state of the account.
    pub new: Option<User>,
    /// The changes, as text.
    pub changed: Vec<&'static str>,
}

/// Decides what happens to `here`, the account with the user's address. `has_moved_on` means that
/// it was imported and its owner has logged in since, so its password belongs to the owner.
pub(super) fn decide(here: &User, person: &Person, policy: &ImportPolicy, has_moved_on: bool) -> Decision {
    let there = &person.user;
    let offers_password = person.has_password && !has_moved_on && here.password_hash != there.password_hash;
    let mut differs = Vec::new();
    let mut note = |is_other: bool, column| {
        if is_other {
            differs.push(column);
        }
    };
    note(person.has_own_uuid && here.id != there.id, "user_uuid");
    note(!there.first_name.is_empty() && here.first_name != there.first_name, "first_name");
    note(!there.last_name.is_empty() && here.last_name != there.last_name, "last_name");
    note(offers_password, "password");
    note(here.is_active != there.is_active, "is_active");
    note(policy.trust_rights && here.is_staff != there.is_staff, "is_staff");
    note(policy.trust_rights && here.is_superuser != there.is_superuser, "is_superuser");

    let mut decision =
        Decision { outcome: Outcome::Unchanged, differs, notes: Vec::new(), new: None, changed: Vec::new() };
    if decision.differs.is_empty() {
        return decision;
    }
    decision.outcome = Outcome::Kept;
    let here_seen = here.last_login.unwrap_or(here.date_joined);
    let source_wins = match policy.on_conflict {
        Conflict::Keep => false,
        Conflict::Take => true,
        Conflict::Newest => person.last_seen.is_some_and(|seen| seen > here_seen),
    };
    if !source_wins {
        return decision;
    }
    let is_protected =
        here.is_staff || here.is_superuser || !here.roles.is_empty() || here.email_verified_at.is_some();
    if is_protected && !policy.trust_rights {
        decision.notes.push("has rights or a verified address here; not changed without --trust-rights");
        return decision;
    }

    let mut new = here.clone();
    if !there.first_name.is_empty() {
        new.first_name.clone_from(&there.first_name);
    }
    if !there.last_name.is_empty() {
        new.last_name.clone_from(&there.last_name);
    }
    if offers_password {
        new.password_hash = there.password_hash.clone();
        new.date_joined = here.date_joined.min(there.date_joined);
        new.last_login = here.last_login.max(there.last_login);
    }
    match (here.is_active, there.is_active) {
        (true, false) => new.is_active = false,
        (false, true) => decision.notes.push("is inactive here; `users activate` lets them in again"),
        _ => {}
    }
    if policy.trust_rights {
        let is_raised = (there.is_staff && !here.is_staff) || (there.is_superuser && !here.is_superuser);
        if is_raised && new.password_hash != there.password_hash {
            decision.notes.push("rights not taken: the password is another than in the source");
        } else {
            (new.is_staff, new.is_superuser) = (there.is_staff, there.is_superuser);
        }
    }
    decision.changed = changed(here, &new);
    if !decision.changed.is_empty() {
        decision.outcome = Outcome::Changed;
        decision.new = Some(new);
    }
    decision
}

fn changed(here: &User, new: &User) -> Vec<&'static str> {
    let pairs = [
        (here.first_name != new.first_name, "first_name"),
        (here.last_name != new.last_name, "last_name"),
        (here.password_hash != new.password_hash, "password"),
        (here.is_active != new.is_active, "is_active"),
        (here.is_staff != new.is_staff, "is_staff"),
        (here.is_superuser != new.is_superuser, "is_superuser"),
    ];
    pairs.into_iter().filter_map(|(is_other, column)| is_other.then_some(column)).collect()
}

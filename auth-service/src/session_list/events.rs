//! What happened to an account lately, in its owner's words.

use serde::Serialize;

use crate::accounts::device_in_words;
use crate::audit::{Entry, Event};

/// What its owner, the operator or a thief did; renewals, for one, would drown the rest.
pub(super) const DONE: [Event; 9] = [
    Event::Registered,
    Event::Login,
    Event::Logout,
    Event::SessionEnded,
    Event::RefreshReuse,
    Event::PasswordChanged,
    Event::Activated,
    Event::Deactivated,
    Event::RolesChanged,
];

/// What somebody tried in vain. Anybody can make many of these, so they have places of their own: a login that its owner
/// did not make, or a theft, must not be pushed out of sight by wrong passwords.
pub(super) const REFUSED: [Event; 2] = [Event::LoginRefused, Event::PasswordRefused];

/// How many of each are shown.
pub(super) const LATEST_DONE: i64 = 8;
pub(super) const LATEST_REFUSED: i64 = 4;

/// One line of the list.
#[derive(Debug, Serialize)]
pub struct EventLine {
    what: &'static str,
    when: String,
    /// From which device and address, where somebody did it over the network.
    from: Option<String>,
    /// Somebody else may have done this.
    is_alarming: bool,
}

impl EventLine {
    /// `None` for events that say nothing to a person.
    pub fn of(entry: &Entry) -> Option<Self> {
        let event = Event::parse(&entry.event)?;
        let what = in_words(event, entry.detail.as_deref().unwrap_or_default())?;
        let device = || device_in_words(entry.user_agent.as_deref());
        let from = entry.address.as_ref().map(|address| format!("{}, {address}", device()));
        let is_alarming = event == Event::RefreshReuse || REFUSED.contains(&event);
        Some(Self { what, when: entry.at.in_words(), from, is_alarming })
    }
}

fn in_words(event: Event, detail: &str) -> Option<&'static str> {
    Some(match (event, detail) {
        (Event::Registered, _) => "Account created",
        (Event::Login, _) => "Logged in",
        (Event::LoginRefused, "inactive") => "Login refused: the account was inactive",
        (Event::LoginRefused, _) => "Login failed: wrong password",
        (Event::PasswordRefused, _) => "Wrong password, where it was asked for again",
        (Event::Logout, _) => "Logged out",
        (Event::SessionEnded, "ended_by_owner") => "Logged out of another browser",
        (Event::SessionEnded, "ended_by_operator") => "Logged out by the operator",
        (Event::SessionEnded, "too_many") => "Oldest login ended: there were too many",
        // Somebody logged in anew in the same browser; the login itself is in the list.
        (Event::SessionEnded, _) => return None,
        (Event::RefreshReuse, _) => "A copy of a login was used; that login was ended",
        (Event::PasswordChanged, _) => "Password changed",
        (Event::Activated, _) => "Account activated by the operator",
        (Event::Deactivated, _) => "Account deactivated by the operator",
        (Event::RolesChanged, _) => "Roles changed by the operator",
        _ => return None,
    })
}

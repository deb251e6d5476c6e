//! The recent events of an account, described for its owner.

use serde::Serialize;

use crate::audit::{AuditEvent, EventKind};
use crate::i18n::Message;
use crate::i18n::datetime;
use crate::sessions::{EndReason, device};
use crate::sign_in::Rejection;

/// The actions of the owner, the operator or an attacker. Routine events such as renewals would
/// hide the others.
pub(super) const DONE: [EventKind; 10] = [
    EventKind::Registered,
    EventKind::Login,
    EventKind::Logout,
    EventKind::SessionEnded,
    EventKind::RefreshReuse,
    EventKind::PasswordChanged,
    EventKind::Activated,
    EventKind::Deactivated,
    EventKind::RolesChanged,
    EventKind::RightsChanged,
];

/// Failed attempts. Anyone can cause many of these, so they have separate places: wrong passwords
/// must not push an unknown login or a theft out of sight.
pub(super) const REFUSED: [EventKind; 2] = [EventKind::LoginRefused, EventKind::ReauthenticationRejected];

/// The number of events shown of each group.
pub(super) const LATEST_DONE: i64 = 8;
pub(super) const LATEST_REFUSED: i64 = 4;

#[derive(Debug, Serialize)]
pub struct EventLine {
    what: Message,
    when: Message,
    /// The number of repetitions, and the time of the last one.
    again: Option<Message>,
    /// The device and the address, for events over the network.
    from: Option<Message>,
    /// Whether someone else may have caused the event.
    is_alarming: bool,
}

impl EventLine {
    /// One of each kind, for the template check.
    pub(super) fn samples() -> Vec<Self> {
        let line = |what, is_alarming: bool, from| Self {
            what: Message::new(what),
            when: Message::verbatim("now"),
            again: is_alarming.then(|| Message::new("event-again").with("times", 3_i64).with("when", "now")),
            from,
            is_alarming,
        };
        vec![
            line("event-login", false, Some(Message::new("device-unknown"))),
            line("event-reuse", true, None),
        ]
    }

    /// `None` for events that mean nothing to the user.
    pub fn of(entry: &AuditEvent) -> Option<Self> {
        let event = entry.event.known()?;
        let what = text(event, entry)?;
        let device = || device(entry.user_agent.as_deref());
        let from = |address: &String| {
            Message::new("event-from").with("device", device()).with("address", address.as_str())
        };
        let again = entry.last_at.filter(|_| entry.repeats > 0).map(|last| {
            Message::new("event-again").with("times", entry.repeats).with("when", datetime(last))
        });
        let is_alarming = event == EventKind::RefreshReuse || REFUSED.contains(&event);
        let from = entry.address.as_ref().map(from);
        Some(Self { what, when: datetime(entry.at), again, from, is_alarming })
    }
}

fn text(event: EventKind, entry: &AuditEvent) -> Option<Message> {
    Some(Message::new(match event {
        EventKind::Registered => "event-registered",
        EventKind::Login => "event-login",
        EventKind::LoginRefused => match entry.reason_of() {
            Some(Rejection::Inactive) => "event-login-inactive",
            _ => "event-login-wrong",
        },
        EventKind::ReauthenticationRejected => "event-password-refused",
        EventKind::Logout => "event-logout",
        EventKind::SessionEnded => match entry.reason_of()? {
            EndReason::ByOwner => "event-ended-by-owner",
            EndReason::ByOperator => "event-ended-by-operator",
            EndReason::TooMany => "event-too-many",
            // A new login in the same browser; the login itself is in the list.
            _ => return None,
        },
        EventKind::RefreshReuse => "event-reuse",
        EventKind::PasswordChanged => "event-password-changed",
        EventKind::Activated => "event-activated",
        EventKind::Deactivated => "event-deactivated",
        EventKind::RolesChanged => "event-roles-changed",
        EventKind::RightsChanged => "event-rights-changed",
        _ => return None,
    }))
}

//! The events of an account, described for its owner.

use serde::Serialize;

use crate::audit::{AuditEvent, EventKind, HistoryKinds};
use crate::db::types::Timestamp;
use crate::i18n::{Message, Moment};
use crate::sessions::{EndReason, device};
use crate::sign_in::Rejection;

/// The actions of the owner, the operator or an attacker. Routine events such as renewals would
/// hide the others.
const DONE: [EventKind; 17] = [
    EventKind::Registered,
    EventKind::Login,
    EventKind::LoginDisowned,
    EventKind::Logout,
    EventKind::SessionEnded,
    EventKind::RefreshReuse,
    EventKind::RecoveryLinkMade,
    EventKind::PasswordChanged,
    EventKind::ProfileChanged,
    EventKind::EmailVerified,
    EventKind::EmailChangeRequested,
    EventKind::EmailChanged,
    EventKind::EmailChangeUndone,
    EventKind::Activated,
    EventKind::Deactivated,
    EventKind::RolesChanged,
    EventKind::RightsChanged,
];

/// What anybody can cause.
const REFUSED: [EventKind; 3] =
    [EventKind::LoginRefused, EventKind::ReauthenticationRejected, EventKind::ResetRequested];

/// What a page of the list shows.
pub(super) const SHOWN: HistoryKinds =
    HistoryKinds { done: &DONE, most_done: 12, refused: &REFUSED, most_refused: 4 };

#[derive(Debug, Serialize)]
pub struct EventLine {
    what: Message,
    when: Moment,
    /// The number of repetitions.
    again: Option<Message>,
    /// The time of the last one.
    last: Option<Moment>,
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
            when: Moment::sample(),
            again: is_alarming.then(|| Message::new("event-again").with("times", 3_i64)),
            last: is_alarming.then(Moment::sample),
            from,
            is_alarming,
        };
        vec![
            line("event-login", false, Some(Message::new("device-unknown"))),
            line("event-reuse", true, None),
        ]
    }

    /// `None` for events that mean nothing to the user.
    pub fn of(entry: &AuditEvent, now: Timestamp) -> Option<Self> {
        let event = entry.event.known()?;
        let what = text(event, entry)?;
        let device = || device(entry.user_agent.as_deref());
        let from = |address: &String| {
            Message::new("event-from").with("device", device()).with("address", address.as_str())
        };
        let last = entry.last_at.filter(|_| entry.repeats > 0).map(|at| Moment::of(at, now));
        let again = last.as_ref().map(|_| Message::new("event-again").with("times", entry.repeats));
        let is_alarming = event == EventKind::RefreshReuse || REFUSED.contains(&event);
        let from = entry.address.as_ref().map(from);
        Some(Self { what, when: Moment::of(entry.at, now), again, last, from, is_alarming })
    }
}

fn text(event: EventKind, entry: &AuditEvent) -> Option<Message> {
    Some(Message::new(match event {
        EventKind::Registered => "event-registered",
        EventKind::Login => "event-login",
        EventKind::LoginDisowned => "event-login-disowned",
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
        EventKind::ResetRequested => "event-reset-requested",
        EventKind::RecoveryLinkMade => "event-recovery-link",
        EventKind::PasswordChanged => "event-password-changed",
        EventKind::ProfileChanged => "event-profile-changed",
        EventKind::EmailVerified => "event-email-verified",
        EventKind::EmailChangeRequested => "event-email-change-requested",
        EventKind::EmailChanged => "event-email-changed",
        EventKind::EmailChangeUndone => "event-email-change-undone",
        EventKind::Activated => "event-activated",
        EventKind::Deactivated => "event-deactivated",
        EventKind::RolesChanged => "event-roles-changed",
        EventKind::RightsChanged => "event-rights-changed",
        _ => return None,
    }))
}

//! The kinds of audit events.

use tracing::Level;

use crate::db::types::text_enum;

text_enum! {
    /// Kinds of events. Their names are stored and logged, and other programs rely on them.
    pub enum EventKind {
        Registered = "registered",
        /// A registration with an address that has an account; its owner was told by mail.
        RegisteredAgain = "registered_again",
        /// The owner has shown that they read the mail of the address.
        EmailVerified = "email_verified",
        /// Names, or the language of letters.
        ProfileChanged = "profile_changed",
        /// The owner asked for another address; it is not confirmed yet.
        EmailChangeRequested = "email_change_requested",
        EmailChanged = "email_changed",
        /// By the link that the address before was sent; `detail` says how many sessions ended.
        EmailChangeUndone = "email_change_undone",
        Login = "login",
        /// The owner said by a notice's link that a login was somebody else's.
        LoginDisowned = "login_disowned",
        /// A wrong address or password, or an inactive account; `detail` has the reason.
        LoginRefused = "login_refused",
        /// A successful reauthentication before a sensitive action.
        Reauthenticated = "password_proven",
        /// A reauthentication with a wrong password.
        ReauthenticationRejected = "password_refused",
        Logout = "logout",
        /// A refresh token was replaced by its successor.
        Renewal = "renewal",
        /// A token was used within the grace period after a rotation. The session did not change.
        RenewalGrace = "renewal_grace",
        /// A rotated token was used again, and none of its successors has been used. Either the
        /// response was lost or a second party has a copy; later renewals will show which.
        RenewalRepeated = "renewal_repeated",
        /// The session is active, but its account may not log in any more.
        RenewalRefused = "renewal_refused",
        /// A token was used although its successor, or a sibling, had been used before. The session
        /// was revoked.
        RefreshReuse = "refresh_reuse",
        /// A session was revoked; `detail` has the reason.
        SessionEnded = "session_ended",
        /// Somebody asked for an email to reset a password; `detail` says why none was sent.
        ResetRequested = "reset_requested",
        /// The operator made a link for a new password.
        RecoveryLinkMade = "recovery_link_made",
        /// `detail` says how, and how many sessions ended.
        PasswordChanged = "password_changed",
        Activated = "activated",
        Deactivated = "deactivated",
        /// An account was imported or changed by an import; `detail` has the kind of change.
        Imported = "imported",
        /// `detail` has the resulting roles.
        RolesChanged = "roles_changed",
        /// The staff or superuser right was given or taken away; `detail` says which.
        RightsChanged = "rights_changed",
        KeyCreated = "key_created",
        KeyActivated = "key_activated",
        KeyRetired = "key_retired",
        KeyRemoved = "key_removed",
        /// A key date in the future was replaced by the time of this event; `detail` has the key.
        KeyRedated = "key_redated",
        KeyRevoked = "key_revoked",
        /// The signing keys contain a row that is not one of our keys; `detail` has the row and the
        /// reason.
        KeyRefused = "key_refused",
        /// The operator declared a restored backup; `detail` has the numbers of ended sessions and
        /// keys.
        Restored = "restored",
    }
}

impl EventKind {
    /// The level of its log line.
    pub(super) fn level(self) -> Level {
        match self {
            Self::RefreshReuse | Self::KeyRedated | Self::KeyRevoked | Self::KeyRefused | Self::Restored => {
                Level::WARN
            }
            _ => Level::INFO,
        }
    }
}

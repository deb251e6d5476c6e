//! The kinds of audit events.

use tracing::Level;

use crate::db::types::text_enum;

text_enum! {
    /// Kinds of events. Their names are stored and logged, and readers rely on them.
    pub enum EventKind {
        Registered = "registered",
        Login = "login",
        /// A wrong address or password, or an account that may not log in; `detail` says which.
        LoginRefused = "login_refused",
        /// The password was asked for again, before something delicate, and was right.
        Reauthenticated = "password_proven",
        /// The same, and it was wrong.
        ReauthenticationRejected = "password_refused",
        Logout = "logout",
        /// A refresh token was replaced by its successor.
        Renewal = "renewal",
        /// A token that had been replaced a moment ago, or not yet, came within the grace, and the
        /// session stayed as it is.
        RenewalGrace = "renewal_grace",
        /// A token that had been replaced before came again, and nobody has shown a successor of
        /// it: the answer was lost, or somebody holds a copy, which the next renewals will tell.
        RenewalRepeated = "renewal_repeated",
        /// The session lives, but its account may not log in any more.
        RenewalRefused = "renewal_refused",
        /// A token came although its successor, or another one in its place, had been shown before:
        /// its session was ended.
        RefreshReuse = "refresh_reuse",
        /// A session ended before its time; `detail` says why.
        SessionEnded = "session_ended",
        PasswordChanged = "password_changed",
        Activated = "activated",
        Deactivated = "deactivated",
        /// An account came from elsewhere, or was changed by one that did; `detail` says which, and
        /// what.
        Imported = "imported",
        /// `detail` has those there are now.
        RolesChanged = "roles_changed",
        KeyCreated = "key_created",
        KeyActivated = "key_activated",
        KeyRetired = "key_retired",
        KeyRemoved = "key_removed",
        /// A date of it was yet to come, and is the moment of this event now; `detail` has the key.
        KeyRedated = "key_redated",
        KeyRevoked = "key_revoked",
        /// A row that is no key of ours stands among the signing keys; `detail` says which, and
        /// why.
        KeyRefused = "key_refused",
        /// The operator said that the database comes from a backup; `detail` says how many sessions
        /// and keys ended.
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

//! The kinds of events.

/// What happened. The names are kept and logged, and what reads them relies on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Registered,
    Login,
    /// A wrong address or password, or an account that may not log in; `detail` says which.
    LoginRefused,
    /// The password was asked for again, before something delicate, and was right.
    PasswordProven,
    /// The same, and it was wrong.
    PasswordRefused,
    Logout,
    /// A refresh token was replaced by its successor.
    Renewal,
    /// A token that had been replaced a moment ago, or not yet, came within the grace, and the session stayed as it is.
    RenewalGrace,
    /// A token that had been replaced before came again, and nobody has shown a successor of it: the answer was lost, or
    /// somebody holds a copy, which the next renewals will tell.
    RenewalRepeated,
    /// The session lives, but its account may not log in any more.
    RenewalRefused,
    /// A token came although its successor, or another one in its place, had been shown before: its session was ended.
    RefreshReuse,
    /// A session ended before its time; `detail` says why.
    SessionEnded,
    PasswordChanged,
    Activated,
    Deactivated,
    /// An account came from elsewhere, or was changed by one that did; `detail` says which, and what.
    Imported,
    /// `detail` has those there are now.
    RolesChanged,
    KeyCreated,
    KeyActivated,
    KeyRetired,
    KeyRemoved,
    /// A date of it was yet to come, and is the moment of this event now; `detail` has the key.
    KeyRedated,
    KeyRevoked,
    /// A row that is no key of ours stands among the signing keys; `detail` says which, and why.
    KeyRefused,
    /// The operator said that the database comes from a backup; `detail` says how many sessions and keys ended.
    Restored,
}

/// How loud the log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loudness {
    Info,
    Warn,
}

impl Event {
    const ALL: [Self; 25] = [
        Self::Registered,
        Self::Login,
        Self::LoginRefused,
        Self::PasswordProven,
        Self::PasswordRefused,
        Self::Logout,
        Self::Renewal,
        Self::RenewalGrace,
        Self::RenewalRepeated,
        Self::RenewalRefused,
        Self::RefreshReuse,
        Self::SessionEnded,
        Self::PasswordChanged,
        Self::Activated,
        Self::Deactivated,
        Self::Imported,
        Self::RolesChanged,
        Self::KeyCreated,
        Self::KeyActivated,
        Self::KeyRetired,
        Self::KeyRemoved,
        Self::KeyRedated,
        Self::KeyRevoked,
        Self::KeyRefused,
        Self::Restored,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Login => "login",
            Self::LoginRefused => "login_refused",
            Self::PasswordProven => "password_proven",
            Self::PasswordRefused => "password_refused",
            Self::Logout => "logout",
            Self::Renewal => "renewal",
            Self::RenewalGrace => "renewal_grace",
            Self::RenewalRepeated => "renewal_repeated",
            Self::RenewalRefused => "renewal_refused",
            Self::RefreshReuse => "refresh_reuse",
            Self::SessionEnded => "session_ended",
            Self::PasswordChanged => "password_changed",
            Self::Activated => "activated",
            Self::Deactivated => "deactivated",
            Self::Imported => "imported",
            Self::RolesChanged => "roles_changed",
            Self::KeyCreated => "key_created",
            Self::KeyActivated => "key_activated",
            Self::KeyRetired => "key_retired",
            Self::KeyRemoved => "key_removed",
            Self::KeyRedated => "key_redated",
            Self::KeyRevoked => "key_revoked",
            Self::KeyRefused => "key_refused",
            Self::Restored => "restored",
        }
    }

    /// The event of that name; a later release may have written one that we do not know.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == name)
    }

    pub(super) fn loudness(self) -> Loudness {
        match self {
            Self::RefreshReuse | Self::KeyRedated | Self::KeyRevoked | Self::KeyRefused | Self::Restored => {
                Loudness::Warn
            }
            _ => Loudness::Info,
        }
    }
}

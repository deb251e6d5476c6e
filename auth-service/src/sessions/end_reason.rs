//! The reasons why a session was revoked.

use crate::db::types::text_enum;

text_enum! {
    /// Why a session was revoked.
    pub enum EndReason {
        LoggedOut = "logged_out",
        /// A new login in the same browser.
        Replaced = "replaced",
        /// Reuse detection: a refresh token was used that had been rotated long before, so two
        /// parties hold copies.
        RefreshReuse = "refresh_reuse",
        PasswordChanged = "password_changed",
        Deactivated = "deactivated",
        /// On the session page.
        ByOwner = "ended_by_owner",
        /// By a command.
        ByOperator = "ended_by_operator",
        /// The limit of sessions per user was exceeded.
        TooMany = "too_many",
    }
}

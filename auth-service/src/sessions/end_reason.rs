//! The reasons why a session was revoked.

use crate::db::types::text_enum;

text_enum! {
    /// Why a session ended before its time.
    pub enum EndReason {
        LoggedOut = "logged_out",
        /// Somebody logged in anew in the same browser.
        Replaced = "replaced",
        /// Reuse detection: a refresh token came that had been rotated long before, so two parties
        /// hold copies.
        RefreshReuse = "refresh_reuse",
        PasswordChanged = "password_changed",
        Deactivated = "deactivated",
        /// On the page of their sessions.
        ByOwner = "ended_by_owner",
        /// By a command.
        ByOperator = "ended_by_operator",
        /// The limit of sessions per user was exceeded.
        TooMany = "too_many",
    }
}

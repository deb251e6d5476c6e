//! The list of features: one line for each. `server.rs` serves them, `templates check` draws their
//! pages.

use crate::feature::Feature;

/// In the order in which their routes are tried.
pub const FEATURES: &[Feature] = &[
    // Before the page at `/`, which takes OPTIONS for a method it does not know.
    crate::health::FEATURE,
    crate::account::FEATURE,
    crate::account_security::FEATURE,
    crate::registration::FEATURE,
    crate::email_verification::FEATURE,
    crate::email_change::FEATURE,
    crate::profile::FEATURE,
    crate::login::FEATURE,
    crate::login_notice::FEATURE,
    crate::logout::FEATURE,
    crate::password_change::FEATURE,
    crate::password_reset::FEATURE,
    crate::session_list::FEATURE,
    crate::api::FEATURE,
    crate::forward_auth::FEATURE,
    crate::cookie_cleanup::FEATURE,
    crate::jwks::FEATURE,
    crate::dev_mailbox::FEATURE,
];

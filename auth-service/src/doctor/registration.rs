//! Checks who can create an account, by the settings and by the public address.

use super::finding::Finding;
use super::http_client::ProbeResponse;
use crate::config::{Config, Registration};

/// `page` is the answer to `GET /register`.
pub(super) fn examine(config: &Config, page: &ProbeResponse) -> Finding {
    match (config.registration, page.status) {
        (Registration::Open, 200) => Finding::note("registration-open", "anybody can make an account")
            .because(
                "Whoever has an account is let in by every service that asks for no more than a login, such as one behind a \
                 proxy that asks /auth/verify without a role.",
            )
            .advise("Leave it, ask for roles where it matters, or set REGISTRATION=closed and make accounts with `users create`."),
        (Registration::Closed, 403) => Finding::ok("registration-closed", "accounts are made by commands alone"),
        (set, status) => Finding::error(
            "registration-differs",
            format!("REGISTRATION is {}, and /register answers {status}", set.name()),
        )
        .because("What people meet is not what these settings say: an instance runs with others, or a proxy answers itself.")
        .advise("Restart auth-service with these settings, every instance, and look at what the proxy does with /register."),
    }
}

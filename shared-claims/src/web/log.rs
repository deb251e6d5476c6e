//! Log events of refusals. They name the causes, which no response does.

use super::decision::Denial;
use super::origin_check::Initiator;
use super::request::RequestInfo;
use crate::{Identity, Rejection};

/// Logs why a request's cookies do not identify a person.
pub fn log_identity(identity: &Identity) {
    match identity {
        Identity::Person(_) | Identity::Nobody(None) => {}
        Identity::Nobody(Some(cause @ Rejection::Expired)) => {
            tracing::debug!(reason = cause.code(), %cause, "access token refused");
        }
        Identity::Nobody(Some(cause)) => {
            tracing::info!(reason = cause.code(), %cause, "access token refused");
        }
        Identity::Conflict => tracing::warn!("access cookies of different people, or too many of them"),
        Identity::NoKeys => tracing::warn!("no keys loaded yet: logins cannot be checked"),
    }
}

/// Logs a response that the operator must know of, because people cannot log in here until
/// something changes.
pub fn log_denial(denial: &Denial) {
    match denial {
        Denial::Loop { cause, .. } => {
            tracing::warn!(
                cause = cause.code(),
                "a browser came from the login three times and is not logged in"
            );
        }
        Denial::TooManyCookies { bytes } => {
            tracing::info!(
                bytes,
                "refused: more cookies than are accepted; a site of this domain may set too many"
            );
        }
        _ => {}
    }
}

/// Logs a change that another site requested, or that does not say where it comes from.
pub(super) fn log_cross_site(request: &RequestInfo<'_>, initiator: Initiator) {
    tracing::info!(
        ?initiator,
        method = beginning(request.method()),
        is_upgrade = request.is_upgrade(),
        "refused: a change not asked for by our own page"
    );
}

/// What is wrong if an extractor finds no mark of the origin check.
#[cfg(any(feature = "actix", feature = "axum"))]
pub(super) const ORIGIN_UNCHECKED: &str =
    "refused: a handler that asks who is logged in got a change whose origin was not checked";

/// Logs that the developer forgot the origin check. `add` is the line that is missing.
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) fn log_origin_unchecked(request: &RequestInfo<'_>, add: &str) {
    tracing::error!(method = beginning(request.method()), "{ORIGIN_UNCHECKED}: {add}");
}

/// Cuts a method, so that a very long one cannot fill the disk.
fn beginning(method: &str) -> &str {
    let end = (0..=32).rev().find(|end| method.is_char_boundary(*end)).unwrap_or(0);
    method.get(..end).unwrap_or(method)
}

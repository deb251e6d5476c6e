//! Log events of refusals. They name the causes, which no response does.

use super::decision::Denial;
use super::origin_check::Initiator;
use super::request::RequestInfo;
use super::service_host::other_host;
use crate::unheard::tell_unheard;
use crate::{Identity, Rejection, SharedLogin};

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
        Identity::NoKeys => {
            tracing::warn!("no keys loaded yet: logins cannot be checked");
            tell_unheard(format_args!("no keys loaded yet: logins cannot be checked"));
        }
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
            tell_unheard(format_args!(
                "a browser came from the login three times and is not logged in: {}",
                cause.code()
            ));
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

/// Logs that the developer forgot the login itself. `add` is the line that is missing.
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) fn log_not_registered(add: &str) {
    tracing::error!("no SharedLogin registered: {add}");
    tell_unheard(format_args!("no SharedLogin registered: {add}"));
}

/// Warns once if people come back from the login to another host than the one that they opened.
pub fn warn_of_other_host(request: &RequestInfo<'_>, login: &SharedLogin) {
    let Some(host) = other_host(request, login.settings()).filter(|_| login.warned().is_first_host()) else {
        return;
    };
    let service_url = login.settings().service_url();
    tracing::warn!(
        host,
        service_url,
        "people open this service at another host than SERVICE_URL, to which the login sends them back: \
         set SERVICE_URL to the address that they open"
    );
    tell_unheard(format_args!(
        "people open this service at {host}, and the login sends them back to {service_url}: \
         set SERVICE_URL to the address that they open"
    ));
}

/// Warns if a token was signed by a key that is still unknown after a fetch. It may be forged, so
/// this happens at most every five minutes.
pub fn warn_of_foreign_key(identity: &Identity, login: &SharedLogin) {
    let (Identity::Nobody(Some(Rejection::UnknownKey(kid))), Some(jwks)) = (identity, login.jwks()) else {
        return;
    };
    if login.warned().is_key_due() {
        tracing::warn!(
            kid,
            %jwks,
            "a token was signed by a key that is not in AUTH_JWKS: is that of the auth-service that people log in at?"
        );
        tell_unheard(format_args!(
            "a token was signed by the key {kid}, which is not in AUTH_JWKS ({jwks}): \
             is that of the auth-service that people log in at?"
        ));
    }
}

/// What is wrong if an extractor finds no mark of the origin check.
#[cfg(any(feature = "actix", feature = "axum"))]
pub(super) const ORIGIN_UNCHECKED: &str =
    "refused: a handler that asks who is logged in got a change whose origin was not checked";

/// Logs that the developer forgot the origin check. `add` is the line that is missing.
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) fn log_origin_unchecked(request: &RequestInfo<'_>, add: &str) {
    tracing::error!(method = beginning(request.method()), "{ORIGIN_UNCHECKED}: {add}");
    tell_unheard(format_args!("{ORIGIN_UNCHECKED}: {add}"));
}

/// Cuts a method, so that a very long one cannot fill the disk.
fn beginning(method: &str) -> &str {
    let end = (0..=32).rev().find(|end| method.is_char_boundary(*end)).unwrap_or(0);
    method.get(..end).unwrap_or(method)
}

//! Mark of a change whose origin was checked. The extractors let no change through without it.

#[cfg(any(feature = "actix", feature = "axum"))]
use super::decide::is_safe;
#[cfg(any(feature = "actix", feature = "axum"))]
use super::request::RequestInfo;

/// Marks a request that changes something and whose origin was checked.
///
/// The middleware and the layer of this crate put it into the request's extensions once their
/// origin check has passed. Without it an extractor refuses every change with `500`, so that no
/// service can forget the check.
///
/// A service that has another proof of where changes come from, such as a token in each form, sets
/// the mark itself once that proof has held:
///
/// ```
/// # #[cfg(feature = "actix")] {
/// use actix_web::{HttpMessage, HttpRequest};
/// use shared_claims::web::OriginChecked;
///
/// fn vouch_for(request: &HttpRequest) {
///     request.extensions_mut().insert(OriginChecked::by_own_proof());
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginChecked(());

impl OriginChecked {
    /// The mark of a service's own check. Whoever sets it without one lets every page of the domain
    /// act as its visitors.
    pub fn by_own_proof() -> Self {
        Self(())
    }

    /// The mark of this crate's check, for a request that passed it. `None` for one that changes
    /// nothing: it was not checked, and middleware may yet make a change of it.
    #[cfg(any(feature = "actix", feature = "axum"))]
    pub(crate) fn after_check(request: &RequestInfo<'_>) -> Option<Self> {
        (!is_safe(request)).then_some(Self(()))
    }

    /// Whether an extractor has to refuse: the request changes something, and nobody checked where
    /// it comes from.
    #[cfg(any(feature = "actix", feature = "axum"))]
    pub(crate) fn is_missing(mark: Option<&Self>, request: &RequestInfo<'_>) -> bool {
        mark.is_none() && !is_safe(request)
    }
}

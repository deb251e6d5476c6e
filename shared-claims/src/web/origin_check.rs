//! Same-origin check against CSRF: which site sent a request, as far as the browser says.

use url::Url;

use super::request::RequestInfo;
use crate::Settings;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Initiator {
    /// A page of this service, or the person at the address bar.
    SameOrigin,
    /// A page of a sibling that `TRUSTED_ORIGINS` names.
    Trusted,
    /// Another site; a sibling sub-domain is another site.
    CrossSite,
    /// The browser does not say.
    Unknown,
}

impl RequestInfo<'_> {
    /// Reads Fetch Metadata first, then `Origin`, then `Referer`. The browser sets each of them,
    /// and the sending page cannot change them.
    pub(super) fn initiator(&self, settings: &Settings) -> Initiator {
        self.initiator_to(&settings.service_url(), settings.trusted_origins())
    }

    /// Whether the browser says that another site sent this, and not a page of the origin `own` (in
    /// the form of `Origin`).
    pub fn is_cross_origin_to(&self, own: &str) -> bool {
        self.initiator_to(own, &[]) == Initiator::CrossSite
    }

    fn initiator_to(&self, own: &str, trusted: &[String]) -> Initiator {
        let named = |origin: Option<&str>| match origin {
            Some(origin) if origin == own => Initiator::SameOrigin,
            Some(origin) if trusted.iter().any(|trusted| trusted == origin) => Initiator::Trusted,
            _ => Initiator::CrossSite,
        };
        if self.has("sec-fetch-site") {
            // A browser does not send it twice: `only` finds nothing then.
            return match self.only("sec-fetch-site") {
                Some("same-origin" | "none") => Initiator::SameOrigin,
                // `Origin` says which sibling it is. It cannot prove here that it is ourselves.
                Some("same-site") if named(self.only("origin")) == Initiator::Trusted => Initiator::Trusted,
                _ => Initiator::CrossSite,
            };
        }
        if self.has("origin") {
            return named(self.only("origin"));
        }
        match self.has("referer") {
            true => named(self.referer().map(|url| url.origin().ascii_serialization()).as_deref()),
            false => Initiator::Unknown,
        }
    }

    /// The `Origin` of a trusted sibling's page.
    pub(super) fn trusted_origin<'s>(&self, settings: &'s Settings) -> Option<&'s str> {
        let origin = self.only("origin")?;
        settings.trusted_origins().iter().map(String::as_str).find(|trusted| *trusted == origin)
    }

    /// Whether the browser says that a page of this very origin sent this.
    pub(super) fn is_same_origin(&self) -> bool {
        self.only("sec-fetch-site") == Some("same-origin")
    }

    /// The page that the request came from, if it belongs to this service or a trusted sibling.
    /// Siblings mostly send their origin alone.
    pub(super) fn own_referer(&self, settings: &Settings) -> Option<Url> {
        let is_trusted = |url: &Url| settings.trusted_origins().contains(&url.origin().ascii_serialization());
        let page = self.referer().filter(|url| url.origin() == settings.service.origin() || is_trusted(url));
        page.or_else(|| Url::parse(self.trusted_origin(settings)?).ok())
    }

    fn referer(&self) -> Option<Url> {
        Url::parse(self.only("referer")?).ok()
    }
}

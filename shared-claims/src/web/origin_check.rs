//! Origin check (CSRF): which site sent a request, as far as the browser tells.

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
    /// The browser is silent.
    Unknown,
}

impl RequestInfo<'_> {
    /// Fetch Metadata first, then `Origin`, then `Referer`: each is set by the browser, out of
    /// reach of the sending page.
    pub(super) fn initiator(&self, settings: &Settings) -> Initiator {
        self.initiator_to(&settings.service_url(), settings.trusted_origins())
    }

    /// Whether the browser says that another site sent this than a page of the origin `own`, which
    /// is written as in `Origin`.
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
            // Sent twice, it was not sent by a browser: `only` finds nothing.
            return match self.only("sec-fetch-site") {
                Some("same-origin" | "none") => Initiator::SameOrigin,
                // Which sibling, `Origin` tells. That it is ourselves, it cannot tell here.
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

    /// The `Origin` of a page of a sibling that is trusted.
    pub(super) fn trusted_origin<'s>(&self, settings: &'s Settings) -> Option<&'s str> {
        let origin = self.only("origin")?;
        settings.trusted_origins().iter().map(String::as_str).find(|trusted| *trusted == origin)
    }

    /// Whether the browser says that a page of this very origin asked.
    pub(super) fn is_same_origin(&self) -> bool {
        self.only("sec-fetch-site") == Some("same-origin")
    }

    /// The page that the request came from, if it is one of this service, or of a sibling that is
    /// trusted. Of the latter mostly the origin alone is told.
    pub(super) fn own_referer(&self, settings: &Settings) -> Option<Url> {
        let is_trusted = |url: &Url| settings.trusted_origins().contains(&url.origin().ascii_serialization());
        let page = self.referer().filter(|url| url.origin() == settings.service.origin() || is_trusted(url));
        page.or_else(|| Url::parse(self.trusted_origin(settings)?).ok())
    }

    fn referer(&self) -> Option<Url> {
        Url::parse(self.only("referer")?).ok()
    }
}

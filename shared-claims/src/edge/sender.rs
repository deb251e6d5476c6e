//! Who sent a request, as far as the browser tells.

use url::Url;

use super::asked::Asked;
use crate::Settings;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// A page of this service, or the person at the address bar.
    Us,
    /// Another site; a sibling sub-domain is another site.
    Others,
    /// The browser is silent.
    Unknown,
}

impl Asked<'_> {
    /// Fetch Metadata first, then `Origin`, then `Referer`: each is set by the browser, out of reach of the sending page.
    pub(super) fn sender(&self, settings: &Settings) -> Sender {
        let own = settings.service_url();
        let us_if = |us: bool| if us { Sender::Us } else { Sender::Others };
        if self.has("sec-fetch-site") {
            // Sent twice, it was not sent by a browser: `only` finds nothing.
            return us_if(matches!(self.only("sec-fetch-site"), Some("same-origin" | "none")));
        }
        if self.has("origin") {
            return us_if(self.only("origin") == Some(&own));
        }
        match self.has("referer") {
            true => us_if(self.referer().is_some_and(|url| url.origin().ascii_serialization() == own)),
            false => Sender::Unknown,
        }
    }

    /// Whether the browser says that a page of this very origin asked.
    pub(super) fn is_same_origin(&self) -> bool {
        self.only("sec-fetch-site") == Some("same-origin")
    }

    /// The page that the request came from, if it is one of this service.
    pub(super) fn own_referer(&self, settings: &Settings) -> Option<Url> {
        self.referer().filter(|url| url.origin() == settings.service.origin())
    }

    fn referer(&self) -> Option<Url> {
        Url::parse(self.only("referer")?).ok()
    }
}

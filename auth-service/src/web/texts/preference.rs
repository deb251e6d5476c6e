//! Which languages somebody reads: `Accept-Language` (RFC 9110, 12.5.4).

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptLanguage, Header, Quality};
use unic_langid::LanguageIdentifier;

/// The languages that a browser asks for, the one liked best first.
#[derive(Debug, Clone, Default)]
pub struct Preferred(Vec<LanguageIdentifier>);

impl Preferred {
    /// A header that cannot be read asks for nothing.
    pub fn of(request: &HttpRequest) -> Self {
        let Ok(header) = AcceptLanguage::parse(request) else { return Self::default() };
        // "q=0" means "not this one".
        let wanted: Vec<_> = header.0.iter().filter(|one| one.quality != Quality::ZERO).cloned().collect();
        let ranked = AcceptLanguage(wanted).ranked();
        Self(ranked.iter().filter_map(|tag| tag.item().and_then(|tag| tag.as_str().parse().ok())).collect())
    }

    /// Which of `available` fits best (RFC 4647, 3.4: what is asked for, then the same less precisely): `de` for
    /// somebody who asks for `de-AT`, and `pt-BR` for `pt`.
    pub(super) fn best_of(&self, available: &[&LanguageIdentifier]) -> Option<usize> {
        self.0.iter().find_map(|wanted| {
            let exactly = available.iter().position(|have| *have == wanted);
            let bare = || {
                available.iter().position(|have| have.language == wanted.language && have.region.is_none())
            };
            let other_region = || available.iter().position(|have| have.language == wanted.language);
            exactly.or_else(bare).or_else(other_region)
        })
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn chosen(header: &str) -> Option<usize> {
        let available: Vec<LanguageIdentifier> =
            ["en", "de", "pt-BR"].iter().map(|tag| tag.parse().unwrap()).collect();
        let request = TestRequest::default().insert_header(("accept-language", header)).to_http_request();
        Preferred::of(&request).best_of(&available.iter().collect::<Vec<_>>())
    }

    #[test]
    fn the_language_liked_best_is_chosen_of_those_there_are() {
        for (header, expected) in [
            ("de", Some(1)),
            ("de-AT,de;q=0.9,en;q=0.8", Some(1)),
            ("en;q=0.8, DE;q=0.9", Some(1)),
            ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", Some(0)),
            ("pt", Some(2)),
            ("de;q=0, en", Some(0)),
            ("fr", None),
            ("*", None),
            ("", None),
            ("de;q=nonsense", None),
            ("é, de", None),
        ] {
            assert_eq!(chosen(header), expected, "{header}");
        }
    }

    #[test]
    fn without_a_header_nothing_is_asked_for() {
        assert!(Preferred::of(&TestRequest::default().to_http_request()).0.is_empty());
    }
}

//! Which languages somebody reads: `Accept-Language` (RFC 9110, 12.5.4).

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptLanguage, Header, Quality};
use unic_langid::LanguageIdentifier;

/// The languages that a browser asks for, the one liked best first.
#[derive(Debug, Clone, Default)]
pub struct PreferredLanguages(Vec<LanguageIdentifier>);

impl PreferredLanguages {
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
        let place_of = |id: &LanguageIdentifier| available.iter().position(|have| *have == id);
        self.0.iter().find_map(|wanted| {
            let less_precisely = || less_precise(wanted).iter().find_map(place_of);
            let otherwise = || available.iter().position(|have| have.language == wanted.language);
            place_of(wanted).or_else(less_precisely).or_else(otherwise)
        })
    }
}

/// The same language with ever less said about it: of `zh-Hant-TW`, `zh-Hant` and `zh`.
pub(super) fn less_precise(id: &LanguageIdentifier) -> Vec<LanguageIdentifier> {
    let mut id = id.clone();
    let mut all = Vec::new();
    let drop_one: [fn(&mut LanguageIdentifier); 3] =
        [LanguageIdentifier::clear_variants, |id| id.region = None, |id| id.script = None];
    for drop in drop_one {
        let before = id.clone();
        drop(&mut id);
        if id != before {
            all.push(id.clone());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn chosen(header: &str) -> Option<usize> {
        let available: Vec<LanguageIdentifier> =
            ["en", "de", "pt-BR"].iter().map(|tag| tag.parse().unwrap()).collect();
        let request = TestRequest::default().insert_header(("accept-language", header)).to_http_request();
        PreferredLanguages::of(&request).best_of(&available.iter().collect::<Vec<_>>())
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
    fn what_is_closest_is_chosen_of_several_of_one_language() {
        let available: Vec<LanguageIdentifier> =
            ["en", "de", "de-AT", "zh", "zh-Hant"].iter().map(|tag| tag.parse().unwrap()).collect();
        let available: Vec<_> = available.iter().collect();
        for (wanted, expected) in [
            ("de", 1),
            ("de-AT", 2),
            ("de-at", 2),
            ("DE-AT-1996", 2),
            ("de-CH", 1),
            ("zh-Hant-TW", 4),
            ("zh-TW", 3),
            ("zh-Hans-SG", 3),
        ] {
            let preferred = PreferredLanguages(vec![wanted.parse().unwrap()]);
            assert_eq!(preferred.best_of(&available), Some(expected), "{wanted}");
        }
    }

    #[test]
    fn without_a_header_nothing_is_asked_for() {
        assert!(PreferredLanguages::of(&TestRequest::default().to_http_request()).0.is_empty());
    }
}

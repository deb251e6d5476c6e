//! Language negotiation by `Accept-Language` (RFC 9110, section 12.5.4).

use std::sync::LazyLock;

use unic_langid::LanguageIdentifier;

use super::request::RequestInfo;
use crate::i18n::PreferredLanguages;

/// A language that the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// For everybody who reads none of the others.
    English,
    German,
}

/// The first one is for everybody who reads none of the others.
const LANGUAGES: [Language; 2] = [Language::English, Language::German];

impl Language {
    /// `de`, as `lang` in HTML and `Content-Language` have it (BCP 47).
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    pub(super) fn id(self) -> LanguageIdentifier {
        self.tag().parse().unwrap_or_default()
    }
}

impl RequestInfo<'_> {
    /// The language that the sender of the request would rather read.
    pub(super) fn language(&self) -> Language {
        preferred(self.all_readable("accept-language"))
    }
}

/// The language liked best of those there are.
fn preferred<'h>(headers: impl IntoIterator<Item = &'h str>) -> Language {
    static IDS: LazyLock<[LanguageIdentifier; 2]> = LazyLock::new(|| LANGUAGES.map(Language::id));
    let best = PreferredLanguages::parse(headers).best_of(&IDS.each_ref());
    LANGUAGES[best.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, German};

    #[test]
    fn the_language_liked_best_is_chosen_of_those_there_are() {
        for (header, expected) in [
            ("de", German),
            ("DE", German),
            ("de-AT", German),
            ("de-AT,de;q=0.9,en;q=0.8", German),
            ("en-US,en;q=0.9,de;q=0.8", English),
            ("en;q=0.8, DE;q=0.9", German),
            ("de;Q=0.9 , en;q=0.8", German),
            ("de ; q=0.9, en ; q=0.95", English),
            ("de, en", German),
            ("en, de", English),
            ("fr-CH, fr;q=0.9, de;q=0.8, en;q=0.7, *;q=0.5", German),
            ("fr, de;q=0.001", German),
            ("de;q=0", English),
            ("de;q=0, en", English),
            ("de;q=0.0, *", English),
            ("en;q=0, *", German),
            ("en;q=0.1, *;q=0.5", German),
            ("en;q=0", English),
            ("*", English),
            ("*, de;q=0.5", English),
            ("fr", English),
            ("den, deu, d", English),
            ("", English),
            (",,;,", English),
            ("de;q=nonsense", English),
            ("de;q=nan", English),
            ("de;q=1.5", English),
            ("de;q=-1", English),
            ("de;level=1", English),
            ("de;q=nonsense, fr, de;q=0.2", German),
        ] {
            assert_eq!(preferred([header]), expected, "{header}");
        }
    }

    #[test]
    fn several_headers_are_one_list_and_what_is_no_text_is_not_there() {
        let language = |values: &[&'static [u8]]| {
            let headers: Vec<_> = values.iter().map(|value| ("Accept-Language", *value)).collect();
            RequestInfo::new("GET", "/", &headers).language()
        };
        assert_eq!(language(&[]), English);
        assert_eq!(language(&[b"fr", b"de"]), German);
        assert_eq!(language(&[b"en;q=0.5", b"de"]), German);
        assert_eq!(language(&[b"\xe9, de"]), English);
        assert_eq!(language(&[b"de\0"]), English);
    }
}

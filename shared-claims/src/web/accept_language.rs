//! Language negotiation by `Accept-Language` (RFC 9110, section 12.5.4).

use std::cmp::Ordering;

use super::request::RequestInfo;

/// A language that the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// For everybody who reads none of the others.
    English,
    German,
}

impl Language {
    /// `de`, as `lang` in HTML and `Content-Language` have it (BCP 47).
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }
}

impl RequestInfo<'_> {
    /// The language that the sender of the request would rather read.
    pub(super) fn language(&self) -> Language {
        preferred(&self.all_readable("accept-language").join(","))
    }
}

/// A language range of the header: its language without the region and what else follows, and how
/// much it is liked.
struct Range<'h> {
    language: &'h str,
    quality: f32,
}

/// The language liked best of those there are; of equals the first one named. What cannot be read
/// counts as not sent.
fn preferred(header: &str) -> Language {
    let ranges: Vec<Range<'_>> = header.split(',').filter_map(range).collect();
    match (liking(&ranges, Language::German), liking(&ranges, Language::English)) {
        (Some(german), Some(english)) if is_better(german, english) => Language::German,
        (Some(_), None) => Language::German,
        _ => Language::English,
    }
}

/// `de-AT` asks for `de`, where there is nothing closer (RFC 4647, section 3.4).
fn range(text: &str) -> Option<Range<'_>> {
    let mut parts = text.split(';').map(str::trim);
    let language = parts.next()?.split('-').next()?;
    let quality = match parts.next() {
        None => 1.0,
        Some(weight) => {
            let quality: f32 =
                weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="))?.parse().ok()?;
            Some(quality).filter(|quality| (0.0..=1.0).contains(quality))?
        }
    };
    Some(Range { language, quality })
}

/// How much a language is liked, and how far behind it was named; `None` is not at all. `*` is
/// every language not named.
fn liking(ranges: &[Range<'_>], language: Language) -> Option<(f32, usize)> {
    let best = |name: &str| {
        let of_name =
            ranges.iter().enumerate().filter(|(_, range)| range.language.eq_ignore_ascii_case(name));
        of_name
            .map(|(place, range)| (range.quality, place))
            .reduce(|best, next| if is_better(next, best) { next } else { best })
    };
    best(language.tag()).or_else(|| best("*")).filter(|(quality, _)| *quality > 0.0)
}

fn is_better(one: (f32, usize), other: (f32, usize)) -> bool {
    match one.0.total_cmp(&other.0) {
        Ordering::Greater => true,
        Ordering::Equal => one.1 < other.1,
        Ordering::Less => false,
    }
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
            assert_eq!(preferred(header), expected, "{header}");
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

//! Language negotiation by `Accept-Language` (RFC 9110, section 12.5.4).

use unic_langid::LanguageIdentifier;

/// The languages that a browser accepts, the preferred one first.
#[derive(Debug, Clone, Default)]
pub struct PreferredLanguages(Vec<Range>);

/// A language range of the header, and its weight.
#[derive(Debug, Clone)]
struct Range {
    /// `None` is `*`: every language that no other range names.
    language: Option<LanguageIdentifier>,
    quality: f32,
}

impl PreferredLanguages {
    /// Parses the values of all `Accept-Language` headers. A range that cannot be parsed is
    /// ignored.
    pub fn parse<'h>(headers: impl IntoIterator<Item = &'h str>) -> Self {
        let ranges = headers.into_iter().flat_map(|header| header.split(','));
        let mut ranges: Vec<Range> = ranges.filter_map(Range::parse).collect();
        // The sort is stable: of equal weights, the first in the header stays first.
        ranges.sort_by(|one, other| other.quality.total_cmp(&one.quality));
        Self(ranges)
    }

    /// The index of the best match in `available`: the range itself, then less precise forms of it
    /// (RFC 4647, section 3.4), then any form of the language. `de` matches `de-AT`, and `pt-BR`
    /// matches `pt`.
    pub fn best_of(&self, available: &[&LanguageIdentifier]) -> Option<usize> {
        // "q=0" means "not this one".
        let mut wanted = self.0.iter().filter(|range| range.quality > 0.0);
        wanted.find_map(|range| match &range.language {
            Some(wanted) => closest_to(wanted, available),
            None => available.iter().position(|have| !self.names(have)),
        })
    }

    fn names(&self, language: &LanguageIdentifier) -> bool {
        let mut named = self.0.iter().filter_map(|range| range.language.as_ref());
        named.any(|named| named.language == language.language)
    }
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let language = match parts.next()? {
            "*" => None,
            tag => Some(identifier(tag)?),
        };
        let quality = match parts.next() {
            None => 1.0,
            Some(weight) => {
                let quality: f32 =
                    weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="))?.parse().ok()?;
                Some(quality).filter(|quality| (0.0..=1.0).contains(quality))?
            }
        };
        Some(Self { language, quality })
    }
}

/// Language, script, region and variants. Extensions, such as the sort order in `de-u-co-phonebk`,
/// begin with a single letter and do not affect the choice of words.
fn identifier(tag: &str) -> Option<LanguageIdentifier> {
    let parts = tag.split('-').take_while(|part| part.len() > 1);
    let end = parts.map(|part| part.len() + 1).sum::<usize>().saturating_sub(1);
    let tag = Some(&tag[..end]).filter(|tag| !tag.is_empty())?;
    tag.parse().or_else(|_| tag.split('-').next().unwrap_or_default().parse()).ok()
}

fn closest_to(wanted: &LanguageIdentifier, available: &[&LanguageIdentifier]) -> Option<usize> {
    let place_of = |id: &LanguageIdentifier| available.iter().position(|have| *have == id);
    let less_precisely = || less_precise(wanted).iter().find_map(place_of);
    let otherwise = || available.iter().position(|have| have.language == wanted.language);
    place_of(wanted).or_else(less_precisely).or_else(otherwise)
}

/// The same language, less and less precisely: `zh-Hant` and `zh` for `zh-Hant-TW`.
pub fn less_precise(id: &LanguageIdentifier) -> Vec<LanguageIdentifier> {
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
    use super::*;

    fn chosen<'t>(header: &str, available: &[&'t str]) -> Option<&'t str> {
        let ids: Vec<LanguageIdentifier> = available.iter().map(|tag| tag.parse().unwrap()).collect();
        let best = PreferredLanguages::parse([header]).best_of(&ids.iter().collect::<Vec<_>>());
        best.map(|place| available[place])
    }

    #[test]
    fn the_language_liked_best_is_chosen_of_those_there_are() {
        for (header, expected) in [
            ("de", Some("de")),
            ("de-AT,de;q=0.9,en;q=0.8", Some("de")),
            ("en;q=0.8, DE;q=0.9", Some("de")),
            ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", Some("en")),
            ("pt", Some("pt-BR")),
            ("de, en", Some("de")),
            ("en, de", Some("en")),
            ("fr", None),
            ("", None),
        ] {
            assert_eq!(chosen(header, &["en", "de", "pt-BR"]), expected, "{header}");
        }
    }

    #[test]
    fn a_star_is_every_language_that_is_not_named_and_zero_is_not_at_all() {
        for (header, expected) in [
            ("*", Some("en")),
            ("*;q=0", None),
            ("de;q=0", None),
            ("de;q=0, en", Some("en")),
            ("de;q=0.0, *", Some("en")),
            ("en;q=0, *", Some("de")),
            ("en-US;q=0.1, *;q=0.5", Some("de")),
            ("*, de;q=0.5", Some("en")),
            ("fr, *;q=0.1", Some("en")),
        ] {
            assert_eq!(chosen(header, &["en", "de"]), expected, "{header}");
        }
    }

    #[test]
    fn what_cannot_be_read_counts_as_not_sent() {
        for header in [
            ",,;,",
            "de;q=nonsense",
            "de;q=nan",
            "de;q=1.5",
            "de;q=-1",
            "de;level=1",
            "den, deu, d",
            "-",
            "é",
        ] {
            assert_eq!(chosen(header, &["en", "de"]), None, "{header}");
        }
        assert_eq!(chosen("de;q=nonsense, fr, de;q=0.2", &["en", "de"]), Some("de"));
        assert!(PreferredLanguages::parse([]).0.is_empty());
    }

    #[test]
    fn what_is_said_beside_the_language_does_not_hide_it() {
        for header in ["de-u-co-phonebk", "de-DE-u-co-phonebk", "de-x-at-home", "de-*", "de-averylongvariant"]
        {
            assert_eq!(chosen(header, &["en", "de"]), Some("de"), "{header}");
        }
    }

    #[test]
    fn what_is_closest_is_chosen_of_several_of_one_language() {
        for (header, expected) in [
            ("de", "de"),
            ("de-AT", "de-AT"),
            ("de-at", "de-AT"),
            ("DE-AT-1996", "de-AT"),
            ("de-CH", "de"),
            ("zh-Hant-TW", "zh-Hant"),
            ("zh-TW", "zh"),
            ("zh-Hans-SG", "zh"),
        ] {
            assert_eq!(chosen(header, &["en", "de", "de-AT", "zh", "zh-Hant"]), Some(expected), "{header}");
        }
    }
}

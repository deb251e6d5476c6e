//! First and last names.

use icu_properties::props::{BidiControl, DefaultIgnorableCodePoint, GeneralCategory, VariationSelector};
use icu_properties::{CodePointMapData, CodePointSetData};

use crate::i18n::Message;

/// A name as its owner writes it, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

/// Why a name is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidName {
    Empty,
    TooLong,
    Unprintable,
}

impl InvalidName {
    /// The message for the user.
    pub fn text(&self) -> Message {
        match self {
            Self::Empty => Message::new("name-empty"),
            Self::TooLong => Message::new("name-too-long").with("max", PersonName::MAX_CHARS),
            Self::Unprintable => Message::new("name-unprintable"),
        }
    }
}

impl PersonName {
    /// As in Django's `auth_user`.
    pub const MAX_CHARS: usize = 150;

    /// Parses a name in any script. Refuses invisible characters and those that change the text
    /// direction: in a list or a mail they could disguise one name as another, or make a name look
    /// empty.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim();
        if text.is_empty() {
            Err(InvalidName::Empty)
        } else if text.chars().count() > Self::MAX_CHARS {
            Err(InvalidName::TooLong)
        } else if is_deceptive(text) {
            Err(InvalidName::Unprintable)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// Parses a name that may be left out: people with one name exist.
    pub fn parse_optional(text: &str) -> Result<Self, InvalidName> {
        match Self::parse(text) {
            Err(InvalidName::Empty) => Ok(Self::none()),
            other => other,
        }
    }

    /// The empty name, for people with one name and for accounts that a command creates.
    pub fn none() -> Self {
        Self(String::new())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the text contains invisible characters, or characters that change how others are
/// displayed.
fn is_deceptive(text: &str) -> bool {
    let mut before = None;
    text.chars().any(|c| {
        let last = before.replace(c);
        // Persian and Indian names need joiners, and Japanese and Mongolian ones need variation
        // selectors, after a letter that supports them.
        if is_joiner(c) || is_variant(c) {
            return !last.is_some_and(|last| !last.is_ascii() && !is_joiner(last) && last != c);
        }
        is_invisible(c)
    })
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

fn is_variant(c: char) -> bool {
    CodePointSetData::new::<VariationSelector>().contains(c)
}

/// Whether a character is deceptive in any position. Joiners and variation selectors are not,
/// because they belong to letters.
pub fn is_never_seen(c: char) -> bool {
    is_invisible(c) && !is_joiner(c) && !is_variant(c)
}

/// Uses Unicode's properties: control characters, line separators, the controls of bidirectional
/// text (UAX 9), and invisible characters such as fillers and zero-width spaces. Some invisible
/// characters have no such property and are listed.
fn is_invisible(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    matches!(
        category,
        GeneralCategory::Control | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator
    ) || CodePointSetData::new::<BidiControl>().contains(c)
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        // The blank Braille pattern, the null note head, and the interlinear annotation marks.
        || matches!(c, '\u{2800}' | '\u{1D159}' | '\u{FFF9}'..='\u{FFFB}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_scripts_are_kept_as_written() {
        for name in ["Ada", "O'Neil", "李", "عائشة", "Zoë-Marie", "de la Cruz", "<b>Bobby</b>", "{{ 7*7 }}"]
        {
            assert_eq!(PersonName::parse(&format!(" {name} ")).unwrap().as_str(), name);
        }
    }

    /// O4
    #[test]
    fn what_cannot_be_seen_is_no_name_and_no_part_of_one() {
        for c in [
            '\u{3164}',
            '\u{115F}',
            '\u{1160}',
            '\u{FFA0}',
            '\u{2800}',
            '\u{200B}',
            '\u{2060}',
            '\u{FEFF}',
            '\u{00AD}',
            '\u{034F}',
            '\u{180E}',
            '\u{200C}',
            '\u{200D}',
            '\u{FE0F}',
            '\u{E0100}',
            '\u{E0041}',
            '\u{1D159}',
            '\u{1D173}',
            '\u{17B4}',
            '\u{200E}',
            '\u{200F}',
            '\u{061C}',
            '\u{202A}',
            '\u{202E}',
            '\u{2066}',
            '\u{2069}',
            '\u{FFF9}',
            '\u{85}',
            '\u{2029}',
        ] {
            for name in
                [format!("{c}"), format!("{c}{c}"), format!("a{c}b"), format!("Ada {c}"), format!("{c} Ada")]
            {
                // White space at the ends is trimmed off before the check.
                let expected =
                    if name.trim().is_empty() { InvalidName::Empty } else { InvalidName::Unprintable };
                let is_trimmed = !name.trim().contains(c) && !name.trim().is_empty();
                assert!(is_trimmed || PersonName::parse(&name) == Err(expected), "{name:?}");
            }
        }
    }

    /// O4
    #[test]
    fn names_that_need_joiners_and_variants_are_kept() {
        for name in [
            "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}",
            "\u{D30}\u{D3E}\u{D1C}\u{D28}\u{D4D}\u{200D}",
            "\u{8FBB}\u{E0100}",
            "\u{1F469}\u{1F3FD}\u{200D}\u{1F4BB}",
            "\u{2764}\u{FE0F}",
        ] {
            assert_eq!(PersonName::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn a_name_that_could_pass_for_something_else_is_refused() {
        for name in ["a\nb", "a\0b", "\u{202E}nimda", "a\u{2028}b", "\u{1b}[31mred"] {
            assert_eq!(PersonName::parse(name), Err(InvalidName::Unprintable), "{name:?}");
        }
        assert_eq!(PersonName::parse("  "), Err(InvalidName::Empty));
        assert_eq!(PersonName::parse("\u{3000}\u{a0}"), Err(InvalidName::Empty));
        assert_eq!(PersonName::parse(&"x".repeat(151)), Err(InvalidName::TooLong));
        assert_eq!(PersonName::parse_optional(" "), Ok(PersonName::none()));
        assert_eq!(PersonName::parse_optional("a\nb"), Err(InvalidName::Unprintable));
    }
}

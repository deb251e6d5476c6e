//! A first or last name.

use crate::text::Text;

/// A name as its bearer writes it, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

/// Why a name cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidName {
    Empty,
    TooLong,
    Unprintable,
}

impl InvalidName {
    /// What to do about it.
    pub fn text(&self) -> Text {
        match self {
            Self::Empty => Text::of("name-empty"),
            Self::TooLong => Text::of("name-too-long").with("max", PersonName::MAX_CHARS),
            Self::Unprintable => Text::of("name-unprintable"),
        }
    }
}

impl PersonName {
    /// As in Django's `auth_user`.
    pub const MAX_CHARS: usize = 150;

    /// Takes any script. Control and direction-changing characters are refused: in a list of people or a mail
    /// they would pass off one text as another.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim();
        if text.is_empty() {
            Err(InvalidName::Empty)
        } else if text.chars().count() > Self::MAX_CHARS {
            Err(InvalidName::TooLong)
        } else if text.chars().any(is_deceptive) {
            Err(InvalidName::Unprintable)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// No name: an account made by a command need not have one.
    pub fn none() -> Self {
        Self(String::new())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, line separators, and the bidirectional controls of Unicode TR 9.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
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

    #[test]
    fn a_name_that_could_pass_for_something_else_is_refused() {
        for name in ["a\nb", "a\0b", "\u{202E}nimda", "a\u{2028}b", "\u{1b}[31mred"] {
            assert_eq!(PersonName::parse(name), Err(InvalidName::Unprintable), "{name:?}");
        }
        assert_eq!(PersonName::parse("  "), Err(InvalidName::Empty));
        assert_eq!(PersonName::parse(&"x".repeat(151)), Err(InvalidName::TooLong));
    }
}

//! Text of a note: parsed input with a length limit.

/// The longest note, in characters. Percent-encoded, each takes at most twelve bytes, so any note
/// fits into a form of 16 KB.
pub const MAX_CHARS: usize = 1_000;

/// A valid text: not empty, not too long, lines ended by `\n`.
#[derive(Debug, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// # Errors
    /// The name of the text that says what is wrong.
    pub fn parse(typed: &str) -> Result<Self, &'static str> {
        // Forms send every line end as CR LF.
        let text = typed.replace("\r\n", "\n");
        let text = text.trim();
        if text.is_empty() {
            return Err("note-empty");
        }
        if text.chars().count() > MAX_CHARS {
            return Err("note-too-long");
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err("note-characters");
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_one_way_and_the_edges_are_trimmed() {
        assert_eq!(Text::parse(" one\r\ntwo\tthree \r\n"), Ok(Text("one\ntwo\tthree".to_owned())));
    }

    #[test]
    fn the_longest_note_is_counted_in_characters() {
        assert!(Text::parse(&"é".repeat(MAX_CHARS)).is_ok());
        assert!(Text::parse(&"é".repeat(MAX_CHARS + 1)).is_err());
    }

    /// I5
    #[test]
    fn nothing_and_control_characters_are_no_notes() {
        for typed in ["", " \r\n", "a\0b", "a\rb", "\u{1b}[31m", "a\u{85}b"] {
            assert!(Text::parse(typed).is_err(), "{typed:?}");
        }
    }
}

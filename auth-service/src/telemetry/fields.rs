//! Fields of spans and events, cut while they are read: a megabyte that somebody sent is never
//! copied for the log.

use std::fmt::{self, Write};

use tracing::field::{Field, Visit};

/// Of an event's field, in bytes: an error with all its causes.
const EVENT_BYTES: usize = 1024;
/// Of a span's, which each line of a request repeats.
const SPAN_BYTES: usize = 256;

/// A value as a line shows it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A text, which may be somebody's.
    Text(String),
    /// What describes itself.
    Shown(String),
    /// A number, or yes and no.
    Bare(String),
}

#[derive(Debug)]
pub(super) struct Fields {
    pub message: Option<String>,
    pub rest: Vec<(&'static str, Value)>,
    /// Where a line of another kind (the crate `log`) says that it comes from.
    pub origin: Option<String>,
    most: usize,
}

impl Fields {
    pub fn of_event() -> Self {
        Self { message: None, rest: Vec::new(), origin: None, most: EVENT_BYTES }
    }

    pub fn of_span() -> Self {
        Self { most: SPAN_BYTES, ..Self::of_event() }
    }

    fn put(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::Text(text) | Value::Shown(text) | Value::Bare(text)) => {
                self.message = Some(text)
            }
            ("log.target", Value::Text(text) | Value::Shown(text)) => self.origin = Some(text),
            (name, _) if name.starts_with("log.") => {}
            (name, value) => match self.rest.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = value,
                None => self.rest.push((name, value)),
            },
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = Cut::to(self.most);
        // A type whose own description fails has what it wrote until then.
        let _ = write!(text, "{value:?}");
        self.put(field, Value::Shown(text.finish()));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let mut text = Cut::to(self.most);
        let _ = text.write_str(value);
        self.put(field, Value::Text(text.finish()));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        let text = value.to_string();
        self.put(field, if value.is_finite() { Value::Bare(text) } else { Value::Shown(text) });
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, Value::Bare(value.to_string()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, Value::Bare(value.to_string()));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.put(field, Value::Bare(value.to_string()));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.put(field, Value::Bare(value.to_string()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Value::Bare(value.to_string()));
    }
}

/// Takes as much as there is room for, up to the end of a character, and counts the rest.
pub(super) struct Cut {
    text: String,
    total: usize,
    most: usize,
    is_full: bool,
}

impl Cut {
    pub fn to(most: usize) -> Self {
        Self { text: String::new(), total: 0, most, is_full: false }
    }

    /// What was taken, and how long it was where that is not all.
    pub fn finish(mut self) -> String {
        if self.is_full {
            let _ = write!(self.text, "… (cut: {} bytes)", self.total);
        }
        self.text
    }
}

impl Write for Cut {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.total += piece.len();
        if !self.is_full {
            let room = self.most - self.text.len();
            self.text.push_str(&piece[..piece.floor_char_boundary(room)]);
            self.is_full = piece.len() > room;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// L6
    #[test]
    fn a_text_is_cut_at_a_character_and_says_how_long_it_was() {
        let cut = |pieces: &[&str]| {
            let mut cut = Cut::to(8);
            for piece in pieces {
                cut.write_str(piece).unwrap();
            }
            cut.finish()
        };
        assert_eq!(cut(&["12345678"]), "12345678");
        assert_eq!(cut(&["1234", "5678", ""]), "12345678");
        assert_eq!(cut(&["1234", "56789"]), "12345678… (cut: 9 bytes)");
        assert_eq!(cut(&["1234567é", "x"]), "1234567… (cut: 10 bytes)");
        assert_eq!(cut(&["12345678", "9", "0"]), "12345678… (cut: 10 bytes)");
        assert_eq!(cut(&["x".repeat(1_000_000).as_str()]), "xxxxxxxx… (cut: 1000000 bytes)");
    }
}

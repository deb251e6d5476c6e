//! Fields of spans and events. They are cut while they are formatted, so that a megabyte of input
//! is never copied for the log.

use std::fmt::{self, Write};

use tracing::field::{Field, Visit};

/// The limit for an event's field in bytes: enough for an error with all its causes.
const EVENT_BYTES: usize = 1024;
/// The limit for a span's field, which is repeated on every line of a request.
const SPAN_BYTES: usize = 256;

/// A value in its printable form.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Text, which may be user input.
    Text(String),
    /// The output of a `Debug` or `Display` implementation.
    Shown(String),
    /// A number or a boolean.
    Bare(String),
}

#[derive(Debug)]
pub(super) struct Fields {
    pub message: Option<String>,
    pub rest: Vec<(&'static str, Value)>,
    /// The origin that a record of the crate `log` names.
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
        // If the implementation fails, keep the output up to then.
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

/// Accepts text up to a limit, ends at a character boundary, and counts the rest.
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

    /// The accepted text, with the full length if it was cut.
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

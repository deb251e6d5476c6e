//! Output: prints a command's result to standard output, line by line.

use std::borrow::Cow;
use std::io::{ErrorKind, Write};
use std::sync::OnceLock;

use super::CliError;
use crate::i18n::Message;
use crate::i18n::Translations;
use crate::users::is_never_seen;

/// Prints one line, escaped by [`visible`].
pub(super) fn line(text: impl std::fmt::Display) -> Result<(), CliError> {
    verbatim(visible(&text.to_string()))
}

/// Escapes control characters, line breaks, invisible characters and those that change the text
/// direction, because names and addresses in rows are untrusted. The form `\u001b` is also JSON's,
/// so JSON strings keep their value.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.contains(is_never_seen) {
        return text.into();
    }
    let mut seen = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_never_seen(c) {
            let escaped =
                c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
            seen.push_str(&escaped);
        } else {
            seen.push(c);
        }
    }
    seen.into()
}

/// Prints trusted or escaped text ([`visible`]) and a line break. If the reader stopped early, as
/// `head` does, exits quietly.
pub(super) fn verbatim(text: impl std::fmt::Display) -> Result<(), CliError> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => Err(CliError::Failed(format!("standard output cannot be written: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Prints a warning to standard error, on one line.
pub(super) fn warning(text: impl std::fmt::Display) {
    eprintln!("auth-service: warning: {}", visible(&text.to_string()));
}

/// A message in English, for a terminal.
pub(super) fn english(text: &Message) -> String {
    static TEXTS: OnceLock<Translations> = OnceLock::new();
    TEXTS.get_or_init(Translations::embedded).english(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_shown_and_names_stay_names() {
        for (text, shown) in [
            ("ada\u{1b}[2K\r\n", "ada\\u001b[2K\\u000d\\u000a"),
            ("\u{202e}nimda", "\\u202enimda"),
            ("\u{9b}1m\u{7f}", "\\u009b1m\\u007f"),
            ("tag\u{e0041}", "tag\\udb40\\udc41"),
            ("Zoë 李 می\u{200c}خواهم", "Zoë 李 می\u{200c}خواهم"),
            ("a\\b", "a\\b"),
        ] {
            assert_eq!(visible(text), shown);
        }
        let json = serde_json::json!({ "name": "\u{202e}\u{e0041}\u{1b}\u{9b}" }).to_string();
        let read: serde_json::Value = serde_json::from_str(&visible(&json)).unwrap();
        assert_eq!(read["name"], "\u{202e}\u{e0041}\u{1b}\u{9b}");
    }
}

//! Parsing of a setting's text, wherever it comes from.
//!
//! Shells, systemd, Docker and Kubernetes disagree about settings files: some remove quotation
//! marks and others keep them, and some keep the `\r` of Windows line ends. This module removes
//! what is certainly a mistake. It refuses what may be intended but would not work, and its errors
//! describe the problem without showing the value. A service can use it for its own settings too.
//! The feature `fetch` adds durations, files, and secrets that may be read from a file.
//!
//! ```
//! use shared_claims::setting::{Unclear, plain};
//!
//! assert_eq!(plain("sqlite:notes.db\r"), Ok(Some("sqlite:notes.db")));
//! assert_eq!(plain(" "), Ok(None));
//! assert_eq!(plain("\"sqlite:notes.db\""), Err(Unclear::Quoted));
//! ```

#[cfg(feature = "fetch")]
mod duration;
#[cfg(feature = "fetch")]
mod file;
#[cfg(feature = "fetch")]
mod secret_file;

#[cfg(feature = "fetch")]
pub use duration::duration;
#[cfg(feature = "fetch")]
pub use file::{FileError, is_handed_over, open_file, read_file};
#[cfg(feature = "fetch")]
pub use secret_file::{SecretError, secret_or_file};

/// Why a text cannot be the value of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unclear {
    /// Quotation marks around it.
    #[error(
        "is in quotation marks, which whatever read the file of settings has left there: write it without quotation marks"
    )]
    Quoted,
    /// A secret with a quotation mark at one of its ends.
    #[error(
        "begins or ends with a quotation mark, which is no part of a secret: write it without quotation marks"
    )]
    HalfQuoted,
    /// A secret with a space at one of its ends.
    #[error("begins or ends with a space, which is no part of a secret: take the space away")]
    Spaced,
    /// A line break, a tab, or another control character.
    #[error("must be one line, without a line break or another control character in it")]
    Control,
    /// U+FEFF at its beginning.
    #[error("begins with a byte order mark: save the file as UTF-8 without one")]
    ByteOrderMark,
}

/// Quotation marks of settings files.
const PLAIN_MARKS: [char; 2] = ['"', '\''];

/// Those, and the marks that word processors replace them by. A name may have these around it, but
/// a secret may not.
const ALL_MARKS: [char; 8] = ['"', '\'', '`', '“', '”', '„', '‘', '’'];

/// The text of a setting, without the white space around it.
///
/// `None` when nothing is left, because compose files pass an unset variable on as an empty one.
///
/// # Errors
/// [`Unclear`], when it is in quotation marks, or has a control character in it.
pub fn plain(text: &str) -> Result<Option<&str>, Unclear> {
    let text = text.trim();
    one_line(text)?;
    let is_mark = |c: Option<char>| c.is_some_and(|c| PLAIN_MARKS.contains(&c));
    let mut chars = text.chars();
    if is_mark(chars.next()) && is_mark(chars.next_back()) {
        return Err(Unclear::Quoted);
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// The text of a secret, without the line break at its end; `None` when nothing is left.
///
/// # Errors
/// [`Unclear`], also when a space or a quotation mark stands at either end: another program that
/// reads the same settings may remove it, and the two would have different secrets.
pub fn secret(text: &str) -> Result<Option<&str>, Unclear> {
    let text = text.trim_end_matches(['\r', '\n']);
    if text.trim().is_empty() {
        return Ok(None);
    }
    one_line(text)?;
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        return Err(Unclear::Spaced);
    }
    match (text.starts_with(ALL_MARKS), text.ends_with(ALL_MARKS)) {
        (true, true) => Err(Unclear::Quoted),
        (false, false) => Ok(Some(text)),
        _ => Err(Unclear::HalfQuoted),
    }
}

fn one_line(text: &str) -> Result<(), Unclear> {
    match text {
        _ if text.starts_with('\u{feff}') => Err(Unclear::ByteOrderMark),
        _ if text.contains(char::is_control) => Err(Unclear::Control),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certainly_not_meant_is_left_out() {
        for text in ["example.org", "example.org\r", " example.org \r\n", "\texample.org\n"] {
            assert_eq!(plain(text), Ok(Some("example.org")), "{text:?}");
        }
        for text in ["pG5cX9dUeRkVt3mB", "pG5cX9dUeRkVt3mB\r", "pG5cX9dUeRkVt3mB\n", "pG5cX9dUeRkVt3mB\r\n"] {
            assert_eq!(secret(text), Ok(Some("pG5cX9dUeRkVt3mB")), "{text:?}");
        }
        for nothing in ["", " ", "\r", "\r\n", "\t \n"] {
            assert_eq!((plain(nothing), secret(nothing)), (Ok(None), Ok(None)), "{nothing:?}");
        }
        for kept in ["Ada's", "the \"best\"", "a \"b\" c", "\"Accounts\" <a@example.org>", "\"", "a b"] {
            assert_eq!(plain(kept), Ok(Some(kept)), "{kept:?}");
        }
    }

    #[test]
    fn what_may_be_meant_and_would_not_work_is_refused() {
        for (text, why) in [
            ("\"example.org\"", Unclear::Quoted),
            ("'example.org'\r", Unclear::Quoted),
            ("\"\"", Unclear::Quoted),
            ("\u{feff}example.org", Unclear::ByteOrderMark),
            ("example\r\n.org", Unclear::Control),
            ("exam\0ple.org", Unclear::Control),
            ("a\tb", Unclear::Control),
        ] {
            assert_eq!((plain(text), secret(text)), (Err(why), Err(why)), "{text:?}");
        }
        for (text, why) in [
            (" pG5cX9dUeRkVt3mB", Unclear::Spaced),
            ("pG5cX9dUeRkVt3mB ", Unclear::Spaced),
            ("pG5cX9dUeRkVt3mB \r\n", Unclear::Spaced),
            ("“pG5cX9dUeRkVt3mB”", Unclear::Quoted),
            ("\"pG5cX9dUeRkVt3mB", Unclear::HalfQuoted),
            ("pG5cX9dUeRkVt3mB'", Unclear::HalfQuoted),
            ("one\ntwo\n", Unclear::Control),
        ] {
            assert_eq!(secret(text), Err(why), "{text:?}");
        }
    }
}

//! A settings file with `NAME=value` on each line, read as systemd's `EnvironmentFile=` and
//! Docker's `env_file` both read it.
//!
//! If the two would read a line differently, the file is refused with the line and the reason. So a
//! command that uses the file has the same settings as the service.

use std::path::Path;

use shared_claims::setting::{self, FileError};
use zeroize::Zeroizing;

/// Larger than any settings file.
const MAX_BYTES: u64 = 1024 * 1024;

/// One setting of the file.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    pub name: String,
    pub value: Zeroizing<String>,
    /// Counted from 1.
    pub line: usize,
}

/// Reads the file.
///
/// # Errors
/// A message that continues after the file's name and contains no value.
pub fn read(path: &Path) -> Result<Vec<Setting>, String> {
    let bytes = setting::read_file(path, MAX_BYTES).map_err(|error| match error {
        FileError::TooLarge(_) => "has more than 1 MB, and so is no file of settings".to_owned(),
        other => other.to_string(),
    })?;
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<Vec<Setting>, String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("is in UTF-16: save it as UTF-8".to_owned());
    }
    if bytes.starts_with("\u{feff}".as_bytes()) {
        return Err("begins with a byte order mark, for which systemd passes over its first line: save it as UTF-8 without one"
            .to_owned());
    }
    let mut settings = Vec::new();
    for (n, bytes) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let refused = |problem: &str| format!("cannot be used, line {}: {problem}", n + 1);
        let text = std::str::from_utf8(bytes).map_err(|_| refused("it is not UTF-8"))?;
        if let Some((name, value)) = line(text.strip_suffix('\r').unwrap_or(text)).map_err(refused)? {
            settings.push(Setting {
                name: name.to_owned(),
                value: Zeroizing::new(value.to_owned()),
                line: n + 1,
            });
        }
    }
    Ok(settings)
}

/// The name and the value on a line; `None` for an empty line or a comment.
fn line(text: &str) -> Result<Option<(&str, &str)>, &'static str> {
    let text = text.trim_matches([' ', '\t']);
    if text.is_empty() || text.starts_with('#') {
        return Ok(None);
    }
    if text.starts_with(';') {
        return Err("systemd takes it for a comment, and Docker does not: begin it with #");
    }
    if text.starts_with("export ") {
        return Err("export is a shell's word: leave it out");
    }
    let (name, value) = text.split_once('=').ok_or("there is no = in it: write NAME=value")?;
    if name.ends_with([' ', '\t']) || value.starts_with([' ', '\t']) {
        return Err("there is a space beside the =: take it away");
    }
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    if !name.starts_with(is_first) || !name.chars().all(|c| is_first(c) || c.is_ascii_digit()) {
        return Err("what stands before the = is no name of a setting: letters, digits and underscores");
    }
    value_of(value).map(|value| Some((name, value)))
}

fn value_of(text: &str) -> Result<&str, &'static str> {
    if text.contains(char::is_control) {
        return Err("the value has a control character in it");
    }
    let quoted = |mark: char| {
        let rest = text.strip_prefix(mark)?;
        Some(rest.strip_suffix(mark).filter(|inner| !inner.contains(mark)))
    };
    match (quoted('"'), quoted('\'')) {
        (Some(None), _) | (_, Some(None)) => {
            Err("the value begins with a quotation mark, and does not end with the only other one like it")
        }
        (_, Some(Some(inner))) => Ok(inner),
        (Some(Some(inner)), _) => unexpanded(inner),
        (None, None) if text.contains(" #") => Err(
            "Docker takes # after a space for the beginning of a comment, and systemd for a part of the value: put the value \
             in quotation marks, or the comment on a line of its own",
        ),
        (None, None) => unexpanded(text),
    }
}

/// Both programs take single-quoted text literally.
fn unexpanded(text: &str) -> Result<&str, &'static str> {
    if text.contains('$') {
        return Err(
            "Docker puts a variable in the place of $, and systemd does not: put the value in single quotes",
        );
    }
    if text.contains('\\') {
        return Err("systemd takes the backslash away, and Docker does not: put the value in single quotes");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hostile::tried;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let settings = parse(text.as_bytes()).unwrap_or_else(|problem| panic!("{text:?}: {problem}"));
        settings.into_iter().map(|setting| (setting.name, setting.value.to_string())).collect()
    }

    #[test]
    fn what_systemd_and_docker_read_alike_is_read_so() {
        for (line, value) in [
            ("SITE_NAME=Municipal Works", "Municipal Works"),
            ("SITE_NAME=\"Municipal Works\"", "Municipal Works"),
            ("SITE_NAME='Municipal Works'", "Municipal Works"),
            ("  SITE_NAME=Ada's  ", "Ada's"),
            ("SITE_NAME=\"Ada's # 1\"", "Ada's # 1"),
            ("SITE_NAME='a \"b\" $c \\d'", "a \"b\" $c \\d"),
            ("SITE_NAME=", ""),
            ("SITE_NAME=\"\"", ""),
            ("SITE_NAME=#2348ae", "#2348ae"),
            ("SITE_NAME=a=b", "a=b"),
            (
                "SITE_NAME=Imprint=https://example.org/?a=b&c=d#e, Help=mailto:help@example.org",
                "Imprint=https://example.org/?a=b&c=d#e, Help=mailto:help@example.org",
            ),
        ] {
            for end in ["", "\n", "\r\n", "\n\n# SITE_NAME=another\n"] {
                assert_eq!(
                    pairs(&format!("{line}{end}")),
                    [("SITE_NAME".to_owned(), value.to_owned())],
                    "{line}"
                );
            }
        }
        assert_eq!(pairs("# nothing\n\n  # here\n\t\n"), []);
        assert_eq!(pairs("A=1\r\nB_2=2\r\nA=3").len(), 3, "the last one counts, for both of them");
    }

    #[test]
    fn what_they_read_otherwise_is_refused_with_its_line_and_without_its_value() {
        for (line, words) in [
            ("export SECRET_KEY=hunter2", "export is a shell's word"),
            ("SECRET_KEY", "there is no ="),
            ("hunter2", "there is no ="),
            ("SECRET_KEY = hunter2", "a space beside the ="),
            ("SECRET_KEY= hunter2", "a space beside the ="),
            ("SECRET-KEY=hunter2", "no name of a setting"),
            ("2ND=hunter2", "no name of a setting"),
            ("=hunter2", "no name of a setting"),
            ("; SECRET_KEY=hunter2", "begin it with #"),
            ("SECRET_KEY=\"hunter2", "quotation mark"),
            ("SECRET_KEY=\"hunter2\" # ours", "quotation mark"),
            ("SECRET_KEY='hunter2'more", "quotation mark"),
            ("SECRET_KEY=\"hun\"ter2\"", "quotation mark"),
            ("SECRET_KEY=\"", "quotation mark"),
            ("SECRET_KEY=hunter2 # ours", "comment on a line of its own"),
            ("SECRET_KEY=hun$ter2", "single quotes"),
            ("SECRET_KEY=\"hun$ter2\"", "single quotes"),
            ("SECRET_KEY=hunter2\\", "single quotes"),
            ("SECRET_KEY=hun\tter2", "control character"),
            ("SECRET_KEY=hun\rter2", "control character"),
            ("SECRET_KEY=hun\0ter2", "control character"),
        ] {
            let refusal = parse(format!("A=1\n\n{line}\nB=2\n").as_bytes()).expect_err(line);
            assert!(refusal.starts_with("cannot be used, line 3: ") && refusal.contains(words), "{refusal}");
            assert!(!refusal.contains("hunter2") && !refusal.contains("hun"), "{refusal}");
        }
        for (bytes, words) in [
            (&b"\xef\xbb\xbfA=1\n"[..], "byte order mark"),
            (b"\xff\xfeA\0", "UTF-16"),
            (b"A=1\nB=\xe9\n", "line 2: it is not UTF-8"),
        ] {
            assert!(parse(bytes).unwrap_err().contains(words), "{words}");
        }
    }

    /// Arbitrary bytes as a settings file.
    #[test]
    fn any_file_is_settings_of_one_line_or_refused_without_a_value() {
        let pieces = [
            "SECRET_KEY",
            "=",
            "hunter2",
            "\n",
            "\r\n",
            "\"",
            "'",
            "#",
            " #",
            ";",
            "export ",
            "$",
            "\\",
            " ",
            "\u{feff}",
        ];
        tried(&pieces, |input| match parse(input) {
            Ok(settings) => {
                for Setting { name, value, line } in settings {
                    assert!(!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
                    assert!(!value.contains(char::is_control), "{name}");
                    let lines = input.split(|byte| *byte == b'\n').collect::<Vec<_>>();
                    let line = std::str::from_utf8(lines[line - 1]).unwrap();
                    assert!(line.contains(&name) && line.contains(value.as_str()), "{line:?}");
                }
            }
            Err(refusal) => assert!(!refusal.contains("hunter2"), "{refusal}"),
        });
    }
}

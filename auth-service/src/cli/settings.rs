//! `auth-service --settings FILE …`: runs a command with the settings of the service.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::CliError;
use crate::config::settings_file::{self, Setting};

const FLAG: &str = "--settings";

/// Re-executes the program with the settings file's values in its environment, if the command line
/// names such a file. So they reach everything that reads the environment, as under systemd
/// (`RUST_LOG`, `PGPASSWORD`). Returns if no file is named.
///
/// # Errors
/// If the file cannot be used or the program cannot be executed.
pub(super) fn apply(words: Vec<OsString>) -> Result<(), CliError> {
    let (path, words) = match take(words) {
        Taken::Nothing => return Ok(()),
        Taken::File(path, words) => (path, words),
        Taken::Nameless => return Err(CliError::Usage(format!("{FLAG}: name the file: {FLAG} <FILE>"))),
    };
    let settings = settings_file::read(&path)
        .map_err(|problem| CliError::Usage(format!("{FLAG}: {} {problem}", path.display())))?;
    for note in notes(&settings, &path, |name| std::env::var_os(name)) {
        eprintln!("auth-service: note: {note}");
    }
    let program = std::env::current_exe()
        .map_err(|error| CliError::Failed(format!("{FLAG}: the program does not find itself: {error}")))?;
    let mut again = Command::new(program);
    let mut words = words.into_iter();
    if let Some(name) = words.next() {
        again.arg0(name);
    }
    again.args(words);
    for Setting { name, value, .. } in &settings {
        again.env(name, value.as_str());
    }
    let error = again.exec();
    Err(CliError::Failed(format!("{FLAG}: the program cannot be begun anew: {error}")))
}

#[derive(Debug, PartialEq, Eq)]
enum Taken {
    Nothing,
    /// The first named file, and the command line without it.
    File(PathBuf, Vec<OsString>),
    Nameless,
}

/// Finds the flag anywhere before `--`.
fn take(mut words: Vec<OsString>) -> Taken {
    let with_file = format!("{FLAG}=");
    for place in 1..words.len() {
        let word = words[place].clone();
        if word == "--" {
            break;
        }
        if word == FLAG {
            words.remove(place);
            if place == words.len() {
                return Taken::Nameless;
            }
            return Taken::File(words.remove(place).into(), words);
        }
        if let Some(file) = word.to_str().and_then(|word| word.strip_prefix(&with_file)) {
            words.remove(place);
            return if file.is_empty() { Taken::Nameless } else { Taken::File(file.into(), words) };
        }
    }
    Taken::Nothing
}

/// Warns about lines that may not have the effect that their author expects.
fn notes(settings: &[Setting], path: &Path, environment: impl Fn(&str) -> Option<OsString>) -> Vec<String> {
    let mut notes = Vec::new();
    for (n, setting) in settings.iter().enumerate() {
        let Setting { name, value, line } = setting;
        if let Some(later) = settings[n + 1..].iter().find(|other| other.name == *name) {
            notes.push(format!(
                "{name} stands in {} twice: line {} counts, and line {line} does not",
                path.display(),
                later.line
            ));
        } else if environment(name).is_some_and(|there| there != OsStr::new(value.as_str())) {
            notes.push(format!("{name} is another in the environment: the one in {} counts", path.display()));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_file_is_found_wherever_it_is_named_and_once_at_a_time() {
        for (line, rest) in [
            ("auth-service --settings a.env users list", "auth-service users list"),
            ("auth-service --settings=a.env users list", "auth-service users list"),
            ("auth-service users list --settings a.env", "auth-service users list"),
            ("auth-service --settings a.env", "auth-service"),
            ("auth-service --settings a.env --settings b.env", "auth-service --settings b.env"),
        ] {
            assert_eq!(take(words(line)), Taken::File("a.env".into(), words(rest)), "{line}");
        }
        for line in ["auth-service", "auth-service users list", "auth-service import django -- --settings"] {
            assert_eq!(take(words(line)), Taken::Nothing, "{line}");
        }
        for line in ["auth-service --settings", "auth-service --settings= users list"] {
            assert_eq!(take(words(line)), Taken::Nameless, "{line}");
        }
    }

    #[test]
    fn what_gives_way_is_told_by_name_alone() {
        let setting = |name: &str, value: &str, line| Setting {
            name: name.to_owned(),
            value: value.to_owned().into(),
            line,
        };
        let settings = [
            setting("A", "hunter2", 1),
            setting("B", "hunter2", 2),
            setting("A", "hunter3", 4),
            setting("C", "same", 5),
        ];
        let environment = |name: &str| match name {
            "B" => Some(OsString::from("hunter4")),
            "C" => Some(OsString::from("same")),
            _ => None,
        };
        let notes = notes(&settings, Path::new("a.env"), environment);
        assert_eq!(
            notes,
            [
                "A stands in a.env twice: line 4 counts, and line 1 does not",
                "B is another in the environment: the one in a.env counts"
            ]
        );
    }
}

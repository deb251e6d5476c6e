//! Prompts for a password without showing it.

use std::io::{IsTerminal, Read};

use zeroize::Zeroizing;

use crate::passwords::Password;

use super::CliError;

/// Longer input is not a password but a file.
const MAX_BYTES: u64 = 64 * 1024;

/// The password in a program's input: one line. A trailing line break and a leading byte order
/// mark, which Windows shells add, are not part of it.
fn one_line(input: impl Read) -> Result<Password, CliError> {
    let refused = |problem: &str| CliError::Usage(format!("standard input {problem}"));
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024));
    let read = input.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| refused(&format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(refused("is too long to be a password"));
    }
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| refused("is not UTF-8 text: a password is expected, and nothing else"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_end_matches(['\r', '\n']);
    if text.contains(['\r', '\n']) {
        return Err(refused("has more than one line: send the password once, and nothing else"));
    }
    Ok(text.to_owned().into())
}

/// A new password: from standard input for scripts, otherwise typed twice at the terminal.
pub(super) fn new_password(from_stdin: bool) -> Result<Password, CliError> {
    if from_stdin {
        return one_line(std::io::stdin().lock());
    }
    if !std::io::stdin().is_terminal() {
        return Err(CliError::Usage("there is no terminal to ask on: use --password-stdin".to_owned()));
    }
    let ask = |prompt| {
        rpassword::prompt_password(prompt)
            .map(Password::from)
            .map_err(|error| CliError::Usage(format!("the terminal cannot be read: {error}")))
    };
    let (first, second) = (ask("Password: ")?, ask("Password again: ")?);
    if first.equals(&second) {
        Ok(first)
    } else {
        Err(CliError::Failed("the two passwords differ; nothing was changed".to_owned()))
    }
}

//! Asking for a password without showing it.

use std::io::{IsTerminal, Read};

use crate::accounts::Password;

use super::Failure;

/// A new password: from standard input for scripts, else typed twice on the terminal.
pub(super) fn new_password(from_stdin: bool) -> Result<Password, Failure> {
    if from_stdin {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|error| Failure::Misused(format!("standard input cannot be read: {error}")))?;
        return Ok(text.trim_end_matches(['\r', '\n']).to_owned().into());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Misused("there is no terminal to ask on: use --password-stdin".to_owned()));
    }
    let ask = |prompt| {
        rpassword::prompt_password(prompt)
            .map(Password::from)
            .map_err(|error| Failure::Misused(format!("the terminal cannot be read: {error}")))
    };
    let (first, second) = (ask("Password: ")?, ask("Password again: ")?);
    if first.equals(&second) {
        Ok(first)
    } else {
        Err(Failure::Refused("the two passwords differ; nothing was changed".to_owned()))
    }
}

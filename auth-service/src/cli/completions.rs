//! `auth-service completions <shell>`: prints a completion script.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{CliError, output};

#[derive(Args)]
pub(super) struct Arguments {
    /// Whose completions.
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the shell's script, made from the commands themselves.
pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let mut script = Vec::new();
    let mut command = super::Arguments::command();
    // Into memory first: the library panics where nobody reads any more, as below `| head`.
    clap_complete::generate(arguments.shell, &mut command, "auth-service", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if arguments.shell == Shell::Bash {
        // clap_complete 4.6 calls a program with a hyphen one thing where its script decides and
        // another where it acts, so that bash completes nothing below a command
        // (clap-rs/clap#6421). The names made one:
        script = script.replace("auth__subcmd__service", "auth__service");
    }
    output::verbatim(script.trim_end())
}

//! Project commands: `cargo xtask <command>`.

mod bench;
mod ci;
mod compose;
mod copy;
mod data_folder;
mod deletion;
mod deployment;
mod dev;
mod dist;
mod e2e;
mod error;
mod interrupt;
mod library;
mod ports;
mod postgres;
mod process;
mod project;
mod scale;
mod services;
mod settings;
mod side_by_side;
mod upgrade;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use error::{Error, Result};

/// The project's own commands.
#[derive(clap::Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Build and run the login and two services on this machine, with SQLite in .dev/, until
    /// Ctrl-C.
    Dev(dev::Options),
    /// Manage the accounts of `cargo xtask dev`: takes what `auth-service users` takes.
    #[command(disable_help_flag = true)]
    Users {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Examine `cargo xtask dev`, and services of yours beside it: what is wrong, and what to do.
    Doctor(dev::DoctorOptions),
    /// Run all that CI runs: tests on both databases, formatting, clippy, documentation, browsers.
    Ci,
    /// Run auth-service's tests on a throwaway PostgreSQL.
    TestPostgres {
        /// Further words for `cargo test`, after `--`.
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Run the browser suite against freshly started services.
    E2e(e2e::Options),
    /// Build the container stack and run the browser suite against it; needs docker, and is no part
    /// of ci.
    ComposeTest(compose::Options),
    /// Copy demo-service to a new folder as its README says, then test and run the copy.
    CopyTest,
    /// Delete a feature from a copy of the project and compile the rest.
    DeletionTest,
    /// Replace instances of an earlier revision by this one under load, and go back; no part of ci.
    UpgradeTest(upgrade::Options),
    /// Verify our tokens with the libraries of other languages.
    Interop,
    /// Fuzz the API from its own description.
    ApiFuzz,
    /// Measure the real processes against this machine's limits, and write docs/performance.md; no
    /// part of ci.
    Bench(bench::Options),
    /// Simulate a day of people, and print the tables of docs/scale.md.
    Scale,
    /// Package a release into target/dist/: programs, container images, bills of materials,
    /// checksums.
    Dist(dist::Options),
}

fn main() -> ExitCode {
    let command = Command::parse();
    match interrupt::watch().and_then(|()| run(command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::Failed(sentence)) => {
            eprintln!("xtask: {sentence}");
            ExitCode::FAILURE
        }
        Err(Error::Interrupted) => {
            eprintln!("xtask: interrupted");
            // The exit code that a shell reports for SIGINT.
            ExitCode::from(130)
        }
    }
}

fn run(command: Command) -> Result {
    match command {
        Command::Dev(options) => dev::dev(options),
        Command::Users { arguments } => dev::users(arguments),
        Command::Doctor(options) => dev::doctor(options),
        Command::Ci => ci::ci(),
        Command::TestPostgres { arguments } => postgres::test(&arguments),
        Command::E2e(options) => e2e::e2e(&options),
        Command::ComposeTest(options) => compose::test(&options),
        Command::UpgradeTest(options) => upgrade::test(&options),
        Command::CopyTest => copy::copy_test(),
        Command::DeletionTest => deletion::deletion_test(),
        Command::Interop => e2e::interop(),
        Command::ApiFuzz => e2e::api_fuzz(),
        Command::Bench(options) => bench::bench(&options),
        Command::Scale => scale::scale(),
        Command::Dist(options) => dist::dist(&options),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_put_together_well() {
        super::Command::command().debug_assert();
    }
}

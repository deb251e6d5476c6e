//! The command line: parses arguments and runs the command. `serve` is the default.

mod after_restore;
mod backup;
mod check_config;
mod cleanup;
mod completions;
mod database;
mod doctor;
mod export;
mod exposed;
mod generate_secret;
mod import;
mod keys;
mod mail;
mod man;
mod migrate;
mod output;
mod private_file;
mod prompt;
mod recovery_link;
mod rights;
mod roles;
mod serve;
mod sessions;
mod settings;
mod templates;
mod user_ref;
mod users;

use std::env::VarError;
use std::io::Write;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{self, ConfigError, DatabaseFlags, ServeFlags};
use crate::db::{DatabaseError, OfDatabase};
use crate::telemetry;

/// One login for every sub-domain.
#[derive(Parser)]
#[command(name = "auth-service", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Read the settings from a file first: `NAME=value`, a line each, as systemd's
    /// `EnvironmentFile=` has them.
    // `settings.rs` removes it before clap reads the command line.
    #[arg(long, global = true, value_name = "FILE")]
    settings: Option<PathBuf>,
    #[command(flatten)]
    serve: ServeFlags,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages (the default).
    Serve(Box<ServeFlags>),
    /// Bring the database's schema up to date, then exit.
    Migrate(DatabaseFlags),
    /// Check the settings and print those in force, secrets masked.
    CheckConfig(Box<check_config::Arguments>),
    /// Examine a deployment from the inside and the outside, and say what to do about what is
    /// wrong.
    Doctor(Box<doctor::Arguments>),
    /// Print, or check, the templates and texts that TEMPLATES_DIR can override.
    Templates(templates::Arguments),
    /// Print a new random secret, for SECRET_KEY or JWT_SIGNING_KEY.
    GenerateSecret,
    /// Create and manage accounts.
    Users(users::Arguments),
    /// List the sessions of a person, and end them.
    Sessions(sessions::Arguments),
    /// See, rotate and revoke signing keys.
    Keys(keys::Arguments),
    /// See the letters that wait, try them again, and send one for a test.
    Mail(mail::Arguments),
    /// Bring people in from another system.
    Import(import::Arguments),
    /// Write people out for another system, with their password hashes.
    Export(export::Arguments),
    /// Copy a SQLite database while it is in use, without logins and signing keys.
    Backup(backup::Arguments),
    /// Say that the database comes from a backup: ends every session and revokes every signing key
    /// in it.
    AfterRestore(DatabaseFlags),
    /// Delete expired sessions and events, as the running service does by itself.
    Cleanup(cleanup::Arguments),
    /// Print a shell's completions of these commands.
    Completions(completions::Arguments),
    /// Print the manual page, or write one for each command.
    Man(man::Arguments),
}

/// Why a command failed. Each variant has its own exit code.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// Exit code 1: the command was understood, but not carried out.
    #[error("{0}")]
    Failed(String),
    /// Exit code 2: a setting or an argument cannot be used.
    #[error("{0}")]
    Usage(String),
    /// Exit code 3: the database was unreachable or refused the request.
    #[error("DATABASE_URL: {0}")]
    Database(#[from] DatabaseError),
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl OfDatabase for CliError {
    fn of_database(&self) -> Option<&diesel::result::Error> {
        match self {
            Self::Database(error) => error.of_database(),
            Self::Failed(_) | Self::Usage(_) => None,
        }
    }
}

impl From<diesel::result::Error> for CliError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

impl CliError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Database(_) => 3,
        }
    }
}

/// Runs the command line, and returns the exit code.
pub fn run() -> u8 {
    if let Err(failure) = settings::apply(std::env::args_os().collect()) {
        return end_with(&failure);
    }
    // clap exits with 2 for a wrong argument, as we do.
    let matches = Arguments::command().try_get_matches().unwrap_or_else(|error| {
        match unreadable(&Arguments::command()).filter(|_| error.kind() == ErrorKind::InvalidUtf8) {
            Some(name) => {
                telemetry::say_last(&format!("auth-service: {name}: is not UTF-8"));
                std::process::exit(2)
            }
            None => error.exit(),
        }
    });
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    for flag in exposed::secrets(&matches) {
        eprintln!("auth-service: warning: {flag} has a secret in it: {}", exposed::ADVICE);
    }
    match dispatch(arguments) {
        Ok(()) => 0,
        Err(failure) => end_with(&failure),
    }
}

/// The setting of `command` or a subcommand whose value is not UTF-8. Clap does not name it.
fn unreadable(command: &clap::Command) -> Option<String> {
    let names = command.get_arguments().filter_map(|argument| argument.get_env()?.to_str());
    let is_unreadable = |name: &str| matches!(std::env::var(name), Err(VarError::NotUnicode(_)));
    let own = names.into_iter().find(|name| is_unreadable(name)).map(str::to_owned);
    own.or_else(|| command.get_subcommands().find_map(unreadable))
}

/// Prints the error on one line, even if a library's message or a row contains line breaks.
fn end_with(failure: &CliError) -> u8 {
    let message = failure.to_string();
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    telemetry::say_last(&format!("auth-service: {}", output::visible(&message)));
    failure.exit_code()
}

/// Ends the process while the thread that does the work is stuck.
fn end_at_once(failure: &CliError) {
    let code = end_with(failure);
    let _ = std::io::stdout().flush();
    // End as `main` does, without freeing data that the stuck thread still uses.
    signal_hook::low_level::exit(i32::from(code))
}

fn dispatch(arguments: Arguments) -> Result<(), CliError> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    config::refuse_unknown_settings(names).map_err(CliError::Usage)?;
    match arguments.command {
        None => serve::run(&arguments.serve),
        Some(Command::Serve(flags)) => serve::run(&flags),
        Some(Command::Migrate(flags)) => migrate::run(&flags),
        Some(Command::CheckConfig(arguments)) => check_config::run(&arguments),
        Some(Command::Doctor(arguments)) => doctor::run(&arguments),
        Some(Command::Templates(arguments)) => templates::run(&arguments),
        Some(Command::GenerateSecret) => generate_secret::run(),
        Some(Command::Users(arguments)) => users::run(arguments),
        Some(Command::Sessions(arguments)) => sessions::run(arguments),
        Some(Command::Mail(arguments)) => mail::run(arguments),
        Some(Command::Keys(arguments)) => keys::run(arguments),
        Some(Command::Import(arguments)) => import::run(arguments),
        Some(Command::Export(arguments)) => export::run(arguments),
        Some(Command::Backup(arguments)) => backup::run(&arguments),
        Some(Command::AfterRestore(flags)) => after_restore::run(&flags),
        Some(Command::Cleanup(arguments)) => cleanup::run(&arguments),
        Some(Command::Completions(arguments)) => completions::run(&arguments),
        Some(Command::Man(arguments)) => man::run(&arguments),
    }
}

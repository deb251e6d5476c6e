//! `auth-service keys …`: lists, rotates and revokes signing keys.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::audit::RequestContext;
use crate::clock::Clock;
use crate::config::{DatabaseFlags, KeyTimeFlags, KeyTimes};
use crate::db::Database;
use crate::keyring::{self, KeyAdminError, KeySchedule, SigningKey, State};

use super::{CliError, database, output};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    database: DatabaseFlags,
    #[command(flatten)]
    times: KeyTimeFlags,
}

#[derive(Subcommand)]
enum Action {
    /// Print the keys, and what happens to each next.
    List {
        /// As JSON Lines: one object a line.
        #[arg(long)]
        json: bool,
    },
    /// Hand over to the next key now. Nobody is logged out, and no token is refused.
    Rotate {
        /// Do it although nothing happened here for long, as after a clock that leapt ahead; and
        /// date keys anew that are of the future.
        #[arg(long)]
        clock_is_right: bool,
    },
    /// Revoke a key at once, because somebody else may have it.
    Revoke {
        /// The key's id, as `keys list` prints it.
        // One id in 64 begins with a hyphen, and this command must work in an emergency.
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
}

pub(super) fn run(arguments: Arguments) -> Result<(), CliError> {
    let times = KeyTimes::parse(&arguments.times)?;
    let db = database::open(&arguments.database, false)?;
    match arguments.action {
        Action::List { json } => list(&db, &times, json),
        Action::Rotate { clock_is_right } => rotate(&db, &times, clock_is_right),
        Action::Revoke { kid } => revoke(&db, &times, &kid),
    }
}

/// A key as it is printed, without its private half.
#[derive(Serialize)]
struct KeyView<'a> {
    kid: &'a str,
    algorithm: &'a str,
    state: &'static str,
    published_at: String,
    activated_at: Option<String>,
    retired_at: Option<String>,
    outlook: String,
}

fn list(db: &Database, times: &KeyTimes, json: bool) -> Result<(), CliError> {
    let (keys, now) =
        db.run_blocking(|conn| Ok::<_, CliError>((SigningKey::all(conn)?, database::now(conn)?)))?;
    if keys.is_empty() && !json {
        return output::line("There are no keys yet: the service makes them at its first start.");
    }
    for key in &keys {
        let state = key.state().as_str();
        let KeySchedule(outlook) = KeySchedule::of(key, &keys, times, now);
        if json {
            let printed = KeyView {
                kid: &key.kid,
                algorithm: key.algorithm.as_str(),
                state,
                published_at: key.created_at.rfc3339(),
                activated_at: key.activated_at.map(|moment| moment.rfc3339()),
                retired_at: key.retired_at.map(|moment| moment.rfc3339()),
                outlook,
            };
            output::line(serde_json::to_string(&printed).expect("strings can be written as JSON"))?;
        } else {
            output::line(format_args!("{}  {:<5}  {state:<7}  {outlook}", key.kid, key.algorithm.as_str()))?;
        }
    }
    Ok(())
}

fn rotate(db: &Database, times: &KeyTimes, clock_is_right: bool) -> Result<(), CliError> {
    if clock_is_right {
        let redated = db.run_blocking(|conn| {
            let operator = database::operator(conn)?;
            keyring::redate(conn, &operator).map_err(CliError::from)
        })?;
        for kid in redated {
            output::line(format_args!("{kid} had a date that is yet to come, and is dated anew."))?;
        }
    }
    let (kid, now) = db.run_blocking(|conn| {
        let now = database::sure_of_now(conn, clock_is_right)?;
        let operator = RequestContext::operator(&Clock::system()).at(now);
        Ok::<_, CliError>((keyring::rotate(conn, times, &operator)?, now))
    })?;
    let until = (now + times.keep()).format_utc();
    output::line(format_args!(
        "{kid} signs from now on; running services notice within a second. The key before it is published until \
         {until}, so nobody is logged out. A running service publishes the next key within seconds."
    ))
}

fn revoke(db: &Database, times: &KeyTimes, kid: &str) -> Result<(), CliError> {
    let (was, is_shared, now) = db.run_blocking(|conn| {
        let operator = database::operator(conn)?;
        let is_shared = SigningKey::all(conn)?.iter().any(|key| key.kid == kid && key.is_shared());
        keyring::revoke(conn, kid, &operator)
            .map(|was| (was, is_shared, operator.now()))
            .map_err(CliError::from)
    })?;
    if is_shared {
        return output::line(format_args!(
            "{kid} is revoked: auth-service neither signs with it nor accepts it. Services do: take JWT_SIGNING_KEY out \
             of every one of them and restart it. Until then, whoever has the key can sign as anybody there."
        ));
    }
    let refused_by = (now + times.jwks_max_age).format_utc();
    let what_else = match was {
        State::Active => {
            " The next key signs from now on. People whose tokens it had signed renew them at their next click, and \
             stay logged in."
        }
        State::Next => " A running service publishes another next key within seconds.",
        State::Retired | State::Revoked => "",
    };
    output::line(format_args!(
        "{kid} is revoked; services refuse its tokens as soon as they fetch the keys again, by {refused_by} at the \
         latest.{what_else}"
    ))
}

impl From<KeyAdminError> for CliError {
    fn from(error: KeyAdminError) -> Self {
        match error {
            KeyAdminError::Database(error) => error.into(),
            refused => Self::Failed(refused.to_string()),
        }
    }
}

//! `auth-service mail …`: lists letters, tries them again, and sends one for a test.

use clap::{Args, Subcommand};
use serde::Serialize;
use uuid::Uuid;

use crate::app::Frontend;
use crate::clock::Clock;
use crate::config::{Config, DatabaseFlags, ServeFlags};
use crate::db::Database;
use crate::db::types::Timestamp;
use crate::mail::{Draft, Sender, TestLetter, Transport};
use crate::outbox::{Delivery, DeliveryId, DeliveryState};
use crate::pages::Letter;
use crate::random;
use crate::users::Email;

use super::{CliError, database, output};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print the letters that wait or were given up, the oldest first. Their content is shown to
    /// nobody.
    List {
        /// Also those that were sent in the last seven days.
        #[arg(long)]
        all: bool,
        /// As JSON Lines: one object a line.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        database: DatabaseFlags,
    },
    /// Try now what was put off or given up: one letter, or all.
    Retry {
        /// The letter's id, as `mail list` prints it.
        letter: Option<Uuid>,
        #[command(flatten)]
        database: DatabaseFlags,
    },
    /// Send a letter through SMTP_URL at once, and print the mail server's answer.
    Test {
        /// The recipient.
        address: String,
        #[command(flatten)]
        serve: Box<ServeFlags>,
    },
}

pub(super) fn run(arguments: Arguments) -> Result<(), CliError> {
    match arguments.action {
        Action::List { all, json, database } => list(&database::open(&database, false)?, all, json),
        Action::Retry { letter, database } => retry(&database::open(&database, false)?, letter),
        Action::Test { address, serve } => test(&address, &serve),
    }
}

/// How many letters are printed; more are a reason to look at the mail server first.
const MAX_PRINTED: usize = 1000;

/// A letter as it is printed, without its content.
#[derive(Serialize)]
struct LetterView<'a> {
    letter: Uuid,
    kind: &'a str,
    recipient: &'a str,
    state: &'a str,
    posted_at: String,
    attempts: i64,
    last_error: Option<&'a str>,
    /// When it is tried next, if it waits.
    next_at: Option<String>,
    settled_at: Option<String>,
}

impl<'a> From<&'a Delivery> for LetterView<'a> {
    fn from(delivery: &'a Delivery) -> Self {
        Self {
            letter: delivery.id.uuid(),
            kind: &delivery.topic,
            recipient: &delivery.recipient,
            state: delivery.state.as_str(),
            posted_at: delivery.created_at.rfc3339(),
            attempts: delivery.attempts,
            last_error: delivery.last_error.as_deref(),
            next_at: waits(delivery).then(|| delivery.due_at.rfc3339()),
            settled_at: delivery.settled_at.map(Timestamp::rfc3339),
        }
    }
}

fn waits(delivery: &Delivery) -> bool {
    delivery.state.known() == Some(DeliveryState::Waiting)
}

fn list(db: &Database, all: bool, json: bool) -> Result<(), CliError> {
    let states = [DeliveryState::Waiting, DeliveryState::Failed, DeliveryState::Sent];
    let states = &states[..if all { 3 } else { 2 }];
    let (letters, now) = db.run_blocking(|conn| {
        Ok::<_, CliError>((Delivery::list(conn, states, MAX_PRINTED as i64 + 1)?, database::now(conn)?))
    })?;
    for delivery in letters.iter().take(MAX_PRINTED) {
        let view = LetterView::from(delivery);
        if json {
            output::line(serde_json::to_string(&view).expect("strings and numbers can be written as JSON"))?;
        } else {
            let LetterView { letter, kind, recipient, .. } = view;
            output::line(format_args!("{letter}  {kind}  {recipient}  {}", outlook(delivery, now)))?;
        }
    }
    if json {
        return Ok(());
    }
    match letters.len() {
        0 if all => output::line("There are no letters."),
        0 => output::line("No letter waits, and none was given up."),
        count if count > MAX_PRINTED => {
            output::line(format_args!("There are more than these {MAX_PRINTED}."))
        }
        _ => Ok(()),
    }
}

/// What became of a letter, and what is next.
fn outlook(delivery: &Delivery, now: Timestamp) -> String {
    let (age, attempts) = (span(delivery.created_at.until(now).as_secs()), delivery.attempts);
    let error = delivery.last_error.as_deref();
    match (delivery.state.known(), error) {
        (Some(DeliveryState::Sent), _) => {
            format!("sent {}", delivery.settled_at.unwrap_or(delivery.created_at).format_utc())
        }
        (Some(DeliveryState::Failed), error) => {
            format!("given up after {age} and {attempts} attempt(s): {}", error.unwrap_or("no reason given"))
        }
        (_, None) if attempts == 0 => format!("waits {age} for its first attempt"),
        (_, None) => format!("waits {age}, and attempt {attempts} is under way"),
        (_, Some(error)) => {
            let next = span(now.until(delivery.due_at).as_secs());
            format!("waits {age}, {attempts} attempt(s), next in {next}: {error}")
        }
    }
}

/// Seconds, minutes or hours, rounded down.
fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

fn retry(db: &Database, letter: Option<Uuid>) -> Result<(), CliError> {
    let count = db.run_blocking(|conn| {
        conn.write(|conn| {
            let now = database::now(conn)?;
            Delivery::retry(conn, letter.map(DeliveryId::from), now)
        })
        .map_err(|error: diesel::result::Error| CliError::from(error))
    })?;
    match (count, letter) {
        (0, Some(id)) => {
            Err(CliError::Failed(format!("there is no letter {id} that was put off or given up")))
        }
        (0, None) => output::line("No letter was put off or given up."),
        (count, _) => output::line(format_args!(
            "{count} letter(s) are due; a running service tries them within seconds."
        )),
    }
}

fn test(address: &str, flags: &ServeFlags) -> Result<(), CliError> {
    let config = Config::parse(flags)?;
    let to = Email::parse(address)
        .map_err(|_| CliError::Usage(format!("{address} is not an address such as ada@example.org")))?;
    let host = config.auth_url.host().to_owned();
    let transport = Transport::of(&config.mail, &host)
        .map_err(|error| {
            CliError::Usage(format!("SMTP_URL: the system's certificates cannot be used: {error}"))
        })?
        .ok_or_else(|| CliError::Usage("SMTP_URL is not set, so no letter is sent".to_owned()))?;
    let frontend = Frontend::of(&config.site, &config.services, &config.auth_url)?;
    let sender = Sender { pages: frontend.pages, transport, from: config.mail.from.clone(), host };
    let draft = Draft { template: TestLetter::TEMPLATE, language: None, letter: &TestLetter {} };
    let envelope = (random::uuid_v4(), Clock::system().estimate());
    let server = config.mail.outgoing.as_ref().map(|outgoing| outgoing.masked()).unwrap_or_default();
    match sender.send(&draft, to.as_str(), envelope) {
        Ok(Some(code)) => output::line(format_args!(
            "{server} has taken a letter to {to} and answered {code}. Look whether it arrives, and not as spam."
        )),
        Ok(None) => output::line(format_args!("A letter to {to} is in {server}.")),
        Err(setback) => Err(CliError::Failed(format!("{server}: {}", setback.reason()))),
    }
}

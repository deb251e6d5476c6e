//! `auth-service sessions …`: lists and ends sessions.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::audit::RequestContext;
use crate::clock::Clock;
use crate::config::DatabaseFlags;
use crate::db::Database;
use crate::sessions::{EndReason, Session, SessionId, device};
use crate::users::User;

use super::user_ref::{Unreadable, UserSelector};
use super::{CliError, database, output};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    database: DatabaseFlags,
}

#[derive(Subcommand)]
enum Action {
    /// Print the active sessions of a person, the newest first.
    List {
        /// An e-mail address or a UUID.
        user: UserSelector,
        /// As JSON Lines: one object a line.
        #[arg(long)]
        json: bool,
    },
    /// End one session, or all sessions of a person.
    End {
        /// The session's id, as `sessions list` prints it.
        #[arg(required_unless_present = "user", conflicts_with = "user")]
        session: Option<uuid::Uuid>,
        /// End all sessions of this e-mail address or UUID.
        #[arg(long)]
        user: Option<UserSelector>,
    },
}

pub(super) fn run(arguments: Arguments) -> Result<(), CliError> {
    let db = database::open(&arguments.database, false)?;
    match arguments.action {
        Action::List { user, json } => list(&db, &user, json),
        Action::End { session: Some(id), .. } => end_one(&db, id),
        Action::End { user: Some(user), .. } => end_all(&db, &user),
        Action::End { .. } => Err(CliError::Usage("name a session, or --user".to_owned())),
    }
}

/// A session as it is printed, without credentials.
#[derive(Serialize)]
struct SessionView {
    session: uuid::Uuid,
    device: String,
    address: Option<String>,
    user_agent: Option<String>,
    began_at: String,
    last_used_at: String,
    ends_at: String,
}

impl From<&Session> for SessionView {
    fn from(session: &Session) -> Self {
        Self {
            session: session.id.uuid(),
            device: output::english(&device(session.user_agent.as_deref())),
            address: session.address.clone(),
            user_agent: session.user_agent.clone(),
            began_at: session.began_at.rfc3339(),
            last_used_at: session.rotated_at.rfc3339(),
            ends_at: session.ends_at().rfc3339(),
        }
    }
}

fn list(db: &Database, user: &UserSelector, json: bool) -> Result<(), CliError> {
    let (sessions, unreadable) = db.run_blocking(|conn| {
        let user = user.find(conn)?;
        let now = database::now(conn)?;
        Session::active_and_unreadable_for_user(conn, user.id, now).map_err(CliError::from)
    })?;
    for (id, why) in &unreadable {
        output::warning(format_args!("the row of session {id} cannot be read: {why}"));
    }
    for session in &sessions {
        let printed = SessionView::from(session);
        if json {
            output::line(
                serde_json::to_string(&printed).expect("strings and a UUID can be written as JSON"),
            )?;
        } else {
            let address = printed.address.as_deref().unwrap_or("unknown address");
            output::line(format_args!(
                "{}  {}, {address}; begun {}, last used {}",
                printed.session,
                printed.device,
                session.began_at.format_utc(),
                session.rotated_at.format_utc()
            ))?;
        }
    }
    if sessions.is_empty() && unreadable.is_empty() && !json {
        output::line(format_args!("{user} is not logged in anywhere."))?;
    }
    Unreadable(unreadable.len()).refuse_any("session")
}

fn end_one(db: &Database, id: uuid::Uuid) -> Result<(), CliError> {
    let ended = db.run_blocking(|conn| {
        conn.write(|conn| {
            let operator = RequestContext::operator(&Clock::system());
            match Session::lock(conn, SessionId::from(id), &operator)? {
                Some((session, operator)) => session.end_and_audit(conn, EndReason::ByOperator, &operator),
                None => Ok(false),
            }
        })
        .map_err(CliError::from)
    })?;
    if !ended {
        return Err(CliError::Failed(format!("there is no active session {id}")));
    }
    output::line(format_args!("{id} is ended."))
}

fn end_all(db: &Database, user: &UserSelector) -> Result<(), CliError> {
    let ended = db.run_blocking(|conn| {
        let user = user.find(conn)?;
        conn.write(|conn| {
            User::lock_row(conn, user.id)?;
            let operator = database::operator(conn)?;
            let alive = Session::active_for_user(conn, user.id, operator.now())?;
            let end = |session: &Session| session.end_and_audit(conn, EndReason::ByOperator, &operator);
            let ended: Vec<bool> = alive.iter().map(end).collect::<Result<_, _>>()?;
            Ok(ended.into_iter().filter(|ended| *ended).count())
        })
        .map_err(|error: diesel::result::Error| CliError::from(error))
    })?;
    output::line(format_args!("{user}: {ended} session(s) ended."))
}

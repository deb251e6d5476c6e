//! `auth-service after-restore`: ends every session, revokes every key, and deletes every letter
//! and every proof of a database that comes from a backup.

use diesel::QueryResult;

use crate::audit::{AuditEvent, EventKind};
use crate::config::DatabaseFlags;
use crate::db::AnyConnection;
use crate::db::types::Timestamp;
use crate::keyring::{self, SigningKey, State};
use crate::outbox::Delivery;
use crate::proofs::Proof;
use crate::sessions::{EndReason, Session};

use super::{CliError, database, output};

/// What was ended, revoked and thrown away.
struct Done {
    sessions: usize,
    keys: usize,
    letters: usize,
    proofs: usize,
    has_shared_key: bool,
    last: Option<Timestamp>,
}

/// In a restored database, sessions that ended since the backup are active again, and keys that
/// were revoked since would sign again. Which ones these are is unknown, so all of them end.
/// Letters that wait there were sent long ago, and links and codes were used.
pub(super) fn run(flags: &DatabaseFlags) -> Result<(), CliError> {
    let db = database::open(flags, false)?;
    let done = db.run_blocking(|conn| conn.write(end_all).map_err(CliError::from))?;
    output::line(format_args!(
        "{} session(s) ended and {} signing key(s) revoked. Everybody logs in again; the service makes new keys at its \
         start, or within seconds when it runs.",
        done.sessions, done.keys
    ))?;
    if done.letters + done.proofs > 0 {
        output::line(format_args!(
            "{} letter(s) and {} proof(s) thrown away, because they tell of things of long ago. Whoever waits for a \
             letter asks for another.",
            done.letters, done.proofs
        ))?;
    }
    if done.has_shared_key {
        output::line(
            "JWT_SIGNING_KEY stays as it is, because services have it from their settings. If it was revoked after the \
             backup was made, set another, here and there.",
        )?;
    }
    match done.last {
        Some(last) => output::line(format_args!(
            "The last event of an account that this database knows is of {}. What came later is undone and must be done \
             again: new accounts, changed passwords, deactivations, roles.",
            last.format_utc()
        )),
        None => output::line("This database knows of no event of an account."),
    }
}

fn end_all(conn: &mut AnyConnection) -> QueryResult<Done> {
    let operator = database::operator(conn)?;
    let last = AuditEvent::last_of_anybody(conn)?;
    let sessions = Session::end_all(conn, EndReason::ByOperator, operator.now())?;
    let keys = keyring::revoke_all(conn, &operator)?;
    let (letters, proofs) = (Delivery::remove_all(conn)?, Proof::remove_all(conn)?);
    let has_shared_key =
        SigningKey::all(conn)?.iter().any(|key| key.is_shared() && key.state() != State::Revoked);
    AuditEvent::new(EventKind::Restored, &operator)
        .detail(format!("{sessions} session(s), {keys} key(s)"))
        .record(conn)?;
    Ok(Done { sessions, keys, letters, proofs, has_shared_key, last })
}

//! The write probe: finds out whether the database can be written by writing, at most once a
//! second.
//!
//! A disk that is full or went read-only still answers every question. So a row of a few pages is
//! put in, and the one before it taken out: in this order, because pages that are freed first would
//! be the room for what comes then, and the last ones would never be missed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::prelude::*;

use super::schema::write_probes;
use super::types::Id;
use super::{AnyConnection, Database, DatabaseError, Unavailable, deadlines};
use crate::random;

/// How long an answer holds, however many ask.
const HOLDS: Duration = Duration::from_secs(1);

/// How long somebody who asks waits for a new answer; then the former one does.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// More than one page of either database.
const FILLER_BYTES: usize = 16 * 1024;

/// Clones share what was found.
#[derive(Clone, Default)]
pub struct WriteProbe(Arc<Found>);

#[derive(Default)]
struct Found {
    last: Mutex<Option<(Instant, Option<String>)>>,
    is_running: AtomicBool,
}

impl WriteProbe {
    /// Why nothing can be written, for the log; `None` when something can, or somebody else is
    /// writing.
    pub async fn problem(&self, db: &Database) -> Option<String> {
        if let Some((at, problem)) = self.last()
            && at.elapsed() < HOLDS
        {
            return problem;
        }
        // Of many who ask at once one probes, so that waiting for a lock does not take all
        // connections.
        if !self.0.is_running.swap(true, Ordering::AcqRel) {
            let (this, db) = (self.clone(), db.clone());
            let probing = tokio::spawn(async move {
                let running = Running(this);
                let found = db.run_within(deadlines::BACKGROUND, write).await;
                let problem = found.err().and_then(|error| problem(&error));
                *running.0.0.last.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some((Instant::now(), problem));
            });
            // It goes on without us.
            let _ = tokio::time::timeout(PROBE_TIMEOUT, probing).await;
        }
        self.last().and_then(|(_, problem)| problem)
    }

    fn last(&self) -> Option<(Instant, Option<String>)> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Lets the next one run, whatever becomes of this one.
struct Running(WriteProbe);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.is_running.store(false, Ordering::Release);
    }
}

/// Writes, once.
pub fn write(conn: &mut AnyConnection) -> Result<(), DatabaseError> {
    let id: Id<WriteProbe> = Id::from(random::uuid_v4());
    conn.write(|conn| {
        let filler = vec![0_u8; FILLER_BYTES];
        diesel::insert_into(write_probes::table)
            .values((write_probes::id.eq(id), write_probes::filler.eq(filler)))
            .execute(conn)?;
        diesel::delete(write_probes::table.filter(write_probes::id.ne(id))).execute(conn)?;
        Ok(())
    })
}

/// The same where the schema is not there yet: in a table that is made for it, which takes the
/// rights that a migration needs.
pub fn write_before_migrating(conn: &mut AnyConnection) -> Result<(), DatabaseError> {
    use diesel::connection::SimpleConnection;
    let name = format!("probe_{}", random::uuid_v4().simple());
    conn.write(|conn| conn.batch_execute(&format!("CREATE TABLE {name} (filler TEXT)")))?;
    let written = conn.write(|conn| {
        let filler = "0".repeat(FILLER_BYTES);
        conn.batch_execute(&format!("INSERT INTO {name} VALUES ('{filler}')"))
    });
    conn.write(|conn| conn.batch_execute(&format!("DROP TABLE {name}")))?;
    written.map_err(DatabaseError::from)
}

fn problem(error: &DatabaseError) -> Option<String> {
    match error.unavailable() {
        Some(Unavailable::Busy) => None,
        Some(reason) => Some(format!("{}: {error}", reason.describe())),
        None => Some(error.to_string()),
    }
}

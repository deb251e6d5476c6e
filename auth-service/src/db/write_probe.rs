//! The write probe: finds out by writing whether the database is writable, at most once a second.
//!
//! A full or read-only disk still answers queries. So the probe inserts a row of a few pages, and
//! then deletes the previous one. The order matters: if pages were freed first, they would be
//! reused, and a full disk would go unnoticed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::prelude::*;

use super::schema::write_probes;
use super::types::Id;
use super::{AnyConnection, Database, DatabaseError, Unavailable, deadlines};
use crate::random;

/// How long a result is reused.
const HOLDS: Duration = Duration::from_secs(1);

/// How long a caller waits for a new result before it gets the previous one.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// More than one page in either database.
const FILLER_BYTES: usize = 16 * 1024;

/// Clones share the result.
#[derive(Clone, Default)]
pub struct WriteProbe(Arc<Found>);

#[derive(Default)]
struct Found {
    last: Mutex<Option<(Instant, Option<String>)>>,
    is_running: AtomicBool,
}

impl WriteProbe {
    /// Why writes fail, for the log; `None` if they work or another writer is active.
    pub async fn problem(&self, db: &Database) -> Option<String> {
        if let Some((at, problem)) = self.last()
            && at.elapsed() < HOLDS
        {
            return problem;
        }
        // Only one of several callers probes, so that waits for a lock do not use up the
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
            // The probe continues after this timeout.
            let _ = tokio::time::timeout(PROBE_TIMEOUT, probing).await;
        }
        self.last().and_then(|(_, problem)| problem)
    }

    fn last(&self) -> Option<(Instant, Option<String>)> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Allows the next probe, whatever happens to this one.
struct Running(WriteProbe);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.is_running.store(false, Ordering::Release);
    }
}

/// Writes once.
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

/// Writes without the schema: creates a table of its own, which needs the same privileges as a
/// migration.
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

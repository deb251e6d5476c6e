//! Background maintenance: expired rows are deleted and due keys rotated, by whichever instance
//! comes first.

use std::time::Duration;

use actix_web::web;
use diesel::QueryResult;

use crate::app::App;
use crate::audit::AuditEvent;
use crate::clock::PurgeAllowance;
use crate::db::deadlines::BACKGROUND;
use crate::db::types::Timestamp;
use crate::db::{AnyConnection, DatabaseError};
use crate::outbox::Delivery;
use crate::proofs::Proof;
use crate::random;
use crate::sessions::Session;

/// The pause between two runs.
const MAINTENANCE_INTERVAL: Duration = Duration::from_secs(60);

/// How often an instance looks at the keys though nobody asks for a token: a next key is missed for
/// no longer than this after a rotation or a revocation by a command.
const CHECK_KEYS_EVERY: Duration = Duration::from_secs(5);

/// How many rows are deleted in one transaction: few enough that nobody waits for it.
const BATCH: i64 = 500;

/// How many batches are deleted in one run; the next run goes on.
const BATCHES: usize = 100;

/// How long a letter is listed that was sent or given up. Longer than the limits of
/// `outbox/limit.rs` look back.
const KEEP_DELIVERIES: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long an expired session is kept: somebody may ask why it ended.
const KEEP_SESSIONS: Duration = Duration::from_secs(24 * 3600);

/// Runs until the process ends.
pub fn start(app: web::Data<App>) {
    if let Some(mail) = app.mail_worker() {
        actix_web::rt::spawn(mail.run());
    }
    actix_web::rt::spawn({
        let app = app.clone();
        async move {
            loop {
                tokio::time::sleep(CHECK_KEYS_EVERY).await;
                check_keys(&app).await;
            }
        }
    });
    actix_web::rt::spawn(async move {
        loop {
            // Instances that were started together come at different moments.
            let jitter = Duration::from_millis(u64::from(u16::from_be_bytes(random::bytes())) / 4);
            tokio::time::sleep(MAINTENANCE_INTERVAL + jitter).await;
            if let Err(error) = run_once(&app).await {
                tracing::warn!(error = error.to_string(), "housekeeping was put off");
            }
        }
    });
}

async fn check_keys(app: &App) {
    if let Err(error) = app.keyring.refresh().await {
        tracing::error!(error = error.to_string(), "the signing keys cannot be used");
    }
}

/// One run: compares the clock, checks the keys, and deletes what has expired.
pub async fn run_once(app: &App) -> Result<(), DatabaseError> {
    let clock = app.clock.clone();
    app.db.query(move |conn| clock.compare(conn)).await?;
    check_keys(app).await;
    let clock = app.clock.clone();
    let now = app.db.query(move |conn| clock.read(conn)).await?;
    // Asked after the reading: it may have been the one that shows a leap.
    let batches = match app.clock.allowance() {
        PurgeAllowance::Everything => BATCHES,
        PurgeAllowance::OneBatch => 1,
        PurgeAllowance::Nothing => 0,
    };
    for kind in Expired::ALL {
        let cutoff = kind.cutoff(now, app.config.audit_retention);
        let mut gone = 0;
        for _ in 0..batches {
            let take = move |conn: &mut _| kind.take_batch(conn, cutoff).map_err(DatabaseError::from);
            let taken = app.db.run_within(BACKGROUND, take).await?;
            gone += taken;
            if taken == 0 {
                break;
            }
        }
        if gone > 0 {
            tracing::info!(kind = kind.describe(), gone, "took away what is past its time");
        }
    }
    Ok(())
}

/// Rows that expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expired {
    /// Sessions that expired.
    Sessions,
    /// Audit events from long ago.
    Events,
    /// Letters that were sent or given up.
    Deliveries,
    /// Links and codes that expired.
    Proofs,
}

impl Expired {
    pub const ALL: [Self; 4] = [Self::Sessions, Self::Events, Self::Deliveries, Self::Proofs];

    pub fn describe(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Events => "events",
            Self::Deliveries => "letters",
            Self::Proofs => "proofs",
        }
    }

    /// Rows from before this moment are deleted.
    pub fn cutoff(self, now: Timestamp, audit_retention: Duration) -> Timestamp {
        match self {
            Self::Sessions => now - KEEP_SESSIONS,
            Self::Events => now - audit_retention,
            Self::Deliveries => now - KEEP_DELIVERIES,
            Self::Proofs => now,
        }
    }

    /// How many rows are from before `cutoff`.
    pub fn count(self, conn: &mut AnyConnection, cutoff: Timestamp) -> QueryResult<i64> {
        match self {
            Self::Sessions => Session::count_over(conn, cutoff),
            Self::Events => AuditEvent::count_before(conn, cutoff),
            Self::Deliveries => Delivery::count_settled_before(conn, cutoff),
            Self::Proofs => Proof::count_expired_before(conn, cutoff),
        }
    }

    /// Takes some of them away, in one transaction; how many. None are left when it was none, so
    /// that others get their turn in between.
    pub fn take_batch(self, conn: &mut AnyConnection, cutoff: Timestamp) -> QueryResult<usize> {
        match self {
            Self::Sessions => Session::purge(conn, cutoff, BATCH),
            Self::Events => conn.write(|conn| AuditEvent::purge(conn, cutoff, BATCH)),
            Self::Deliveries => conn.write(|conn| Delivery::purge(conn, cutoff, BATCH)),
            Self::Proofs => conn.write(|conn| Proof::purge(conn, cutoff, BATCH)),
        }
    }
}

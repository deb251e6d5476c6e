//! What one of each costs: rounded from `docs/performance.md`, and from there alone.

/// Bytes of a row in PostgreSQL, with its indexes ("Bytes a row").
pub const SESSION_BYTES: f64 = 420.0;
pub const EVENT_BYTES: f64 = 415.0;
pub const USER_BYTES: f64 = 350.0;

/// What a renewal adds to PostgreSQL's log, in bytes, between checkpoints that are far apart
/// ("Renewals").
pub const LOG_BYTES: f64 = 1_200.0;

/// The time that a login takes of one processor, in seconds ("Logins": bcrypt at cost 12).
pub const LOGIN_SECONDS: f64 = 0.24;

/// Renewals that a pair of processors serves in a second on PostgreSQL, load and server on the same
/// machine ("Renewals").
pub const RENEWALS_A_SECOND: f64 = 3_000.0;

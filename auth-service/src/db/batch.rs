//! A batch: several pieces of work in one write transaction of SQLite, with one commit for all of
//! them (group commit).
//!
//! A commit waits for the disk, and SQLite has one writer at a time. So what waits together is
//! committed together. Each piece has a savepoint of its own, and one that fails is rolled back
//! alone. `writer.rs` forms the batches.

use std::cell::RefCell;
use std::sync::Weak;
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::{QueryResult, SqliteConnection};

use super::write_queue::{self, OwnedTurn, WriteQueue};

/// The batch of this thread, from [`Batch::enter`] to the drop of its value.
pub(super) struct Batch(());

struct Inner {
    writers: WriteQueue,
    /// The caller of the piece that runs.
    caller: Weak<()>,
    state: State,
}

enum State {
    /// No piece has written yet. Reads take no lock.
    Empty,
    /// The transaction is open.
    Open(Transaction),
    /// SQLite ended the transaction on its own, as it may when the disk is full. Nothing of it was
    /// written.
    Lost(Error),
}

struct Transaction {
    _turn: OwnedTurn,
    since: Instant,
    /// Whether a piece has its savepoint.
    is_in_piece: bool,
}

thread_local! {
    static OF_THIS_THREAD: RefCell<Option<Inner>> = const { RefCell::new(None) };
}

/// Whether this thread works on a batch.
pub(super) fn is_of_this_thread() -> bool {
    OF_THIS_THREAD.with_borrow(Option::is_some)
}

/// Whether the batch of this thread has its transaction, and so the lock of the file.
pub(super) fn is_open() -> bool {
    with_state(|state| matches!(state, State::Open(_)))
}

impl Batch {
    /// Begins an empty batch, whose transaction will wait for its turn among `writers`.
    pub fn enter(writers: &WriteQueue) -> Self {
        OF_THIS_THREAD.set(Some(Inner {
            writers: writers.clone(),
            caller: Weak::new(),
            state: State::Empty,
        }));
        Self(())
    }

    /// Whether its pieces must wait for the commit.
    pub fn has_begun(&self) -> bool {
        with_state(|state| !matches!(state, State::Empty))
    }

    pub fn is_lost(&self) -> bool {
        with_state(|state| matches!(state, State::Lost(_)))
    }

    /// Rolls back a piece that panicked.
    pub fn recover(&self, conn: &mut SqliteConnection) {
        let is_in_piece = with_state(|state| matches!(state, State::Open(open) if open.is_in_piece));
        if is_in_piece {
            roll_back_piece(conn, None);
        }
    }

    /// Commits the batch. The error is that of all its pieces. Returns for how long other
    /// processes could not write.
    pub fn commit(self, conn: &mut SqliteConnection) -> QueryResult<Duration> {
        let state = OF_THIS_THREAD.take().map_or(State::Empty, |batch| batch.state);
        match state {
            State::Empty => Ok(Duration::ZERO),
            State::Open(open) => {
                AnsiTransactionManager::commit_transaction(conn)?;
                Ok(open.since.elapsed())
            }
            State::Lost(error) => {
                // Usually there is nothing left to roll back. The pool drops a broken connection.
                let _ = AnsiTransactionManager::rollback_transaction(conn);
                Err(error)
            }
        }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        OF_THIS_THREAD.set(None);
    }
}

/// The next piece runs for a caller, who is there as long as `caller` can be upgraded.
pub(super) fn run_for(caller: &Weak<()>) {
    OF_THIS_THREAD.with_borrow_mut(|batch| {
        if let Some(batch) = batch {
            batch.caller = caller.clone();
        }
    });
}

/// Opens the transaction with the first piece that writes, and a savepoint with each.
pub(super) fn begin_piece(conn: &mut SqliteConnection) -> QueryResult<()> {
    // A piece that opened another connection would wait for its own batch.
    if write_queue::of_this_thread().is_some() {
        return Err(Error::AlreadyInTransaction);
    }
    with_batch(|batch| {
        if matches!(batch.state, State::Empty) {
            let turn = batch.writers.owned_turn()?;
            AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?;
            batch.state = State::Open(Transaction { _turn: turn, since: Instant::now(), is_in_piece: false });
        }
        // Whoever left while it waited for the lock was told that nothing was done.
        if batch.caller.strong_count() == 0 {
            return Err(Error::RollbackTransaction);
        }
        match &mut batch.state {
            State::Open(open) if !open.is_in_piece => {
                AnsiTransactionManager::begin_transaction(conn)?;
                open.is_in_piece = true;
                Ok(())
            }
            State::Open(_) => Err(Error::AlreadyInTransaction),
            State::Lost(error) => Err(for_all(error)),
            State::Empty => Err(Error::NotInTransaction),
        }
    })
}

/// Keeps what the piece wrote, for the commit of the batch.
pub(super) fn keep_piece(conn: &mut SqliteConnection) -> QueryResult<()> {
    leave_piece();
    AnsiTransactionManager::commit_transaction(conn).inspect_err(lose)
}

/// Rolls the piece back. `cause` is the database's error, if it failed because of one.
pub(super) fn roll_back_piece(conn: &mut SqliteConnection, cause: Option<&Error>) {
    leave_piece();
    if let Err(error) = AnsiTransactionManager::rollback_transaction(conn) {
        lose(cause.unwrap_or(&error));
    }
}

fn leave_piece() {
    with_state(|state| {
        if let State::Open(open) = state {
            open.is_in_piece = false;
        }
    });
}

/// The transaction is gone, and with it the pieces before.
fn lose(error: &Error) {
    with_state(|state| *state = State::Lost(for_all(error)));
}

/// The error of a batch for another of its pieces. A constraint is the fault of one piece, and no
/// other must take it for its own.
pub(super) fn for_all(error: &Error) -> Error {
    match error {
        Error::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(information.message().to_owned()))
        }
        Error::RollbackErrorOnCommit { commit_error, .. } => for_all(commit_error),
        _ => Error::BrokenTransactionManager,
    }
}

fn with_state<T>(look: impl FnOnce(&mut State) -> T) -> T {
    OF_THIS_THREAD.with_borrow_mut(|batch| match batch {
        Some(batch) => look(&mut batch.state),
        None => look(&mut State::Empty),
    })
}

fn with_batch<T>(work: impl FnOnce(&mut Inner) -> QueryResult<T>) -> QueryResult<T> {
    OF_THIS_THREAD.with_borrow_mut(|batch| batch.as_mut().map_or(Err(Error::NotInTransaction), work))
}

//! The writer of a SQLite file: one thread that runs the work of requests that write, and commits
//! together what waits together (`batch.rs`).
//!
//! An answer comes after the commit, so it still means that the change is on the disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::batch::{self, Batch};
use super::piece::{self, Piece};
use super::pool::PooledConnection;
use super::write_queue::WriteQueue;
use super::{AnyConnection, DatabaseError};

/// The number of pieces that may wait. More would wait longer than their requests do.
const QUEUE: usize = 1024;

/// When a batch is committed although more pieces wait, so that the first one and other processes
/// need not wait for an endless row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pieces: usize,
    time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pieces: 64, time: Duration::from_millis(5) }
    }
}

/// After a batch the file stays free for this part of the time that it was locked. Another process
/// retries at intervals of its own, and must sooner or later find it free.
const FREE_PART: u32 = 4;

/// The thread, and the way to it.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Mutex<Option<SyncSender<Piece>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread, which takes a connection from `open` for each batch.
    pub fn start(
        open: impl Fn() -> Result<PooledConnection, DatabaseError> + Send + 'static,
        writers: WriteQueue,
        limits: Limits,
    ) -> std::io::Result<Self> {
        let (queue, pieces) = sync_channel(QUEUE);
        let work = move || work_off(&pieces, open, &writers, limits);
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(work)?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Runs `work` on the thread, and returns its result after the commit. Work whose caller has
    /// gone before it began does not run.
    pub async fn run<T, E>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        // A piece that waits for another one would wait for ever.
        if batch::is_of_this_thread() {
            return Err(DatabaseError::from(diesel::result::Error::AlreadyInTransaction).into());
        }
        let (send, receive) = oneshot::channel();
        let caller = Arc::new(());
        self.send(piece::of(work, Arc::downgrade(&caller), send))?;
        let answer = receive.await;
        // Keep it until here, so that it is dropped with this future.
        drop(caller);
        answer.unwrap_or_else(|_| Err(DatabaseError::Unfinished.into()))
    }

    fn send(&self, piece: Piece) -> Result<(), DatabaseError> {
        let queue = self.queue.lock();
        // After the end of the service.
        let Some(queue) = queue.as_ref() else { return Err(DatabaseError::Late) };
        queue.try_send(piece).map_err(|refused| match refused {
            TrySendError::Full(_) => DatabaseError::Overloaded,
            TrySendError::Disconnected(_) => DatabaseError::Unfinished,
        })
    }

    /// Accepts nothing more, and waits until the thread has done what is in the queue.
    pub fn finish(&self) {
        drop(self.queue.lock().take());
        let thread = self.thread.lock().take();
        // The last owner may be a piece.
        if let Some(thread) = thread.filter(|it| it.thread().id() != std::thread::current().id()) {
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Ends when all senders are gone and the queue is empty.
fn work_off(
    pieces: &Receiver<Piece>,
    open: impl Fn() -> Result<PooledConnection, DatabaseError>,
    writers: &WriteQueue,
    limits: Limits,
) {
    let mut free_until = Instant::now();
    while let Ok(first) = pieces.recv() {
        std::thread::sleep(free_until.saturating_duration_since(Instant::now()));
        let batch = AssertUnwindSafe(|| match open() {
            Ok(mut conn) => run_batch(&mut conn, first, pieces, writers, limits),
            Err(error) => {
                (first(Err(error)).answer)(Ok(()));
                Duration::ZERO
            }
        });
        // Pieces catch their own panics. Without this thread nobody could write, so it outlives any
        // other too: those who waited learn that their work did not finish.
        if let Ok(locked) = catch_unwind(batch) {
            free_until = Instant::now() + locked / FREE_PART;
        }
    }
}

/// Runs `first` and what waits behind it. Returns for how long the file was locked.
fn run_batch(
    conn: &mut AnyConnection,
    first: Piece,
    pieces: &Receiver<Piece>,
    writers: &WriteQueue,
    limits: Limits,
) -> Duration {
    let batch = Batch::enter(writers);
    let began = Instant::now();
    let mut answers = Vec::new();
    let mut next = Some(first);
    while let Some(piece) = next {
        let ran = piece(Ok(&mut *conn));
        if ran.has_panicked
            && let Some(conn) = conn.sqlite()
        {
            batch.recover(conn);
        }
        if batch.has_begun() {
            answers.push(ran.answer);
        } else {
            // It saw nothing that is not committed.
            (ran.answer)(Ok(()));
        }
        let is_full = batch.is_lost() || answers.len() >= limits.pieces || began.elapsed() >= limits.time;
        next = if is_full { None } else { pieces.try_recv().ok() };
    }
    let committed = conn.sqlite().map_or(Ok(Duration::ZERO), |conn| batch.commit(conn));
    let locked = committed.as_ref().map_or_else(|_| began.elapsed(), Clone::clone);
    for answer in answers {
        answer(match &committed {
            Ok(_) => Ok(()),
            Err(error) => Err(DatabaseError::Query(batch::for_all(error))),
        });
    }
    locked
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;

    use diesel::connection::SimpleConnection;
    use diesel::{ExpressionMethods, QueryDsl, QueryResult, RunQueryDsl};
    use tokio::task::JoinHandle as Task;

    use super::*;
    use crate::db::{Database, DatabaseUrl, Unavailable};

    diesel::table! {
        notes (id) {
            id -> BigInt,
            filler -> Text,
        }
    }

    /// A file with a table, and a writer whose batches take everything that waits.
    struct Trial {
        db: Database,
        writer: Arc<Writer>,
        _folder: tempfile::TempDir,
    }

    impl Trial {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", folder.path().join("trial.db").display());
            let db = Database::connect(&DatabaseUrl::parse(&url).unwrap(), 4).unwrap();
            let table = "PRAGMA journal_mode = WAL; CREATE TABLE notes (id INTEGER PRIMARY KEY, filler TEXT)";
            db.run_blocking(|conn| conn.batch_execute(table).map_err(DatabaseError::from)).unwrap();
            let opened = db.clone();
            let open = move || opened.connection();
            let limits = Limits { pieces: usize::MAX, time: Duration::MAX };
            let writer = Writer::start(open, WriteQueue::new(Duration::from_secs(60)), limits).unwrap();
            Self { db, writer: Arc::new(writer), _folder: folder }
        }

        /// Work that has entered the queue when this returns.
        async fn ask(
            &self,
            work: impl FnOnce(&mut AnyConnection) -> QueryResult<()> + Send + 'static,
        ) -> Task<Result<(), DatabaseError>> {
            let writer = self.writer.clone();
            let work = move |conn: &mut AnyConnection| work(conn).map_err(DatabaseError::from);
            let task = tokio::spawn(async move { writer.run(work).await });
            tokio::task::yield_now().await;
            task
        }

        /// Work that blocks until the sender is dropped, and runs when the receiver says so.
        async fn block(&self) -> (mpsc::Sender<()>, oneshot::Receiver<()>, Task<Result<(), DatabaseError>>) {
            let (begun, has_begun) = oneshot::channel();
            let (end, until) = mpsc::channel::<()>();
            let wait = move |_: &mut AnyConnection| {
                begun.send(()).unwrap();
                let _ = until.recv_timeout(Duration::from_secs(60));
                Ok(())
            };
            (end, has_begun, self.ask(wait).await)
        }

        /// Locks the file as another process does, until the sender is dropped.
        async fn lock(&self) -> (mpsc::Sender<()>, std::thread::JoinHandle<Result<(), DatabaseError>>) {
            let db = self.db.clone();
            let (held, is_held) = oneshot::channel();
            let (end, until) = mpsc::channel::<()>();
            let holder = std::thread::spawn(move || {
                let mut held = Some(held);
                db.run_blocking(|conn| {
                    conn.write(|_| {
                        held.take().unwrap().send(()).unwrap();
                        let _ = until.recv_timeout(Duration::from_secs(60));
                        Ok::<_, DatabaseError>(())
                    })
                })
            });
            is_held.await.unwrap();
            (end, holder)
        }

        /// The notes that another connection sees.
        fn notes(&self) -> Vec<i64> {
            let ids = notes::table.select(notes::id).order(notes::id);
            self.db.run_blocking(|conn| ids.load(conn).map_err(DatabaseError::from)).unwrap()
        }
    }

    fn insert(conn: &mut AnyConnection, id: i64, bytes: usize) -> QueryResult<()> {
        let values = (notes::id.eq(id), notes::filler.eq("0".repeat(bytes)));
        diesel::insert_into(notes::table).values(values).execute(conn).map(|_| ())
    }

    fn write(id: i64, bytes: usize) -> impl FnOnce(&mut AnyConnection) -> QueryResult<()> + Send + 'static {
        move |conn| conn.write(|conn| insert(conn, id, bytes))
    }

    /// Z31
    #[tokio::test]
    async fn an_answer_comes_after_the_commit() {
        let trial = Trial::new();
        let (end_first, first_runs, first) = trial.block().await;
        first_runs.await.unwrap();
        let written = trial.ask(write(1, 1)).await;
        let (end_last, last_runs, last) = trial.block().await;
        drop(end_first);
        first.await.unwrap().unwrap();
        last_runs.await.unwrap();
        assert!(trial.notes().is_empty() && !written.is_finished(), "it is not on the disk yet");
        drop(end_last);
        last.await.unwrap().unwrap();
        written.await.unwrap().unwrap();
        assert_eq!(trial.notes(), [1]);
    }

    /// Z31: SQLite ends the whole transaction when a file is full.
    #[tokio::test]
    async fn when_the_disk_fills_up_in_the_middle_nobody_is_told_that_it_is_done() {
        let trial = Trial::new();
        let (end, runs, first) = trial.block().await;
        runs.await.unwrap();
        // The limit cannot be less than the present size, so it is that.
        let full = trial.ask(|conn| conn.batch_execute("PRAGMA max_page_count = 1")).await;
        let before = trial.ask(write(1, 1)).await;
        let fills_up = trial.ask(write(2, 1 << 20)).await;
        let after = trial.ask(write(3, 1)).await;
        drop(end);
        for fine in [first, full, after] {
            fine.await.unwrap().unwrap();
        }
        for lost in [before, fills_up] {
            let error = lost.await.unwrap().unwrap_err();
            assert_eq!(error.unavailable(), Some(Unavailable::Full), "{error}");
        }
        assert_eq!(trial.notes(), [3]);
    }

    /// Z31: what the commit refuses, it refuses for all.
    #[tokio::test]
    async fn when_the_commit_fails_nobody_is_told_that_it_is_done() {
        let trial = Trial::new();
        let (end, runs, first) = trial.block().await;
        runs.await.unwrap();
        let one = trial.ask(write(1, 1)).await;
        let other = trial
            .ask(|conn| {
                conn.write(|conn| {
                    insert(conn, 2, 1)?;
                    // A constraint that is checked at the commit.
                    conn.batch_execute(
                        "PRAGMA defer_foreign_keys = ON; CREATE TABLE of (id REFERENCES notes (id)); INSERT INTO of VALUES (9)",
                    )
                })
            })
            .await;
        drop(end);
        first.await.unwrap().unwrap();
        for lost in [one, other] {
            assert!(lost.await.unwrap().unwrap_err().is_unavailable());
        }
        assert!(trial.notes().is_empty());
        trial.ask(write(3, 1)).await.await.unwrap().unwrap();
        assert_eq!(trial.notes(), [3], "the writer goes on");
    }

    /// Z31: who only read before anybody wrote waits for no commit.
    #[tokio::test]
    async fn a_piece_that_only_reads_takes_no_lock() {
        let trial = Trial::new();
        let (end, holder) = trial.lock().await;
        let read = |conn: &mut AnyConnection| notes::table.count().get_result::<i64>(conn).map(|_| ());
        trial.ask(read).await.await.unwrap().unwrap();
        drop(end);
        holder.join().unwrap().unwrap();
    }

    /// Z31
    #[tokio::test]
    async fn the_writer_outlives_a_panic_between_the_pieces() {
        let mut trial = Trial::new();
        let (db, is_first) = (trial.db.clone(), AtomicBool::new(true));
        let open = move || {
            assert!(!is_first.swap(false, Ordering::Relaxed), "a panic of the test");
            db.connection()
        };
        let writer =
            Writer::start(open, WriteQueue::new(Duration::from_secs(60)), Limits::default()).unwrap();
        trial.writer = Arc::new(writer);
        let unfinished = trial.ask(write(1, 1)).await.await.unwrap();
        assert!(matches!(unfinished, Err(DatabaseError::Unfinished)), "{unfinished:?}");
        trial.ask(write(2, 1)).await.await.unwrap().unwrap();
        assert_eq!(trial.notes(), [2]);
    }

    /// Z12: it was told that nothing was done.
    #[tokio::test]
    async fn whoever_leaves_while_it_waits_for_the_lock_has_changed_nothing() {
        let trial = Trial::new();
        let (end, holder) = trial.lock().await;
        let gone = trial.ask(write(1, 1)).await;
        // Give it time to come to the lock, which cannot be observed.
        tokio::time::sleep(Duration::from_millis(200)).await;
        gone.abort();
        assert!(gone.await.is_err());
        drop(end);
        holder.join().unwrap().unwrap();
        trial.ask(write(2, 1)).await.await.unwrap().unwrap();
        assert_eq!(trial.notes(), [2]);
    }
}

//! Requests that write at the same moment on a SQLite file share a commit. Each is still whole, on
//! its own, and answered after the commit. The same holds on PostgreSQL, where each has a
//! transaction of its own. Z31.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use actix_web::ResponseError;
use auth_service::db::schema::write_probes;
use auth_service::db::types::Id;
use auth_service::db::{AnyConnection, Database, DatabaseError, DatabaseUrl, WriteProbe};
use auth_service::error::Error;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, RunQueryDsl};
use tokio::task::JoinHandle;

use crate::commands::Program;
use crate::support::{PASSWORD, TestDatabase};

/// More than any test needs. The queue has fewer places.
const CROWD: usize = 2_000;

fn service(database: &TestDatabase) -> Database {
    Database::connect_for_service(&DatabaseUrl::parse(&database.url).unwrap(), 16).unwrap()
}

type Row = Id<WriteProbe>;

fn row(number: u128) -> Row {
    Id::from(uuid::Uuid::from_u128(number))
}

fn insert(conn: &mut AnyConnection, number: u128) -> QueryResult<()> {
    let values = (write_probes::id.eq(row(number)), write_probes::filler.eq(vec![0_u8]));
    diesel::insert_into(write_probes::table).values(values).execute(conn).map(|_| ())
}

/// Writes a row in the way of a request.
fn write(db: &Database, number: u128) -> JoinHandle<Result<(), DatabaseError>> {
    let db = db.clone();
    tokio::spawn(async move { db.query_on_writer(move |conn| conn.write(|conn| insert(conn, number))).await })
}

/// The numbers of the rows that another connection sees.
fn rows(database: &TestDatabase) -> Vec<u128> {
    let ids = |conn: &mut AnyConnection| write_probes::table.select(write_probes::id).load::<Row>(conn);
    let ids = database.connect().run_blocking(|conn| ids(conn).map_err(DatabaseError::from)).unwrap();
    let mut numbers: Vec<u128> = ids.iter().map(|id| id.uuid().as_u128()).collect();
    numbers.sort_unstable();
    numbers
}

/// A piece that keeps the writer busy, so that what comes next waits together behind it.
struct Busy {
    end: mpsc::Sender<()>,
    piece: JoinHandle<Result<(), DatabaseError>>,
}

impl Busy {
    async fn begin(db: &Database) -> Self {
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (end, until) = mpsc::channel();
        let db = db.clone();
        let wait = move |_: &mut AnyConnection| {
            begun.send(()).unwrap();
            let _ = until.recv_timeout(Duration::from_secs(60));
            Ok(())
        };
        let piece = tokio::spawn(async move { db.query_on_writer(wait).await });
        has_begun.await.unwrap();
        Self { end, piece }
    }

    async fn end(self) {
        // Until then what was spawned before has entered the queue.
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(self.end);
        self.piece.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_piece_that_fails_or_panics_is_rolled_back_alone() {
    let database = TestDatabase::create();
    let db = service(&database);
    let busy = Busy::begin(&db).await;
    let good = write(&db, 1);
    let twice = tokio::spawn({
        let db = db.clone();
        async move {
            db.query_on_writer(|conn| conn.write(|conn| insert(conn, 2).and_then(|()| insert(conn, 2)))).await
        }
    });
    let undecided = tokio::spawn({
        let db = db.clone();
        async move {
            db.query_on_writer(|conn| {
                conn.write(|conn| {
                    insert(conn, 3).and(Err::<(), _>(diesel::result::Error::RollbackTransaction))
                })
            })
            .await
        }
    });
    let panics = tokio::spawn({
        let db = db.clone();
        async move {
            db.query_on_writer(|conn| -> QueryResult<()> {
                conn.write(|conn| -> QueryResult<()> {
                    insert(conn, 4)?;
                    panic!("in the middle of it")
                })
            })
            .await
        }
    });
    let also_good = write(&db, 5);
    busy.end().await;
    good.await.unwrap().unwrap();
    also_good.await.unwrap().unwrap();
    let of_the_piece = twice.await.unwrap().unwrap_err();
    assert!(!of_the_piece.is_unavailable() && of_the_piece.to_string().to_lowercase().contains("unique"));
    assert!(undecided.await.unwrap().is_err());
    assert!(panics.await.unwrap().unwrap_err().to_string().starts_with("the database task did not finish"));
    assert_eq!(rows(&database), [1, 5]);
    write(&db, 6).await.unwrap().unwrap();
    assert_eq!(rows(&database), [1, 5, 6], "the writer goes on");
}

#[tokio::test]
async fn a_write_inside_a_write_is_refused() {
    let database = TestDatabase::create();
    let db = service(&database);
    let refused = db.query_on_writer(|conn| conn.write(|conn| conn.write(|conn| insert(conn, 1)))).await;
    assert!(matches!(refused, Err(DatabaseError::Query(diesel::result::Error::AlreadyInTransaction))));
    assert!(rows(&database).is_empty());
    write(&db, 2).await.unwrap().unwrap();
}

/// Each would wait for itself.
#[tokio::test]
async fn a_piece_that_waits_for_the_writer_is_refused_at_once() {
    let database = TestDatabase::create();
    if database.is_postgres() {
        return;
    }
    let db = service(&database);
    let (inner, runtime) = (db.clone(), tokio::runtime::Handle::current());
    let through_the_writer = db
        .run_on_writer(move |conn| {
            conn.write(|_| {
                let second = inner.query_on_writer(|conn| conn.write(|conn| insert(conn, 1)));
                runtime.block_on(second)
            })
        })
        .await;
    let inner = db.clone();
    let beside_the_writer = db
        .run_on_writer(move |conn| {
            conn.write(|_| {
                inner.run_blocking(|conn| conn.write(|conn| insert(conn, 2)).map_err(DatabaseError::from))
            })
        })
        .await;
    for refused in [through_the_writer, beside_the_writer] {
        assert!(matches!(refused, Err(DatabaseError::Query(diesel::result::Error::AlreadyInTransaction))));
    }
    assert!(rows(&database).is_empty());
    write(&db, 3).await.unwrap().unwrap();
}

/// The other piece cannot run before the first one ends, so it comes to its deadline.
#[tokio::test]
async fn a_piece_that_waits_for_the_result_of_another_one_holds_nobody_for_ever() {
    let database = TestDatabase::create();
    if database.is_postgres() {
        return;
    }
    let db = service(&database);
    let (answer, is_answered) = mpsc::channel();
    let (asked, is_asked) = tokio::sync::oneshot::channel();
    let first = tokio::spawn({
        let db = db.clone();
        async move {
            db.query_on_writer(move |conn| {
                conn.write(|conn| insert(conn, 1))?;
                asked.send(()).unwrap();
                is_answered.recv_timeout(Duration::from_secs(60)).map_err(|_| diesel::result::Error::NotFound)
            })
            .await
        }
    });
    is_asked.await.unwrap();
    let second = write(&db, 2).await.unwrap();
    assert!(second.as_ref().is_err_and(DatabaseError::is_unavailable), "{second:?}");
    answer.send(()).unwrap();
    // Its own deadline has passed as well.
    let first = first.await.unwrap();
    assert!(first.is_ok() || first.as_ref().is_err_and(DatabaseError::is_unavailable), "{first:?}");
    write(&db, 3).await.unwrap().unwrap();
    assert_eq!(rows(&database), [1, 3], "nobody waited for the second one any more");
}

#[tokio::test]
async fn work_that_nobody_waits_for_any_more_is_not_begun() {
    let database = TestDatabase::create();
    let db = service(&database);
    let busy = Busy::begin(&db).await;
    if database.is_postgres() {
        return busy.end().await;
    }
    let gone = write(&db, 1);
    tokio::time::sleep(Duration::from_millis(100)).await;
    gone.abort();
    let stays = write(&db, 2);
    busy.end().await;
    stays.await.unwrap().unwrap();
    assert_eq!(rows(&database), [2]);
}

#[tokio::test]
async fn whoever_finds_the_queue_full_is_told_to_come_back() {
    let database = TestDatabase::create();
    if database.is_postgres() {
        return;
    }
    let db = service(&database);
    let busy = Busy::begin(&db).await;
    let ask = |db: Database| async move { db.query_on_writer(|_| Ok(())).await };
    let crowd: Vec<_> = (0..CROWD).map(|_| tokio::spawn(ask(db.clone()))).collect();
    busy.end().await;
    let mut done = 0;
    for asked in crowd {
        match asked.await.unwrap() {
            Ok(()) => done += 1,
            Err(error) => {
                assert!(matches!(error, DatabaseError::Overloaded), "{error}");
                assert_eq!(Error::from(error).status_code(), 503);
            }
        }
    }
    assert!(done > 0 && done < CROWD, "{done}");
}

/// A command on the same database while the service writes without a pause.
#[tokio::test]
async fn another_process_has_its_turn_while_requests_write_without_a_pause() {
    let database = Arc::new(TestDatabase::create());
    let db = service(&database);
    let load: Vec<_> = (0..8_u128)
        .map(|lane| {
            let db = db.clone();
            tokio::spawn(async move {
                for number in 0.. {
                    write(&db, lane << 64 | number).await.unwrap().unwrap();
                }
            })
        })
        .collect();
    for email in ["ada@example.org", "eve@example.org", "zoe@example.org"] {
        let create = Program::new(&["users", "create", email, "--password-stdin"]);
        let create = create.set("DATABASE_URL", &database.url);
        let ended = tokio::task::spawn_blocking(move || create.run_with(PASSWORD)).await.unwrap();
        assert_eq!(ended.code, 0, "{}", ended.err);
    }
    for lane in load {
        lane.abort();
    }
}

/// What was accepted is written before the file is closed.
#[tokio::test]
async fn a_database_that_is_closed_finishes_what_waits() {
    let database = TestDatabase::create();
    let db = service(&database);
    let busy = Busy::begin(&db).await;
    let waits = write(&db, 1);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let closing = tokio::spawn({
        let db = db.clone();
        async move { db.close().await }
    });
    busy.end().await;
    waits.await.unwrap().unwrap();
    assert!(closing.await.unwrap().unwrap());
    assert_eq!(rows(&database), [1]);
    if !database.is_postgres() {
        assert!(write(&db, 2).await.unwrap().unwrap_err().is_unavailable());
    }
}

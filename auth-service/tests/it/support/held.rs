//! Locks that keep the service waiting.

use std::sync::mpsc;
use std::time::Duration;

use auth_service::db::{AnyConnection, DatabaseError};
use diesel::QueryResult;

use super::TestApp;

/// A transaction that holds its locks until it is dropped. On SQLite that is the whole file.
pub struct Held {
    end: Option<mpsc::Sender<()>>,
    holder: Option<std::thread::JoinHandle<()>>,
}

impl TestApp {
    /// Locks something on a separate connection.
    pub async fn hold<T>(
        &self,
        lock: impl FnOnce(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    ) -> Held {
        let database = self.db();
        let (ready, is_ready) = tokio::sync::oneshot::channel();
        let (end, until) = mpsc::channel::<()>();
        let holder = std::thread::spawn(move || {
            let (mut lock, mut ready) = (Some(lock), Some(ready));
            let hold = |conn: &mut AnyConnection| {
                conn.write(|conn| {
                    lock.take().expect("nobody undoes it")(conn)?;
                    ready.take().unwrap().send(()).unwrap();
                    let _ = until.recv_timeout(Duration::from_secs(60));
                    Ok::<_, DatabaseError>(())
                })
            };
            database.run_blocking(hold).unwrap();
        });
        is_ready.await.unwrap();
        Held { end: Some(end), holder: Some(holder) }
    }

    /// Waits until a statement waits for a lock. SQLite does not show this, so there it waits for
    /// some time.
    pub async fn until_somebody_waits(&self) {
        if !self.database.is_postgres() {
            tokio::time::sleep(Duration::from_millis(700)).await;
            return;
        }
        loop {
            use diesel::RunQueryDsl;
            use diesel::dsl::sql;
            use diesel::sql_types::Bool;
            let waits = sql::<Bool>(
                "EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')",
            );
            if self.sql(|conn| diesel::select(waits).get_result(conn)).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(holder) = self.holder.take() {
            holder.join().unwrap();
        }
    }
}

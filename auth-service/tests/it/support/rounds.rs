//! Maintenance, run by a test.

use auth_service::app::App;
use auth_service::db::schema::{audit_events, sessions};
use diesel::{QueryDsl, RunQueryDsl};

use super::TestApp;
use super::parts::Threads;

impl TestApp {
    /// Another instance on the same database, whose maintenance the test runs. It starts at the
    /// clock's first reading.
    pub fn instance(&self) -> App {
        let parts = Threads::One.parts(&self.config);
        App::assemble(self.config.clone(), self.clock.clock(), parts).unwrap()
    }

    /// The number of sessions and of events.
    pub async fn how_many(&self) -> (i64, i64) {
        self.sql(|conn| {
            Ok((sessions::table.count().get_result(conn)?, audit_events::table.count().get_result(conn)?))
        })
        .await
    }
}

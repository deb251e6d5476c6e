//! The database's time.

use diesel::QueryResult;

use super::AnyConnection;
use super::types::Timestamp;

/// The server's time, which all instances share. `None` for SQLite, which has only the machine's
/// clock.
pub fn time(conn: &mut AnyConnection) -> QueryResult<Option<Timestamp>> {
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => Ok(None),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => {
            use diesel::RunQueryDsl;
            let now = diesel::dsl::sql::<super::types::UtcTimestamp>("clock_timestamp()");
            diesel::select(now).get_result(conn).map(Some)
        }
    }
}

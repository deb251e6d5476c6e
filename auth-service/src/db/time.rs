//! The database's time.

use diesel::QueryResult;

use super::AnyConnection;
use super::types::Timestamp;

/// The server's clock, which all instances share. A file has none but the machine's: nothing then.
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

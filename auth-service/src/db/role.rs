//! Who we are at the database.

use diesel::QueryResult;

use super::AnyConnection;

/// Whether the role that we connect as may do anything on the whole server. A file knows no roles.
pub fn is_superuser(conn: &mut AnyConnection) -> QueryResult<bool> {
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => Ok(false),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => {
            use diesel::RunQueryDsl;
            use diesel::sql_types::Bool;
            let found = "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)";
            diesel::select(diesel::dsl::sql::<Bool>(found)).get_result(conn)
        }
    }
}

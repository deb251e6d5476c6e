//! The role that the service has at PostgreSQL.

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

/// Obstacles that keep the role from working here, or the tables from being found. None concerns a
/// file.
#[derive(Debug, Default, diesel::QueryableByName)]
pub struct Obstacles {
    /// The schema in which new tables are made: the first of `search_path` that is there and may be
    /// used.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    pub schema: Option<String>,
    /// Whether new tables may be made in it, as the next migration does.
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub may_create: bool,
    /// Missing privileges on our tables: `users INSERT, users UPDATE`. Empty when all is well.
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub missing_rights: String,
    /// Where our tables are, when `search_path` does not lead to them.
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub elsewhere: String,
}

/// Looks for them; `None` on SQLite.
pub fn obstacles(conn: &mut AnyConnection) -> QueryResult<Option<Obstacles>> {
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => Ok(None),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => {
            use diesel::RunQueryDsl;
            diesel::sql_query(OBSTACLES).get_result(conn).map(Some)
        }
    }
}

#[cfg(feature = "postgres")]
const OBSTACLES: &str = "\
    SELECT current_schema()::text AS schema, \
        COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create, \
        COALESCE((SELECT string_agg(ours || ' ' || asked, ', ') \
            FROM unnest(ARRAY['users', 'sessions', 'signing_keys', 'audit_events', 'write_probes', '__diesel_schema_migrations']) AS ours \
            CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS asked \
            WHERE to_regclass(ours) IS NOT NULL AND NOT has_table_privilege(to_regclass(ours)::oid, asked)), '') AS missing_rights, \
        COALESCE((SELECT string_agg(nspname::text, ', ') FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
            WHERE relname = 'signing_keys' AND relkind = 'r' AND to_regclass('signing_keys') IS NULL), '') AS elsewhere";

//! The service's PostgreSQL role.

use diesel::QueryResult;

use super::AnyConnection;

/// Whether our role is a superuser of the server. SQLite has no roles.
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

/// Problems with the role's privileges or with the tables' schema. None of them exist for SQLite.
#[derive(Debug, Default, diesel::QueryableByName)]
pub struct Obstacles {
    /// The schema for new tables: the first in `search_path` that exists and is usable.
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    pub schema: Option<String>,
    /// Whether the role may create tables in it, as the next migration will.
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub may_create: bool,
    /// Missing privileges on our tables: `users INSERT, users UPDATE`. Empty if all is well.
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub missing_rights: String,
    /// The schema of our tables, if `search_path` does not include it.
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub elsewhere: String,
}

/// Queries the obstacles; `None` on SQLite.
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
            FROM unnest(ARRAY['users', 'sessions', 'signing_keys', 'audit_events', 'write_probes', 'deliveries', 'proofs', '__diesel_schema_migrations']) AS ours \
            CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS asked \
            WHERE to_regclass(ours) IS NOT NULL AND NOT has_table_privilege(to_regclass(ours)::oid, asked)), '') AS missing_rights, \
        COALESCE((SELECT string_agg(nspname::text, ', ') FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
            WHERE relname = 'signing_keys' AND relkind = 'r' AND to_regclass('signing_keys') IS NULL), '') AS elsewhere";

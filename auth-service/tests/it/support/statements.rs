//! The service's SQL statements, and the plans that the database makes for them.

use std::sync::{Arc, Mutex};

use auth_service::db::AnyConnection;
#[cfg(feature = "postgres")]
use diesel::connection::SimpleConnection;
use diesel::connection::{Connection, InstrumentationEvent};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

/// A statement and its plan.
#[derive(Debug)]
pub struct Explained {
    pub sql: String,
    /// Lines of the plan, as SQLite or PostgreSQL prints them.
    pub plan: Vec<String>,
}

/// Runs `work` and returns every statement in it.
pub fn asked<T>(conn: &mut AnyConnection, work: impl FnOnce(&mut AnyConnection) -> T) -> Vec<String> {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let notes = seen.clone();
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            notes.lock().unwrap().push(query.to_string());
        }
    });
    work(conn);
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| {});
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    seen.iter().map(|text| text.split(" -- binds").next().unwrap().trim().to_owned()).collect()
}

/// Runs `work` and explains each statement in it that reads or changes rows, for any values.
/// Statements that begin or end a transaction are left out.
pub fn explained<T>(conn: &mut AnyConnection, work: impl FnOnce(&mut AnyConnection) -> T) -> Vec<Explained> {
    let mut statements = asked(conn, work);
    statements.retain(|sql| {
        ["SELECT", "UPDATE", "DELETE", "INSERT", "WITH"].iter().any(|verb| sql.starts_with(verb))
    });
    statements.dedup();
    statements.into_iter().map(|sql| Explained { plan: plan(conn, &sql), sql }).collect()
}

fn plan(conn: &mut AnyConnection, sql: &str) -> Vec<String> {
    match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(conn) => {
            #[derive(QueryableByName)]
            struct Line {
                #[diesel(sql_type = diesel::sql_types::Text)]
                detail: String,
            }
            let lines: Vec<Line> = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn).unwrap();
            lines.into_iter().map(|line| line.detail).collect()
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => {
            #[derive(QueryableByName)]
            struct Line {
                #[diesel(sql_type = diesel::sql_types::Text, column_name = "QUERY PLAN")]
                line: String,
            }
            // A generic plan, which a frequently used prepared statement gets.
            conn.batch_execute(&format!("SET plan_cache_mode = force_generic_plan; PREPARE asked AS {sql}"))
                .unwrap();
            let parameters = (1..).take_while(|n| sql.contains(&format!("${n}"))).count();
            let arguments = match parameters {
                0 => String::new(),
                n => format!("({})", vec!["NULL"; n].join(", ")),
            };
            let lines: Vec<Line> = sql_query(format!("EXPLAIN EXECUTE asked{arguments}")).load(conn).unwrap();
            conn.batch_execute("DEALLOCATE asked").unwrap();
            lines.into_iter().map(|line| line.line).collect()
        }
    }
}

//! A renewal beside a million sessions: S9. It is run by hand because it takes a minute:
//! `cargo test -p auth-service --test it -- --ignored --nocapture a_renewal_beside_a_million`

use std::time::{Duration, Instant};

use auth_service::db::types::Timestamp;
use auth_service::db::{AnyConnection, Database};
use auth_service::sessions::{RefreshKey, RefreshToken, Renewal, Session};
use diesel::connection::SimpleConnection;

use crate::support::{PASSWORD, TestApp};

/// Adds `count` valid sessions of a thousand other people to the database directly.
pub fn fill(conn: &mut AnyConnection, count: u32, now: Timestamp) -> diesel::QueryResult<()> {
    let end = now + Duration::from_secs(5 * 86_400);
    let (now, end, day) = (now.rfc3339(), end.rfc3339(), end.day());
    let user = "'x', TRUE, FALSE, FALSE";
    let session =
        format!("1, 'pwd', '{now}', '{now}', '{end}', '{end}', '{now}', '127.0.0.1', 'crowd/1', {day}");
    let columns = "INSERT INTO sessions (id, user_id, seed, generation, amr, began_at, rotated_at, idle_until, \
                   expires_at, proven_at, address, user_agent, idle_day)";
    let sql = match conn {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => {
            let id = |start: &str, n: &str| format!("printf('{start}-0000-4000-8000-%012d', {n})");
            // Random like session ids, because an index is smaller if rows are inserted in order.
            let random = "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) \
                          || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))";
            let numbers = |last: u32| {
                format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last})")
            };
            format!(
                "{} INSERT INTO users (id, email, first_name, last_name, password_hash, is_active, is_staff, \
                 is_superuser, date_joined) \
                 SELECT {}, 'crowd' || i || '@example.org', '', '', {user}, '{now}' FROM n; \
                 {} {columns} SELECT {random}, {}, randomblob(32), {session} FROM n",
                numbers(1000),
                id("00000000", "i"),
                numbers(count),
                id("00000000", "i % 1000 + 1"),
            )
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => format!(
            "INSERT INTO users (id, email, first_name, last_name, password_hash, is_active, is_staff, is_superuser, \
             date_joined) SELECT gen_random_uuid(), 'crowd' || i || '@example.org', '', '', {user}, '{now}' \
             FROM generate_series(1, 1000) AS i; \
             {columns} SELECT gen_random_uuid(), crowd.id, decode(repeat('ab', 32), 'hex'), {} \
             FROM generate_series(1, {}) AS i, users AS crowd WHERE crowd.email LIKE 'crowd%'",
            session
                .replace(&format!("'{now}'"), &format!("'{now}'::timestamptz"))
                .replace(&format!("'{end}'"), &format!("'{end}'::timestamptz")),
            count.div_ceil(1000),
        ),
    };
    conn.batch_execute(&sql)
}

/// One session that is renewed again and again, on its own database.
struct Course {
    app: TestApp,
    db: Database,
    key: RefreshKey,
    token: String,
    took: Vec<Duration>,
}

impl Course {
    async fn of(rows: u32) -> Self {
        let app = TestApp::start().await;
        app.user("ada@example.org", PASSWORD).await;
        let token = app.person().obtain("ada@example.org", PASSWORD).await.1;
        let now = app.clock.now();
        if rows > 0 {
            app.sql(move |conn| fill(conn, rows, now)).await;
        }
        app.sql(|conn| conn.batch_execute("ANALYZE")).await;
        let key = RefreshKey::new(&app.config.secret_key, None);
        Self { db: app.db(), app, key, token, took: Vec::new() }
    }

    /// One renewal, without the request and the signature.
    fn renew(&mut self) {
        self.app.wait(Duration::from_secs(31));
        let (limits, operator) = (self.app.config.session_limits, self.app.operator());
        let token = RefreshToken::parse(&self.token).unwrap();
        let begun = Instant::now();
        let renewed = self.db.run_blocking(|conn| {
            Session::renew(conn, &self.key, &token, &operator, limits)
                .map_err(auth_service::db::DatabaseError::from)
        });
        self.took.push(begun.elapsed());
        let Ok(Renewal::Renewed(current)) = renewed else { panic!("not renewed") };
        assert_eq!(current.session.generation, token.generation + 1);
        self.token = self.key.token_for(&current.session);
    }

    fn median(&mut self) -> Duration {
        self.took.sort_unstable();
        self.took[self.took.len() / 2]
    }
}

/// S9: prints durations, and asserts none.
#[tokio::test]
#[ignore = "takes a minute; measures, and asserts no time"]
async fn a_renewal_beside_a_million_sessions_takes_as_long_as_alone() {
    let (mut alone, mut crowded) = (Course::of(0).await, Course::of(1_000_000).await);
    for round in 0..1_050 {
        alone.renew();
        crowded.renew();
        if round == 49 {
            alone.took.clear();
            crowded.took.clear();
        }
    }
    let database = if alone.app.database.is_postgres() { "PostgreSQL" } else { "SQLite" };
    let (alone, crowded) = (alone.median(), crowded.median());
    let ratio = crowded.as_secs_f64() / alone.as_secs_f64();
    println!("{database}: {alone:?} alone, {crowded:?} beside a million sessions, ratio {ratio:.2}");
}

//! Many rows at once: copies of a real row, made by the database itself.

use super::database::Database;
use crate::error::Result;

/// The users that are made here, by their addresses.
const FILLER: &str = "filler%";

/// Adds `count` users, each with a session. There is a user with a session already.
pub fn users_and_sessions(database: &Database, count: usize) -> Result {
    users(database, count)?;
    sessions(database)
}

/// Adds `count` users.
pub fn users(database: &Database, count: usize) -> Result {
    let say = Dialect(database);
    let changed = [("id", say.uuid()), ("email", "'filler' || i || '@example.org'".to_owned())];
    let columns = database.columns("users")?;
    database.run(&copies("users", &columns, &changed, &series(count), "numbers")).map(drop)
}

/// Adds a session of each user that was made here.
pub fn sessions(database: &Database) -> Result {
    let say = Dialect(database);
    let changed = [
        ("id", say.uuid()),
        ("user_id", "people.person".to_owned()),
        ("seed", say.random_bytes()),
        ("idle_until", say.moment(&format!("345600 + {}", say.random_below(86_400)))),
    ];
    let people = format!("WITH people AS (SELECT id AS person FROM users WHERE email LIKE '{FILLER}')");
    let columns = database.columns("sessions")?;
    database.run(&copies("sessions", &columns, &changed, &people, "people")).map(drop)
}

/// Adds `count` audit events, as they come in time, of different people.
pub fn events(database: &Database, count: usize) -> Result {
    let say = Dialect(database);
    let changed = [
        ("id", say.uuid_in_order()),
        ("at", say.moment(&format!("i - {count}"))),
        ("user_id", say.uuid()),
        ("session_id", say.uuid()),
        ("request_id", say.uuid()),
    ];
    let columns = database.columns("audit_events")?;
    database.run(&copies("audit_events", &columns, &changed, &series(count), "numbers")).map(drop)
}

/// The numbers from 1 to `count`, as `i`.
fn series(count: usize) -> String {
    format!("WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {count})")
}

/// A statement that adds a copy of the table's last row for each row of `source`, with some columns
/// changed. So a column that a later schema adds is filled too.
fn copies(table: &str, columns: &[String], changed: &[(&str, String)], with: &str, source: &str) -> String {
    let value = |column: &String| match changed.iter().find(|(name, _)| name == column) {
        Some((_, expression)) => expression.clone(),
        None => format!("template.{column}"),
    };
    let values = columns.iter().map(value).collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO {table} ({}) {with} SELECT {values} FROM {source}, \
         (SELECT * FROM {table} ORDER BY id DESC LIMIT 1) AS template;",
        columns.join(", ")
    )
}

/// What the two databases write differently.
struct Dialect<'a>(&'a Database);

impl Dialect<'_> {
    /// A random UUID.
    fn uuid(&self) -> String {
        match self.0 {
            Database::Sqlite(_) => "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || \
                substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || \
                hex(randomblob(6)))"
                .to_owned(),
            Database::Postgres(_) => "gen_random_uuid()".to_owned(),
        }
    }

    /// A UUID that is greater than that of the number before, as version 7 is.
    fn uuid_in_order(&self) -> String {
        let (time, end) = match self.0 {
            Database::Sqlite(_) => ("printf('%012x', i)", "lower(hex(randomblob(6)))"),
            Database::Postgres(_) => ("lpad(to_hex(i), 12, '0')", "substr(md5(random()::text), 1, 12)"),
        };
        let text = format!("substr({time}, 1, 8) || '-' || substr({time}, 9, 4) || '-7000-8000-' || {end}");
        match self.0 {
            Database::Sqlite(_) => text,
            Database::Postgres(_) => format!("({text})::uuid"),
        }
    }

    fn random_bytes(&self) -> String {
        match self.0 {
            Database::Sqlite(_) => "randomblob(32)".to_owned(),
            Database::Postgres(_) => "sha256(random()::text::bytea)".to_owned(),
        }
    }

    fn random_below(&self, limit: u32) -> String {
        match self.0 {
            Database::Sqlite(_) => format!("abs(random() % {limit})"),
            Database::Postgres(_) => format!("floor(random() * {limit})"),
        }
    }

    /// The moment `seconds` from now.
    fn moment(&self, seconds: &str) -> String {
        match self.0 {
            Database::Sqlite(_) => {
                format!("strftime('%Y-%m-%dT%H:%M:%f', 'now', ({seconds}) || ' seconds') || '000Z'")
            }
            Database::Postgres(_) => format!("now() + ({seconds}) * interval '1 second'"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_changes_what_is_named_and_keeps_every_other_column() {
        let columns = ["id", "email", "added_later"].map(String::from);
        let changed = [("id", "uuid()".to_owned()), ("email", "'a' || i".to_owned())];
        assert_eq!(
            copies("users", &columns, &changed, "WITH numbers AS (…)", "numbers"),
            "INSERT INTO users (id, email, added_later) WITH numbers AS (…) \
             SELECT uuid(), 'a' || i, template.added_later FROM numbers, \
             (SELECT * FROM users ORDER BY id DESC LIMIT 1) AS template;"
        );
    }
}

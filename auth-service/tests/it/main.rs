//! The suite: people with browsers, against the real service on a real database.
//!
//! On SQLite by default. With `TEST_POSTGRES_URL` set, and the feature `postgres`, on that server instead, a
//! database for each test; `cargo xtask test-postgres` starts one and sets it.

mod support;

mod login;

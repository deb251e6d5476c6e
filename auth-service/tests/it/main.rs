//! The suite: people with browsers, against the real service on a real database.
//!
//! On SQLite by default. With `TEST_POSTGRES_URL` set, and the feature `postgres`, on that server instead, a
//! database for each test; `cargo xtask test-postgres` starts one and sets it.

mod support;

mod access_token;
mod account;
mod clocks;
mod commands;
mod commands_keys;
mod commands_roles;
mod commands_users;
mod cookie_reading;
mod cookies;
mod cross_origin;
mod csrf;
mod database_down;
mod enumeration;
mod error_pages;
mod errors;
mod forged_tokens;
mod forward_auth;
mod headers;
mod health;
mod host;
mod hostile_input;
mod hostile_names;
mod injection;
mod instances;
mod key_life;
mod key_races;
mod key_settings;
mod login;
mod login_asked_for;
mod login_circles;
mod logout;
mod methods;
mod passwords;
mod raw_http;
mod raw_limits;
mod redirect_readings;
mod redirect_rules;
mod redirect_table;
mod redirects;
mod registration;
mod registration_race;
mod renewal;
mod renewal_limits;
mod renewal_races;
mod reuse;
mod rotation_load;
mod sessions;
mod settings;
mod statics;
mod templates;

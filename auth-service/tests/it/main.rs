//! The suite: people with browsers, against the real service on a real database.
//!
//! On SQLite by default. With `TEST_POSTGRES_URL` set, and the feature `postgres`, on that server instead, a
//! database for each test; `cargo xtask test-postgres` starts one and sets it.

mod support;

mod access_token;
mod account;
mod api_document;
mod api_input;
mod api_refresh;
mod api_renew;
mod api_token;
mod api_verify;
mod audit_page;
mod audit_secrets;
mod audit_trail;
mod client_address;
mod commands;
mod commands_sessions;
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
mod headers;
mod health;
mod host;
mod hostile_input;
mod hostile_names;
mod housekeeping;
mod injection;
mod instances;
mod login;
mod logout;
mod methods;
mod million_rows;
mod passwords;
mod query_plans;
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
mod session_limits;
mod session_list;
mod session_list_forms;
mod session_list_proof;
mod session_list_races;
mod sessions;
mod settings;
mod statics;
mod templates;

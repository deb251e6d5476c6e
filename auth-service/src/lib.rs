//! Single sign-on for every service below one parent domain.
//!
//! `docs/architecture.md` is the map. A request enters in [`server`], and what it can reach is
//! [`app::App`].

pub mod account;
pub mod account_security;
pub mod api;
pub mod app;
pub mod assets;
pub mod audit;
pub mod background_tasks;
pub mod cli;
pub mod clock;
pub mod config;
pub mod cookie_cleanup;
pub mod db;
pub mod dev_mailbox;
pub mod doctor;
pub mod email_change;
pub mod email_verification;
pub mod error;
pub mod feature;
pub mod features;
pub mod forms;
pub mod forward_auth;
pub mod health;
pub mod http;
pub mod i18n;
pub mod jwks;
pub mod keyring;
pub mod login;
pub mod login_notice;
pub mod logout;
pub mod mail;
pub mod memory;
pub mod outbox;
pub mod pages;
pub mod password_change;
pub mod password_reset;
pub mod passwords;
pub mod profile;
pub mod proofs;
pub mod random;
pub mod rate_limit;
pub mod registration;
pub mod sealed;
pub mod server;
pub mod session_list;
pub mod sessions;
pub mod shutdown;
pub mod sign_in;
pub mod telemetry;
pub mod template_check;
pub mod users;
pub mod verification;

/// Input as somebody hostile would make it, for the tests of our parsers.
#[cfg(test)]
#[path = "../../shared-claims/tests/it/properties/hostile.rs"]
mod hostile;

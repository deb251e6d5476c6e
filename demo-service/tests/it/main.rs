//! The service from outside. No auth-service runs: `shared_claims::testing` stands in for it.

mod api;
mod held_connections;
mod notes;
mod one_file;
mod outage;
mod pages;
mod people;
mod security;
mod texts;

//! The crate from outside, as the people who meet it: a service, a browser, a hostile sibling.

mod answers;
#[cfg(unix)]
mod bounded;
mod cache;
mod conflict;
mod cookies;
mod decisions;
mod empty_form;
mod extractors;
mod good_table;
mod hostile_eddsa;
mod hostile_hs512;
mod hostile_table;
mod hostile_tokens;
mod key_set_table;
mod key_sets;
mod key_source;
mod languages;
mod logs;
mod loops;
mod on_axum;
mod open_pages;
mod posted_form;
mod public_tokens;
mod refresh_ahead;
mod rights;
mod same_origin;
mod script;
mod settings;
mod shared_key;
mod signing_key_setting;
mod support;
mod support_web;
mod times;
mod too_many_cookies;
mod vectors;

//! The crate from outside, as the people who meet it: a service, a browser, a hostile sibling.

mod answers;
mod conflict;
mod cookies;
mod decisions;
mod extractors;
mod good_table;
mod hostile_eddsa;
mod hostile_hs512;
mod hostile_table;
mod hostile_tokens;
mod key_set_table;
mod key_sets;
mod key_source;
mod logs;
mod open_pages;
mod posted_form;
mod public_tokens;
mod refresh_ahead;
mod same_origin;
mod settings;
mod shared_key;
mod signing_key_setting;
mod support;
mod support_web;
mod times;
mod vectors;

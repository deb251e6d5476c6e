//! Fuzz target for settings: any text as a setting and as a secret.
#![no_main]

#[path = "../../tests/it/properties/settings.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|data: &[u8]| property::holds_for(data));

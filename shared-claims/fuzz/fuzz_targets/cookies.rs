//! C4, C8: any bytes for a Cookie header.
#![no_main]

#[path = "../../tests/it/properties/cookies.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|data: &[u8]| property::holds_for(data));

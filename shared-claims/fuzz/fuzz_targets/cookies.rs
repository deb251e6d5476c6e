//! Fuzz target for cookie parsing: any bytes as a `Cookie` header (C4, C8).
#![no_main]

#[path = "../../tests/it/properties/cookies.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|data: &[u8]| property::holds_for(data));

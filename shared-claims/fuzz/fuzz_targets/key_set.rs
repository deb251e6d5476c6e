//! Fuzz target for key sets: any bytes as a JWKS (K6).
#![no_main]

#[path = "../../tests/it/properties/key_set.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|data: &[u8]| property::holds_for(data));

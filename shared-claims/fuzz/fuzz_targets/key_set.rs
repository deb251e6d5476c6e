//! K6: any bytes for a JWKS.
#![no_main]

#[path = "../../tests/it/properties/key_set.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|data: &[u8]| property::holds_for(data));

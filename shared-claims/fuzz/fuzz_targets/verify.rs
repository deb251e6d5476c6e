//! Fuzz target for verification: any text as a token, and any header and payload with a valid
//! signature (J11).
//!
//! `cargo +nightly fuzz run verify -- -max_total_time=600 -max_len=9000 -malloc_limit_mb=1`
#![no_main]

#[path = "../../tests/it/properties/verify.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|data: &[u8]| property::holds_for(data));

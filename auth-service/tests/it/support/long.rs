//! The length of tests that gain from running longer.

/// Whether `LONG_RUNS=1` is set, as in `cargo xtask ci`. The documentation's claims are about these
/// lengths.
pub fn is_long_run() -> bool {
    std::env::var_os("LONG_RUNS").is_some_and(|value| value == "1")
}

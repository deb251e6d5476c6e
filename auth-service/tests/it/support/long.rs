//! How long the tests take that gain from taking longer.

/// Whether `LONG_RUNS=1` asks for the lengths at which we make our claims; `cargo xtask ci` does.
pub fn is_long_run() -> bool {
    std::env::var_os("LONG_RUNS").is_some_and(|value| value == "1")
}

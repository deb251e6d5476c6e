//! The Rust code in `docs/`, compiled as documentation tests: `cargo test` sees to it that what consumers copy works.

#[cfg(doctest)]
#[doc = include_str!("../../docs/consumers.md")]
mod consumers_guide {}

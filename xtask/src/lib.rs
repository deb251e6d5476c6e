//! The Rust code in `README.md` and `docs/`, compiled as documentation tests: `cargo test` sees to
//! it that what consumers copy works.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/consumers.md")]
mod consumers_guide {}

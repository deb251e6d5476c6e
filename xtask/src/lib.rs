//! The Rust code in `README.md` and `docs/`, compiled as documentation tests, so that code copied
//! from there works.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/consumers.md")]
mod consumers_guide {}

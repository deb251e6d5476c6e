//! Rate limits: how often a network may do something within a time.

mod allowance;
mod network;

pub use allowance::Allowance;
pub use network::{Network, Site};

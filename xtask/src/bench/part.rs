//! A part of the measurements: its name, its table, and what is done in each round.

use super::bed::{Bed, Lengths};
use super::table::Row;
use crate::error::Result;

/// What `cargo xtask bench -- <name>` runs alone.
pub struct Part {
    pub name: &'static str,
    pub title: &'static str,
    /// What is measured and how, for the page.
    pub text: &'static str,
    /// The table's headings, that of the names first.
    pub headings: &'static [&'static str],
    pub make: fn(&Bed) -> Result<Box<dyn Measure>>,
}

/// A part with everything that it needs at hand.
pub trait Measure {
    /// Measures each thing once. Called in turn with the other parts.
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>>;
}

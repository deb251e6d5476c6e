//! What is measured, each thing in a file of its own.

mod flood;
mod form;
mod generator;
mod growth;
mod logins;
mod memory;
mod page;
mod renewals;
mod rows;
mod size;
mod start;
mod verification;

use super::part::Part;

/// In the order of the page.
pub static ALL: [Part; 12] = [
    verification::PART,
    page::PART,
    renewals::PART,
    form::PART,
    logins::PART,
    flood::PART,
    memory::PART,
    start::PART,
    size::PART,
    growth::PART,
    rows::PART,
    generator::PART,
];

//! What is measured, each thing in a file of its own.

mod flood;
mod form;
mod generator;
mod growth;
mod growth_postgres;
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
pub static ALL: [Part; 13] = [
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
    growth_postgres::PART,
    rows::PART,
    generator::PART,
];

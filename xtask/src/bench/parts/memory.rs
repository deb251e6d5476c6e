//! Memory of the service, idle and after a load.

use std::thread;

use crate::bench::bed::{Bed, Lengths};
use crate::bench::part::{Measure, Part};
use crate::bench::site::Site;
use crate::bench::table::Row;
use crate::bench::usage::Memory;
use crate::bench::wrk;
use crate::error::Result;

pub const PART: Part = Part {
    name: "memory",
    title: "Memory",
    text: "A freshly started auth-service on SQLite that was left alone, and the same process right after \
           16 connections renewed and then asked for the login form. Resident is all that is mapped and \
           present, the program itself too; proportional counts what other processes map too (the C \
           library) by their number; anonymous are heaps and stacks alone.",
    headings: &["MiB", "resident", "proportional", "anonymous"],
    make,
};

struct Process(Site);

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    let site = Site::sqlite(bed, "memory")?.with("BCRYPT_COST", "10").with_own_program()?;
    let instance = site.start()?;
    site.make_people(1)?;
    site.log_in(&instance.target(), 1, wrk::CONNECTIONS)?;
    Ok(Box::new(Process(site)))
}

impl Measure for Process {
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>> {
        let instance = self.0.start()?;
        thread::sleep(lengths.idle);
        let idle = instance.memory()?;
        wrk::renew(&instance.target(), &self.0.tokens(), lengths.load)?;
        wrk::get(&instance.target(), "/login", &[], lengths.load)?;
        let loaded = instance.memory()?;
        let row = |name, Memory { resident, proportional, anonymous }| {
            Row::new(name, [resident, proportional, anonymous])
        };
        Ok(vec![row("idle", idle), row("after a load", loaded)])
    }
}

//! Cold start.

use crate::bench::bed::{Bed, Lengths};
use crate::bench::instance::ms;
use crate::bench::part::{Measure, Part};
use crate::bench::site::Site;
use crate::bench::stats::Sample;
use crate::bench::table::Row;
use crate::error::Result;

pub const PART: Part = Part {
    name: "start",
    title: "Cold start",
    text: "From the start of the process until `GET /readyz` is answered with 200, on a SQLite database \
           with one user whose schema is up to date. Each round starts it several times.",
    headings: &["", "ms"],
    make,
};

struct Start(Site);

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    let site = Site::sqlite(bed, "start")?;
    drop(site.start()?);
    site.make_people(1)?;
    Ok(Box::new(Start(site)))
}

impl Measure for Start {
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>> {
        let times = (0..lengths.starts).map(|_| Ok(ms(self.0.start()?.started_in)));
        let times: Sample = times.collect::<Result<Vec<_>>>()?.into_iter().collect();
        Ok(vec![Row::partial("one user", [times.median()])])
    }
}

//! The login form.

use crate::bench::bed::{Bed, Lengths};
use crate::bench::instance::{Instance, ms};
use crate::bench::part::{Measure, Part};
use crate::bench::site::Site;
use crate::bench::table::Row;
use crate::bench::wrk;
use crate::error::Result;

pub const PART: Part = Part {
    name: "form",
    title: "The login form",
    text: "`GET /login` of a browser that nobody knows: the page with a form token of its own.",
    headings: &[
        "",
        "a second",
        "p50 (ms)",
        "p99 (ms)",
        "for each processor second of the service",
        "wrk's share of the processors (%)",
    ],
    make,
};

struct Form(Instance);

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    Ok(Box::new(Form(Site::sqlite(bed, "form")?.start()?)))
}

impl Measure for Form {
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>> {
        let served = self.0.serve(|target| wrk::get(target, "/login", &[], lengths.load))?;
        let load = &served.load;
        let values =
            [load.rate, ms(load.p50), ms(load.p99), served.per_processor_second(), served.generator_share()];
        Ok(vec![Row::new("login form", values)])
    }
}

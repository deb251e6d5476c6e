//! What grows with the number of people.

use crate::bench::bed::{Bed, Lengths};
use crate::bench::instance::ms;
use crate::bench::part::{Measure, Part};
use crate::bench::site::Site;
use crate::bench::table::{Row, number};
use crate::bench::{fill, wrk};
use crate::error::Result;

pub const PART: Part = Part {
    name: "growth",
    title: "Growth",
    text: "Renewals and a start on SQLite databases with as many users, each with a session. The renewed \
           sessions are 320 among them, at random places of the tables, taken in turn by 16 connections.",
    headings: &[
        "users and sessions",
        "renewals a second",
        "p99 (ms)",
        "for each processor second of the service",
        "start (ms)",
        "database (MiB)",
    ],
    make,
};

pub const PEOPLE: usize = 16;
/// Of each of them.
pub const LOGINS: usize = 20;

struct Growth(Vec<(usize, Site)>);

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    let first = Site::sqlite(bed, "growth")?.with("BCRYPT_COST", "10");
    let instance = first.start()?;
    first.make_people(PEOPLE)?;
    first.log_in(&instance.target(), PEOPLE, LOGINS)?;
    drop(instance);
    let grown = |size: &usize| {
        let site = first.copy_to(Site::sqlite(bed, &format!("growth-{size}"))?)?;
        fill::users_and_sessions(&site.database, *size)?;
        Ok((*size, site))
    };
    Ok(Box::new(Growth(bed.lengths.sizes.iter().map(grown).collect::<Result<_>>()?)))
}

impl Measure for Growth {
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>> {
        let row = |(size, site): &(usize, Site)| {
            let instance = site.start()?;
            let served = instance.serve(|target| wrk::renew(target, &site.tokens(), lengths.load))?;
            let (start, load) = (ms(instance.started_in), &served.load);
            drop(instance);
            let mib = site.database.size()? / 1024.0 / 1024.0;
            let values = [load.rate, ms(load.p99), served.per_processor_second(), start, mib];
            Ok(Row::new(number(*size as f64), values))
        };
        self.0.iter().map(row).collect()
    }
}

//! What grows with the number of people on PostgreSQL.

use crate::bench::bed::{Bed, Lengths};
use crate::bench::instance::ms;
use crate::bench::part::{Measure, Part};
use crate::bench::parts::growth::{LOGINS, PEOPLE};
use crate::bench::site::Site;
use crate::bench::table::{Row, number};
use crate::bench::{fill, wrk};
use crate::error::Result;
use crate::postgres::Cluster;

pub const PART: Part = Part {
    name: "growth-postgres",
    title: "Growth on PostgreSQL",
    text: "The same renewals on PostgreSQL databases, with its defaults. Each is vacuumed before the first \
           round. The ratio is that of the rates in the same round.",
    headings: &[
        "users and sessions",
        "renewals a second",
        "p99 (ms)",
        "for each processor second of the service",
        "× the smallest",
        "bytes of log for each",
        "database (MiB)",
    ],
    make,
};

struct Growth {
    sites: Vec<(usize, Site)>,
    // Dropped after the services that use it.
    _cluster: Cluster,
}

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    let cluster = Cluster::start_durable()?;
    let url = |name: &str| format!("{}/{name}", cluster.url());
    let first = Site::postgres(bed, "growth-postgres", url("postgres"))?.with("BCRYPT_COST", "10");
    let instance = first.start()?;
    first.make_people(PEOPLE)?;
    first.log_in(&instance.target(), PEOPLE, LOGINS)?;
    drop(instance);
    let grown = |size: &usize| {
        let name = format!("growth_{size}");
        first.database.run(&format!("CREATE DATABASE {name} TEMPLATE postgres"))?;
        let site = first.copy_to(Site::postgres(bed, &name, url(&name))?)?;
        fill::users_and_sessions(&site.database, *size)?;
        for tidied in ["VACUUM (ANALYZE)", "CHECKPOINT"] {
            site.database.run(tidied)?;
        }
        Ok((*size, site))
    };
    let sites = bed.lengths.sizes.iter().map(grown).collect::<Result<_>>()?;
    Ok(Box::new(Growth { sites, _cluster: cluster }))
}

impl Measure for Growth {
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>> {
        let mut smallest = None;
        let row = |(size, site): &(usize, Site)| {
            let instance = site.start()?;
            let before = site.database.log_position()?;
            let served = instance.serve(|target| wrk::renew(target, &site.tokens(), lengths.load))?;
            let log = site.database.log_position()? - before;
            drop(instance);
            let load = &served.load;
            let ratio = load.rate / *smallest.get_or_insert(load.rate);
            let mib = site.database.size()? / 1024.0 / 1024.0;
            let log = log / load.requests as f64;
            let values = [load.rate, ms(load.p99), served.per_processor_second(), ratio, log, mib];
            Ok(Row::new(number(*size as f64), values))
        };
        self.sites.iter().map(row).collect()
    }
}

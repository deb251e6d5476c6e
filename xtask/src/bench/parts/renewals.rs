//! Renewals on both databases, beside what the disk can do.

use crate::bench::bed::{Bed, Lengths};
use crate::bench::instance::{Instance, Served, ms};
use crate::bench::part::{Measure, Part};
use crate::bench::site::Site;
use crate::bench::table::Row;
use crate::bench::{disk, wrk};
use crate::error::Result;
use crate::postgres::Cluster;

pub const PART: Part = Part {
    name: "renewals",
    title: "Renewals",
    text: "`POST /api/token/refresh/`, each of which replaces the refresh token (`REFRESH_GRACE=0s`), \
           writes a row of the audit trail, and is answered when both are on the disk: SQLite with \
           `synchronous=FULL`, PostgreSQL with its defaults. 16 connections, each of which presents what \
           the answer before gave it. The limit is the disk: one thread that appends 4 KiB and flushes it, \
           which is a commit for each flush. A service goes beyond it by several commits in one flush. \
           Bytes written are those of SQLite's process to the disk, and of PostgreSQL's log.",
    headings: &[
        "",
        "a second",
        "p50 (ms)",
        "p99 (ms)",
        "for each processor second of the service",
        "bytes written for each",
        "wrk's share of the processors (%)",
    ],
    make,
};

struct Renewals {
    sqlite: (Site, Instance),
    postgres: (Site, Instance),
    // Dropped after the service that uses it.
    _cluster: Cluster,
}

const PEOPLE: usize = 16;

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    let cluster = Cluster::start_durable()?;
    let sqlite = start(Site::sqlite(bed, "renewals-sqlite")?)?;
    let url = format!("{}/postgres", cluster.url());
    let postgres = start(Site::postgres(bed, "renewals-postgres", url)?)?;
    Ok(Box::new(Renewals { sqlite, postgres, _cluster: cluster }))
}

/// A running site with a session for each connection. Hashing is cheap: it is no part of a renewal.
fn start(site: Site) -> Result<(Site, Instance)> {
    let site = site.with("BCRYPT_COST", "10");
    let instance = site.start()?;
    site.make_people(PEOPLE)?;
    site.log_in(&instance.target(), PEOPLE, wrk::CONNECTIONS / PEOPLE)?;
    Ok((site, instance))
}

impl Measure for Renewals {
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>> {
        let (site, instance) = &self.sqlite;
        let flushes = disk::flushes(site.folder(), lengths.load.div_f64(2.0))?;
        let disk = Row::partial(
            "the disk: one thread's flushed commits",
            [Some(flushes.rate), Some(flushes.p50), Some(flushes.p99)],
        );

        let before = instance.bytes_written()?;
        let served = instance.serve(|target| wrk::renew(target, &site.tokens(), lengths.load))?;
        let sqlite = row("SQLite", &served, instance.bytes_written()? - before);

        let (site, instance) = &self.postgres;
        let before = site.database.log_position()?;
        let served = instance.serve(|target| wrk::renew(target, &site.tokens(), lengths.load))?;
        let postgres = row("PostgreSQL", &served, site.database.log_position()? - before);
        Ok(vec![sqlite, postgres, disk])
    }
}

fn row(name: &str, served: &Served, bytes: f64) -> Row {
    let load = &served.load;
    let values = [
        load.rate,
        ms(load.p50),
        ms(load.p99),
        served.per_processor_second(),
        bytes / load.requests as f64,
        served.generator_share(),
    ];
    Row::new(name, values)
}

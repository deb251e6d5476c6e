//! What a row costs on the disk.

use crate::bench::bed::{Bed, Lengths};
use crate::bench::database::Database;
use crate::bench::part::{Measure, Part};
use crate::bench::site::Site;
use crate::bench::table::Row;
use crate::bench::{fill, wrk};
use crate::error::Result;
use crate::postgres::Cluster;

pub const PART: Part = Part {
    name: "rows",
    title: "Bytes a row",
    text: "What a database grows by for each row, with its indexes: copies of rows that a login and a \
           renewal of a browser made, in the order in which they come. Ids of sessions and users are \
           random, those of events follow time.",
    headings: &["bytes", "SQLite", "PostgreSQL"],
    make,
};

/// The sizes, once measured: they do not vary from round to round.
struct Rows(Vec<Row>);

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    let cluster = Cluster::start()?;
    let url = format!("{}/postgres", cluster.url());
    let sites = [Site::sqlite(bed, "rows-sqlite")?, Site::postgres(bed, "rows-postgres", url)?];
    let [sqlite, postgres] = sites.map(|site| sizes(&site, bed.lengths.rows));
    let names = ["a user", "a session", "an audit event"];
    let rows = names.into_iter().zip(sqlite?.into_iter().zip(postgres?));
    Ok(Box::new(Rows(rows.map(|(name, (one, other))| Row::new(name, [one, other])).collect())))
}

/// The bytes of a user, a session and an event.
fn sizes(site: &Site, rows: usize) -> Result<[f64; 3]> {
    let instance = site.start()?;
    site.make_people(1)?;
    site.log_in(&instance.target(), 1, wrk::CONNECTIONS)?;
    wrk::renew(&instance.target(), &site.tokens(), std::time::Duration::from_secs(1))?;
    drop(instance);
    let database = &site.database;
    let growth = |add: &dyn Fn(&Database) -> Result| {
        let before = database.size()?;
        add(database)?;
        Ok((database.size()? - before) / rows as f64)
    };
    Ok([
        growth(&|database| fill::users(database, rows))?,
        growth(&|database| fill::sessions(database))?,
        growth(&|database| fill::events(database, rows))?,
    ])
}

impl Measure for Rows {
    fn round(&mut self, _: &Lengths) -> Result<Vec<Row>> {
        Ok(self.0.clone())
    }
}

//! Other requests during a flood of logins.

use std::thread;
use std::time::Duration;

use crate::bench::bed::{Bed, Lengths};
use crate::bench::instance::{Instance, ms};
use crate::bench::login_load::LoginLoad;
use crate::bench::part::{Measure, Part};
use crate::bench::site::Site;
use crate::bench::table::Row;
use crate::bench::wrk::{self, Load};
use crate::error::Result;

pub const PART: Part = Part {
    name: "flood",
    title: "During a flood of logins",
    text: "200 people, each in a network of their own, wait for a login at the default cost of bcrypt. \
           Whom the full queue refuses asks again after a tenth of a second. Beside them 16 connections \
           renew, and then 16 ask for the login form, as fast as they are answered.",
    headings: &["SQLite", "a second", "p50 (ms)", "p99 (ms)"],
    make,
};

const PEOPLE: usize = 16;
const WAITING: usize = 200;
/// How long the queue needs to be full.
const LEAD_IN: Duration = Duration::from_secs(1);

struct Flood(Site, Instance);

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    let site = Site::sqlite(bed, "flood")?.with("TRUSTED_PROXIES", "127.0.0.1");
    let instance = site.start()?;
    site.make_people(PEOPLE)?;
    site.log_in(&instance.target(), PEOPLE, wrk::CONNECTIONS / PEOPLE)?;
    Ok(Box::new(Flood(site, instance)))
}

impl Measure for Flood {
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>> {
        let Self(site, instance) = self;
        let target = instance.target();
        let renew = || wrk::renew(&target, &site.tokens(), lengths.load);
        let form = || wrk::get(&target, "/login", &[], lengths.load);
        let quiet = [renew()?, form()?];
        let flood = LoginLoad::start(&target, PEOPLE, WAITING);
        thread::sleep(LEAD_IN);
        let flooded = [renew()?, form()?];
        flood.stop()?;
        let row = |name: &str, load: &Load| Row::new(name, [load.rate, ms(load.p50), ms(load.p99)]);
        Ok(vec![
            row("renewals, no logins", &quiet[0]),
            row("renewals, 200 logins waiting", &flooded[0]),
            row("login form, no logins", &quiet[1]),
            row("login form, 200 logins waiting", &flooded[1]),
        ])
    }
}

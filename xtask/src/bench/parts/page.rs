//! A page of demo-service for somebody who is logged in, and for nobody.

use crate::bench::bed::{Bed, Lengths};
use crate::bench::client;
use crate::bench::instance::{Instance, Served, ms};
use crate::bench::part::{Measure, Part};
use crate::bench::site::Site;
use crate::bench::table::Row;
use crate::bench::wrk;
use crate::error::{Error, Result};

pub const PART: Part = Part {
    name: "page",
    title: "A page of a service",
    text: "`GET /` of demo-service: without a cookie, where it invites to log in, and with a valid access \
           token, where it greets its reader by name. Between the two lie the verification and the menu \
           with the name. `GET /private` lets nobody else in. The ratio is that of the rates in the same \
           round.",
    headings: &[
        "",
        "a second",
        "p99 (ms)",
        "for each processor second of the service",
        "× without a login",
        "wrk's share of the processors (%)",
    ],
    make,
};

struct Page {
    demo: Instance,
    cookie: String,
    // Dropped last: the demo fetches its keys.
    _auth: Instance,
}

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    // The token must outlive all rounds.
    let site = Site::sqlite(bed, "page")?.with("BCRYPT_COST", "10").with("ACCESS_TOKEN_LIFETIME", "1h");
    let auth = site.start()?;
    site.make_people(1)?;
    let tokens = client::log_in(&auth.target(), &client::email(0))?;
    let tokens = tokens.ok_or_else(|| Error::new("the service is too busy for a login"))?;
    let cookie = format!("Cookie: __Secure-sso_access={}", tokens.access);
    Ok(Box::new(Page { demo: site.start_demo(&auth)?, cookie, _auth: auth }))
}

impl Measure for Page {
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>> {
        let cookie = std::slice::from_ref(&self.cookie);
        let get = |path, headers| self.demo.serve(|target| wrk::get(target, path, headers, lengths.load));
        let without = get("/", &[])?;
        let with = get("/", cookie)?;
        let private = get("/private", cookie)?;
        let row = |name, served: &Served| {
            let load = &served.load;
            let ratio = load.rate / without.load.rate;
            let share = served.generator_share();
            Row::new(name, [load.rate, ms(load.p99), served.per_processor_second(), ratio, share])
        };
        Ok(vec![
            row("the open page, nobody logged in", &without),
            row("the open page, logged in", &with),
            row("the private page", &private),
        ])
    }
}

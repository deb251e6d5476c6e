//! Logins against what the processors can hash.

use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::bench::bed::{Bed, Lengths};
use crate::bench::instance::Instance;
use crate::bench::login_load::LoginLoad;
use crate::bench::part::{Measure, Part};
use crate::bench::site::Site;
use crate::bench::table::Row;
use crate::error::{Context, Result};
use crate::process;

pub const PART: Part = Part {
    name: "logins",
    title: "Logins",
    text: "`POST /api/token/` with the right password, at the default cost of bcrypt, with more people \
           waiting than there are processors. The limit is the same bcrypt on the same processors and \
           nothing else. The ratio is that of the same round.",
    headings: &["", "a second", "× bcrypt alone", "of the processors (%)"],
    make,
};

/// The default of `BCRYPT_COST`.
const COST: &str = "12";
const PEOPLE: usize = 4;
/// How many wait at a time: enough that no thread is ever without work.
const WAITING: usize = 12;
/// How long it takes until every thread has work.
const LEAD_IN: Duration = Duration::from_millis(500);

struct Logins {
    instance: Instance,
    raw_bcrypt: PathBuf,
}

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    let site = Site::sqlite(bed, "logins")?.with("BCRYPT_COST", COST).with("TRUSTED_PROXIES", "127.0.0.1");
    let instance = site.start()?;
    site.make_people(PEOPLE)?;
    Ok(Box::new(Logins { instance, raw_bcrypt: bed.raw_bcrypt.clone() }))
}

impl Measure for Logins {
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let mut raw = Command::new(&self.raw_bcrypt);
        raw.args([COST, &cores.to_string(), &lengths.logins.as_secs().to_string()]);
        let raw: f64 = process::read(&mut raw)?.parse().with_context(|| "read a rate".into())?;

        let load = LoginLoad::start(&self.instance.target(), PEOPLE, WAITING);
        thread::sleep(LEAD_IN);
        let (rate, used) = self.instance.processor_time(|_| load.rate_over(lengths.logins))?;
        load.stop()?;
        let share = 100.0 * used.as_secs_f64() / (lengths.logins.as_secs_f64() * cores as f64);
        Ok(vec![
            Row::partial("bcrypt alone", [Some(raw), Some(1.0)]),
            Row::new("logins", [rate, rate / raw, share]),
        ])
    }
}

//! The load generator alone: what it reaches where the answer costs nothing.

use std::fs;
use std::path::PathBuf;

use crate::bench::bed::{Bed, Lengths};
use crate::bench::fixed_answer::FixedAnswer;
use crate::bench::part::{Measure, Part};
use crate::bench::table::Row;
use crate::bench::wrk::{self, CONNECTIONS, Load};
use crate::error::{Context, Result};

pub const PART: Part = Part {
    name: "generator",
    title: "The load generator",
    text: "[wrk](https://github.com/wg/wrk) against a server that reads a request and sends the same bytes \
           each time, with the scripts and connections of the parts above. A rate above that stays far \
           below these is not limited by wrk. But wrk has its share of the processors, which the service \
           does not get: the tables say how large that was, and what the service does with each second of \
           its own.",
    headings: &["", "a second", "p99 (ms)"],
    make,
};

struct Generator {
    server: FixedAnswer,
    tokens: PathBuf,
}

/// As long as an answer to a renewal.
fn answer() -> String {
    let token = format!("v1.{}.1.{}", "i".repeat(22), "c".repeat(43));
    let body = format!(r#"{{"access":"{}","refresh":"{token}"}}"#, "a".repeat(900));
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    let tokens = bed.folder.path().join("generator-tokens");
    fs::write(&tokens, "v1.first\n".repeat(CONNECTIONS)).with_context(|| "write tokens".into())?;
    Ok(Box::new(Generator { server: FixedAnswer::start(answer())?, tokens }))
}

impl Measure for Generator {
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>> {
        let target = self.server.target();
        let renewals = wrk::renew(&target, &self.tokens, lengths.load)?;
        let pages = wrk::get(&target, "/", &[], lengths.load)?;
        let row = |name, load: &Load| Row::new(name, [load.rate, load.p99.as_secs_f64() * 1e3]);
        Ok(vec![row("as renewals", &renewals), row("as pages", &pages)])
    }
}

//! The verification of a token, by the benchmark of shared-claims.

use crate::bench::bed::{Bed, Lengths};
use crate::bench::part::{Measure, Part};
use crate::bench::table::Row;
use crate::error::{Error, Result};
use crate::process;
use crate::project::{self, cargo};

pub const PART: Part = Part {
    name: "verification",
    title: "Verification of a token",
    text: "What a service does with the cookie of each request, in microseconds of processor time, by \
           criterion (`shared-claims/bench`). The limit is the bare signature, by the library that is \
           underneath. A token that was seen before is found by its SHA-256, and all that can change is \
           checked again.",
    headings: &["ES256", "µs", "× the bare signature"],
    make,
};

struct Verification;

fn make(_: &Bed) -> Result<Box<dyn Measure>> {
    process::run(benchmark().arg("--no-run"))?;
    Ok(Box::new(Verification))
}

impl Measure for Verification {
    fn round(&mut self, lengths: &Lengths) -> Result<Vec<Row>> {
        let seconds = lengths.load.as_secs_f64() / 3.0;
        let mut command = benchmark();
        command.args(["--", "ES256", "--warm-up-time", "0.3", "--measurement-time", &seconds.to_string()]);
        parse(&process::read(&mut command)?)
    }
}

fn benchmark() -> std::process::Command {
    let mut command = cargo(["bench", "--quiet"]);
    command.current_dir(project::root().join("shared-claims/bench"));
    command
}

/// Reads the table that the benchmark prints last.
fn parse(output: &str) -> Result<Vec<Row>> {
    let table = output.lines().skip_while(|line| !is_heading(line)).skip(1);
    let rows: Vec<Row> = table.map_while(row).collect();
    match rows.is_empty() {
        false => Ok(rows),
        true => Err(Error::new(format!("the benchmark of verification printed no table:\n{output}"))),
    }
}

fn is_heading(line: &str) -> bool {
    line.starts_with("ES256") && line.ends_with("ratio")
}

/// A name, microseconds and a ratio.
fn row(line: &str) -> Option<Row> {
    let (rest, ratio) = line.trim_end().rsplit_once(' ')?;
    let (name, micros) = rest.trim_end().rsplit_once(' ')?;
    Some(Row::new(name.trim(), [micros.parse().ok()?, ratio.parse().ok()?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_found_below_what_criterion_prints() {
        let output = "ES256: a token of 899 bytes\n\
                      ES256/verifier          time:   [35.1 µs 35.3 µs 35.6 µs]\n\n\
                      ES256                                  µs   ratio\n\
                      signature, aws-lc-rs                33.50   1.000\n\
                      header, seen before                  0.98   0.029\n";
        assert_eq!(
            parse(output).unwrap(),
            [Row::new("signature, aws-lc-rs", [33.5, 1.0]), Row::new("header, seen before", [0.98, 0.029])]
        );
        assert!(parse("error: could not compile").is_err());
    }
}

//! `cargo xtask ci`: all that must hold before a change is taken.

use std::time::{Duration, Instant};

use clap::Parser;

use crate::error::{Outcome, Stop};
use crate::project::{cargo, run_cargo};
use crate::{copy, deletion, e2e, library, postgres};

type Step = (&'static str, fn() -> Outcome);

const STEPS: [Step; 16] = [
    // The README's own command comes first: it is what a newcomer types.
    // A snapshot that differs is a failure here, and no file to look at.
    ("tests on SQLite", || run_cargo(cargo(["test"]).env("INSTA_UPDATE", "no"))),
    ("formatting", || run_cargo(&mut cargo(["fmt", "--all", "--check"]))),
    ("clippy", || run_cargo(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))),
    ("clippy with PostgreSQL", || {
        let words = [
            "clippy",
            "-p",
            "auth-service",
            "--all-targets",
            "--features",
            "postgres",
            "--",
            "-D",
            "warnings",
        ];
        run_cargo(&mut cargo(words))
    }),
    ("documentation", || {
        run_cargo(cargo(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
    }),
    ("shared-claims with each set of features", library::check_features),
    ("shared-claims with the lowest Rust", library::check_lowest_rust),
    ("shared-claims as a package", library::check_package),
    ("a feature, deleted from a copy", deletion::deletion_test),
    ("tests on PostgreSQL", || postgres::test(&[])),
    ("rotation and races at length, on PostgreSQL", || postgres::test_at_length(&LONG_RUNS)),
    ("demo-service, copied as its README says", copy::copy_test),
    ("the browser suite in Chromium", || browser("chromium")),
    ("the browser suite in Firefox", || browser("firefox")),
    ("our tokens in other languages", e2e::interop),
    ("the API, fuzzed from its description", e2e::api_fuzz),
];

/// The tests that run longer where that is asked for: a minute of rotation, two hundred races over three instances.
const LONG_RUNS: [&str; 5] = ["--test", "it", "--", "rotation_load", "three_instances"];

/// Runs every step; the first failure ends it.
pub fn ci() -> Outcome {
    let start = Instant::now();
    let mut times = Vec::new();
    for (index, (name, step)) in STEPS.iter().enumerate() {
        println!("\n=== {} of {}: {name} ===", index + 1, STEPS.len());
        let began = Instant::now();
        step().map_err(|stop| match stop {
            Stop::Failed(cause) => Stop::because(format!("step {} ({name}) failed: {cause}", index + 1)),
            Stop::Interrupted => Stop::Interrupted,
        })?;
        println!("=== {name}: passed in {} ===", spoken(began.elapsed()));
        times.push((name, began.elapsed()));
    }
    println!();
    for (name, time) in times {
        println!("  {:>12}  {name}", spoken(time));
    }
    println!("All {} steps passed in {}.", STEPS.len(), spoken(start.elapsed()));
    Ok(())
}

fn browser(name: &str) -> Outcome {
    #[derive(Parser)]
    struct Words {
        #[command(flatten)]
        options: e2e::Options,
    }
    e2e::e2e(&Words::parse_from(["e2e", "--browser", name]).options)
}

fn spoken(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_like_speech() {
        assert_eq!(spoken(Duration::from_millis(1_540)), "1.5 s");
        assert_eq!(spoken(Duration::from_secs(60)), "1 min 0 s");
        assert_eq!(spoken(Duration::from_secs(754)), "12 min 34 s");
    }
}

//! CI (`cargo xtask ci`): everything that must pass before a change is merged.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::project::{self, cargo, run_cargo};
use crate::{copy, deletion, e2e, library, postgres, side_by_side};

type Step = (&'static str, fn() -> Result);

const STEPS: [Step; 16] = [
    // The README's own command comes first: newcomers run it. A snapshot that differs is a failure
    // here, and writes no file to review.
    ("tests on SQLite", || run_cargo(cargo(["test"]).env("INSTA_UPDATE", "no"))),
    ("formatting", || run_cargo(&mut cargo(["fmt", "--all", "--check"]))),
    ("clippy", || run_cargo(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))),
    ("clippy with PostgreSQL", || {
        let arguments = [
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
        run_cargo(&mut cargo(arguments))
    }),
    ("documentation", || {
        run_cargo(cargo(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
    }),
    ("shared-claims with each set of features", library::check_features),
    ("shared-claims with the lowest Rust", library::check_lowest_rust),
    ("shared-claims as a package", library::check_package),
    ("a feature, deleted from a copy", deletion::deletion_test),
    ("tests on PostgreSQL", || postgres::test(&[])),
    ("tests at length, on SQLite", || {
        // Built like the first step. Tests that take minutes run once, on PostgreSQL.
        let arguments = ["test", "--test", "it", "--", "--nocapture", "--skip", "three_instances"];
        let mut command = cargo(arguments);
        command.args(LONG_RUNS).env("LONG_RUNS", "1");
        run_cargo(project::test_one_per_core(&mut command))
    }),
    ("tests at length, on PostgreSQL", || {
        postgres::test_at_length(&[&["--test", "it", "--"][..], &LONG_RUNS].concat())
    }),
    ("demo-service, copied as its README says", copy::copy_test),
    ("the browser suite in Chromium and in Firefox", browsers),
    ("our tokens in other languages", e2e::interop),
    ("the API, fuzzed from its description", e2e::api_fuzz),
];

/// The tests that run longer on request: all rounds of all races, every wrong password, and those
/// that take seconds of all processors.
const LONG_RUNS: [&str; 8] = [
    "--include-ignored",
    "rotation::",
    "rotation_load::",
    "renewal_races::",
    "guesses::",
    "django_hashes::",
    "killed::",
    "a_view_without_an_end",
];

/// Runs every step. The first failure ends it.
pub fn ci() -> Result {
    let start = Instant::now();
    let mut times = Vec::new();
    for (index, (name, step)) in STEPS.iter().enumerate() {
        println!("\n=== {} of {}: {name} ===", index + 1, STEPS.len());
        let began = Instant::now();
        step().map_err(|stop| match stop {
            Error::Failed(cause) => Error::new(format!("step {} ({name}) failed: {cause}", index + 1)),
            Error::Interrupted => Error::Interrupted,
        })?;
        println!("=== {name}: passed in {} ===", format_duration(began.elapsed()));
        times.push((name, began.elapsed()));
    }
    println!();
    for (name, time) in times {
        println!("  {:>12}  {name}", format_duration(time));
    }
    println!("All {} steps passed in {}.", STEPS.len(), format_duration(start.elapsed()));
    Ok(())
}

/// Runs both at the same time: neither keeps a core busy, and each has its own services.
fn browsers() -> Result {
    // Done before, because both would install and build the same.
    e2e::suite()?;
    project::build_services()?;
    let suite = |name: &'static str| {
        (name, cargo(["run", "--quiet", "--package", "xtask", "--", "e2e", "--browser", name]))
    };
    side_by_side::run(vec![suite("chromium"), suite("firefox")])
}

fn format_duration(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths of the tests of auth-service that only a run at length includes.
    fn long_tests() -> Vec<String> {
        let folder = project::root().join("auth-service/tests/it");
        let mut paths = Vec::new();
        for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let (module, text) = (file.file_stem().unwrap(), std::fs::read_to_string(&file).unwrap());
            let after = text.split("#[ignore = \"long").skip(1);
            let names = after.map(|rest| rest.split("fn ").nth(1).unwrap().split('(').next().unwrap());
            paths.extend(names.map(|name| format!("{}::{name}", module.display())));
        }
        paths
    }

    #[test]
    fn no_long_test_is_left_out_by_ci() {
        let tests = long_tests();
        assert!(tests.len() > 3, "{tests:?}");
        for test in tests {
            assert!(LONG_RUNS.iter().any(|filter| test.contains(filter)), "{test} is not in LONG_RUNS");
        }
    }

    #[test]
    fn a_time_reads_like_speech() {
        assert_eq!(format_duration(Duration::from_millis(1_540)), "1.5 s");
        assert_eq!(format_duration(Duration::from_secs(60)), "1 min 0 s");
        assert_eq!(format_duration(Duration::from_secs(754)), "12 min 34 s");
    }
}

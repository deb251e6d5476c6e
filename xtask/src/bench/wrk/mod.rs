//! The load generator: wrk, with scripts that keep the tokens of renewals and report as JSON.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use super::usage;
use crate::error::{Context, Error, Result};
use crate::process;

/// The part of each script that reports.
const REPORT: &str = include_str!("report.lua");
const RENEW: &str = include_str!("renew.lua");

/// Connections, which is also how many requests are in progress at a time.
pub const CONNECTIONS: usize = 16;

/// What browsers send: it is stored with each session and each audit event.
pub const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/142.0.0.0 Safari/537.36";

/// What wrk measured.
#[derive(Debug, PartialEq)]
pub struct Load {
    /// Answers a second.
    pub rate: f64,
    pub p50: Duration,
    pub p99: Duration,
    pub requests: u64,
    pub seconds: f64,
    /// The processor time of wrk itself.
    pub generator: Duration,
}

/// The line of `report.lua`.
#[derive(Deserialize)]
struct Report {
    requests: u64,
    seconds: f64,
    p50_us: f64,
    p99_us: f64,
    failed: u64,
}

/// A target: its port, and the value of the header `Host`.
pub struct Target<'a> {
    pub port: u16,
    pub host: &'a str,
}

/// Gets one address again and again, with these further headers.
pub fn get(target: &Target, path: &str, headers: &[String], time: Duration) -> Result<Load> {
    let script = script("get", "")?;
    let mut command = command(target, path, 2, time, &script);
    for header in headers {
        command.args(["-H", header]);
    }
    run(&mut command)
}

/// Renews the sessions of the tokens in `file`, which holds their successors afterwards.
pub fn renew(target: &Target, file: &Path, time: Duration) -> Result<Load> {
    let script = script("renew", RENEW)?;
    let mut command = command(target, "/", CONNECTIONS, time, &script);
    command.arg("--").arg(file).arg(CONNECTIONS.to_string());
    run(&mut command)
}

/// Writes a script into a file that wrk can read.
fn script(name: &str, text: &str) -> Result<tempfile::NamedTempFile> {
    let file = tempfile::Builder::new().prefix(name).suffix(".lua").tempfile();
    let file = file.with_context(|| "make a script for wrk".into())?;
    fs::write(file.path(), [REPORT, text].join("\n")).with_context(|| "write a script for wrk".into())?;
    Ok(file)
}

fn command(
    target: &Target,
    path: &str,
    threads: usize,
    time: Duration,
    script: &tempfile::NamedTempFile,
) -> Command {
    let script: PathBuf = script.path().to_owned();
    let mut command = Command::new("wrk");
    command
        .arg(format!("-t{threads}"))
        .arg(format!("-c{CONNECTIONS}"))
        .arg(format!("-d{}s", time.as_secs()))
        // A late answer belongs into the figures. By default wrk counts it as lost after 2 seconds.
        .args(["--timeout", "20s"])
        .arg("-s")
        .arg(script)
        .args(["-H", &format!("Host: {}", target.host)])
        .args(["-H", &format!("User-Agent: {USER_AGENT}")])
        .arg(format!("http://127.0.0.1:{}{path}", target.port));
    command
}

/// Runs wrk. A request that failed fails the measurement: a refusal is quicker than an answer.
fn run(command: &mut Command) -> Result<Load> {
    let before = usage::of_ended_children()?;
    let output = process::read(command)?;
    let generator = usage::of_ended_children()?.saturating_sub(before);
    let report = parse(&output)?;
    if report.failed > 0 {
        return Err(Error::new(format!(
            "{} of {} requests failed:\n{output}",
            report.failed, report.requests
        )));
    }
    Ok(Load {
        rate: report.requests as f64 / report.seconds,
        p50: Duration::from_secs_f64(report.p50_us / 1e6),
        p99: Duration::from_secs_f64(report.p99_us / 1e6),
        requests: report.requests,
        seconds: report.seconds,
        generator,
    })
}

fn parse(output: &str) -> Result<Report> {
    let line = output.lines().find_map(|line| line.strip_prefix("bench "));
    let line = line.ok_or_else(|| Error::new(format!("wrk did not report:\n{output}")))?;
    serde_json::from_str(line).with_context(|| format!("read the report of wrk ({line})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "Running 3s test @ http://127.0.0.1:23000
  16 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.21ms  801.00us  22.11ms   94.12%
Requests/sec:  13210.32
bench {\"requests\":39642,\"seconds\":3.000842,\"p50_us\":1102,\"p99_us\":4210,\"max_us\":22110,\"failed\":0}";

    #[test]
    fn the_report_is_found_behind_what_wrk_prints_itself() {
        let report = parse(OUTPUT).unwrap();
        assert_eq!((report.requests, report.failed), (39_642, 0));
        assert_eq!((report.p50_us, report.p99_us), (1_102.0, 4_210.0));
    }

    #[test]
    fn output_without_a_report_is_shown() {
        let Err(Error::Failed(sentence)) = parse("unable to connect to 127.0.0.1:1") else { panic!() };
        assert!(sentence.contains("unable to connect"), "{sentence}");
    }
}

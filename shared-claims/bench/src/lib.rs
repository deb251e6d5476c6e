//! Benchmark support: processor time, and a table of medians.

use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::Criterion;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use rustix::time::{ClockId, clock_gettime};

/// Processor time of the thread, not wall time: a busy machine disturbs less.
pub struct ProcessorTime;

impl Measurement for ProcessorTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::try_from(time).expect("a thread's time is not negative")
    }

    fn end(&self, start: Duration) -> Duration {
        self.start() - start
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// Benchmarks whose medians can be summed up in one table afterwards.
pub struct Table {
    criterion: Criterion<ProcessorTime>,
    output: PathBuf,
    rows: Vec<(String, String)>,
}

impl Table {
    /// `output` is where criterion writes to.
    pub fn new(criterion: Criterion<ProcessorTime>, output: PathBuf) -> Self {
        Self { criterion: criterion.output_directory(&output), output, rows: Vec::new() }
    }

    /// Measures something. The first of a group is what the others are compared with.
    pub fn row<T>(&mut self, group: &str, name: &str, mut work: impl FnMut() -> T) {
        // Removes the figures of an earlier run, in case the filter skips this row.
        let _ = std::fs::remove_file(self.estimates(group, name));
        let mut benchmarks = self.criterion.benchmark_group(group);
        benchmarks.bench_function(name, |bencher| bencher.iter(&mut work));
        benchmarks.finish();
        self.rows.push((group.to_owned(), name.to_owned()));
    }

    /// Prints criterion's medians in microseconds, each also divided by the first of its group.
    pub fn print(&self) {
        let mut first = ("", f64::NAN);
        for (group, name) in &self.rows {
            let Some(median) = median(&self.estimates(group, name)) else { continue };
            if first.0 != group {
                first = (group, median);
                println!("\n{group:32} {:>8} {:>7}", "µs", "ratio");
            }
            println!("{name:32} {:8.2} {:7.3}", median / 1e3, median / first.1);
        }
    }

    fn estimates(&self, group: &str, name: &str) -> PathBuf {
        self.output.join(group).join(name).join("new/estimates.json")
    }
}

fn median(file: &Path) -> Option<f64> {
    let text = std::fs::read(file).ok()?;
    serde_json::from_slice::<serde_json::Value>(&text).ok()?["median"]["point_estimate"].as_f64()
}

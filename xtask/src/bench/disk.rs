//! The disk's own limit: commits of one thread, each flushed before the next.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use super::stats::Sample;
use crate::error::{Context, Result};

/// One page of a database.
const BLOCK: [u8; 4096] = [7; 4096];

/// What one thread gets from the disk.
pub struct Flushes {
    pub rate: f64,
    /// In milliseconds.
    pub p50: f64,
    pub p99: f64,
}

/// Appends a page and flushes it, again and again.
pub fn flushes(folder: &Path, time: Duration) -> Result<Flushes> {
    let mut file = tempfile_in(folder)?;
    let start = Instant::now();
    let mut times = Vec::new();
    while start.elapsed() < time {
        let began = Instant::now();
        file.write_all(&BLOCK).and_then(|()| file.sync_data()).with_context(|| "write to the disk".into())?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let rate = times.len() as f64 / start.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let p99 = times[(times.len() * 99).div_ceil(100) - 1];
    Ok(Flushes { rate, p50: times.into_iter().collect::<Sample>().median().unwrap_or_default(), p99 })
}

fn tempfile_in(folder: &Path) -> Result<File> {
    tempfile::tempfile_in(folder).with_context(|| "make a file".into())
}

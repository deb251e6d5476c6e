//! Size of the programs.

use std::fs;
use std::path::PathBuf;

use crate::bench::bed::{Bed, Lengths};
use crate::bench::part::{Measure, Part};
use crate::bench::table::Row;
use crate::error::{Context, Result};

pub const PART: Part = Part {
    name: "size",
    title: "Size of the programs",
    text: "As a release has them, without symbols: pages, texts, migrations and SQLite are inside. \
           auth-service speaks to both databases.",
    headings: &["", "MiB"],
    make,
};

struct Size([(&'static str, PathBuf); 2]);

fn make(bed: &Bed) -> Result<Box<dyn Measure>> {
    let binaries = bed.binaries.clone();
    Ok(Box::new(Size([("auth-service", binaries.auth), ("demo-service", binaries.demo)])))
}

impl Measure for Size {
    fn round(&mut self, _: &Lengths) -> Result<Vec<Row>> {
        let row = |(name, path): &(&str, PathBuf)| {
            let size = fs::metadata(path).with_context(|| "measure a program".into())?.len();
            Ok(Row::new(*name, [size as f64 / 1024.0 / 1024.0]))
        };
        self.0.iter().map(row).collect()
    }
}

//! What processes use of the machine, as Linux tells in `/proc`.

use std::fs;
use std::time::Duration;

use crate::error::{Context, Error, Result};

/// The processor time of a running process with all its threads.
pub fn processor_time(process: u32) -> Result<Duration> {
    let stat = read(&format!("/proc/{process}/stat"))?;
    // Fields 14 and 15: in the program and in the kernel.
    ticks(&stat, [14, 15])
}

/// The processor time of our children that have ended.
pub fn of_ended_children() -> Result<Duration> {
    ticks(&read("/proc/self/stat")?, [16, 17])
}

/// The memory of a process in MiB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Memory {
    /// All that is mapped and present, its program too.
    pub resident: f64,
    /// The same, with its share of what others map too.
    pub proportional: f64,
    /// What comes from no file: heaps and stacks.
    pub anonymous: f64,
}

pub fn memory(process: u32) -> Result<Memory> {
    let rollup = read(&format!("/proc/{process}/smaps_rollup"))?;
    let mib = |name| Ok::<_, Error>(field(&rollup, name)? / 1024.0);
    Ok(Memory { resident: mib("Rss")?, proportional: mib("Pss")?, anonymous: mib("Anonymous")? })
}

/// How many bytes a process has had written to disks so far.
pub fn bytes_written(process: u32) -> Result<f64> {
    field(&read(&format!("/proc/{process}/io"))?, "write_bytes")
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("read {path}"))
}

/// The sum of two fields of `/proc/<pid>/stat`, counted from 1 as its manual does.
fn ticks(stat: &str, fields: [usize; 2]) -> Result<Duration> {
    // The name, in parentheses, may hold spaces and parentheses.
    let after_name = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let values: Vec<&str> = after_name.split_whitespace().collect();
    let value = |field: usize| values.get(field - 3).and_then(|text| text.parse::<u64>().ok());
    match fields.map(value) {
        [Some(one), Some(other)] => {
            let a_second = rustix::param::clock_ticks_per_second();
            Ok(Duration::from_secs_f64((one + other) as f64 / a_second as f64))
        }
        _ => Err(Error::new(format!("cannot read the processor time in: {stat}"))),
    }
}

/// The number of a line `Name:   123 kB`.
fn field(text: &str, name: &str) -> Result<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| Error::new(format!("the kernel does not tell {name} of a process")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processs_name_may_hold_spaces_and_parentheses() {
        let stat = "77 (a (b) c) S 1 77 77 0 -1 4194304 5 6 7 8 300 200 40 60 20 0 1 0 99";
        let a_second = rustix::param::clock_ticks_per_second() as f64;
        assert_eq!(ticks(stat, [14, 15]).unwrap(), Duration::from_secs_f64(500.0 / a_second));
        assert_eq!(ticks(stat, [16, 17]).unwrap(), Duration::from_secs_f64(100.0 / a_second));
        assert!(ticks("nonsense", [14, 15]).is_err());
    }

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let rollup = "Pss_Dirty:  7 kB\nRss:             22528 kB\nPss:              9216 kB\n";
        assert_eq!(field(rollup, "Pss").unwrap(), 9_216.0);
        assert_eq!(field(rollup, "Rss").unwrap(), 22_528.0);
        assert!(field(rollup, "Swap").is_err());
    }

    #[test]
    fn this_process_uses_memory() {
        let memory = memory(std::process::id()).unwrap();
        assert!(memory.resident >= memory.proportional && memory.proportional > 0.0, "{memory:?}");
    }
}

//! The machine that is measured, in words: nothing that names it or says where things lie on it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::thread;

use crate::error::Result;
use crate::{postgres, process, project};

/// A Markdown list.
pub fn describe(folder: &Path) -> Result<String> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (processors, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let load = read("/proc/loadavg");
    let version = |program: &str| process::read(Command::new(program).arg("-V"));
    let revision = process::read(Command::new("git").current_dir(project::root()).args([
        "describe",
        "--always",
        "--dirty",
        "--abbrev=10",
    ]));
    let lines = [
        (
            "processors",
            format!("{cores}, {}", after(&processors, "model name").unwrap_or("of an unknown kind")),
        ),
        ("memory", format!("{:.0} GiB", kib(&memory, "MemTotal") / 1024.0 / 1024.0)),
        ("disk", disk(folder)),
        (
            "kernel",
            format!("Linux {}", read("/proc/sys/kernel/osrelease").split('-').next().unwrap_or_default()),
        ),
        ("load of the last minute when it began", load.split(' ').next().unwrap_or("unknown").to_owned()),
        ("revision", revision.unwrap_or_else(|_| "unknown".into())),
        ("compiler", version("rustc")?),
        ("PostgreSQL", short_version(&postgres::version_text()?)),
        ("wrk", wrk_version()),
    ];
    Ok(lines.map(|(what, value)| format!("- {what}: {value}\n")).concat())
}

/// The value of a line `name : value`.
fn after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find(|line| line.starts_with(name))?.split_once(':').map(|(_, value)| value.trim())
}

fn kib(text: &str, name: &str) -> f64 {
    let number = after(text, name).and_then(|value| value.split(' ').next()?.parse().ok());
    number.unwrap_or_default()
}

/// The file system and the kind of disk under a folder.
fn disk(folder: &Path) -> String {
    let Ok(device) = fs::metadata(folder).map(|data| data.dev()) else { return "unknown".into() };
    let (major, minor) = (major_of(device), minor_of(device));
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let file_system = file_system(&mounts, &format!("{major}:{minor}")).unwrap_or("an unknown file system");
    let block = format!("/sys/dev/block/{major}:{minor}");
    let name = fs::read_link(&block).unwrap_or_default();
    let name = name.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let rotates = ["queue/rotational", "../queue/rotational"]
        .iter()
        .find_map(|path| fs::read_to_string(Path::new(&block).join(path)).ok());
    format!("{file_system} on {}", kind_of_disk(&name, rotates.as_deref().map(str::trim)))
}

/// The number of the device's driver, as `makedev` puts it together.
fn major_of(device: u64) -> u64 {
    (device >> 8) & 0xfff
}

fn minor_of(device: u64) -> u64 {
    (device & 0xff) | ((device >> 12) & 0xffff_ff00)
}

/// The type of the mounted file system on a device.
fn file_system<'a>(mounts: &'a str, device: &str) -> Option<&'a str> {
    let line = mounts.lines().find(|line| line.split(' ').nth(2) == Some(device))?;
    line.split_once(" - ")?.1.split(' ').next()
}

fn kind_of_disk(name: &str, rotates: Option<&str>) -> &'static str {
    match (name, rotates) {
        (name, _) if name.starts_with("vd") || name.starts_with("xvd") => "a virtual disk",
        (name, _) if name.starts_with("nvme") => "an NVMe disk",
        (_, Some("0")) => "a solid-state disk",
        (_, Some(_)) => "a rotating disk",
        _ => "no disk of its own (memory, or a network)",
    }
}

/// `postgres (PostgreSQL) 15.14 (Debian …)` without what stands in parentheses.
fn short_version(text: &str) -> String {
    let number = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    number.unwrap_or(text).to_owned()
}

fn wrk_version() -> String {
    // It ends with a failure after the version.
    let output = Command::new("wrk").arg("-v").output().map(|output| output.stdout).unwrap_or_default();
    let output = String::from_utf8_lossy(&output);
    output.split_whitespace().nth(1).unwrap_or("unknown").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_is_described_without_its_name_and_without_paths() {
        let folder = tempfile::tempdir().unwrap();
        let text = disk(folder.path());
        assert!(!text.contains('/'), "{text}");
        let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        assert!(!text.contains(name.trim()), "{text}");
    }

    #[test]
    fn a_file_system_is_found_by_its_device() {
        let mounts = "22 27 0:21 / /proc rw,relatime - proc proc rw\n\
                      27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw";
        assert_eq!(file_system(mounts, "254:1"), Some("ext4"));
        assert_eq!(file_system(mounts, "8:1"), None);
        assert_eq!((major_of(0xfe01), minor_of(0xfe01)), (254, 1));
    }

    #[test]
    fn a_disk_is_told_by_its_driver_and_whether_it_rotates() {
        assert_eq!(kind_of_disk("vda1", Some("1")), "a virtual disk");
        assert_eq!(kind_of_disk("nvme0n1", Some("0")), "an NVMe disk");
        assert_eq!(kind_of_disk("sda", Some("0")), "a solid-state disk");
        assert_eq!(kind_of_disk("", None), "no disk of its own (memory, or a network)");
    }

    #[test]
    fn only_the_number_of_a_version_is_kept() {
        assert_eq!(short_version("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"), "15.14");
    }
}

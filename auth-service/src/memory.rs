//! The memory limit of this process, before the system ends it or the machine swaps.

use std::fs;
use std::path::{Path, PathBuf};

/// A memory limit, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Of the control group that we are in, or of one around it: systemd's `MemoryMax`, Docker's
    /// `--memory`.
    ControlGroup(u64),
    /// The whole machine, which others use too.
    Machine(u64),
}

const MIB: u64 = 1024 * 1024;

/// Memory for everything but hashing, with a few hundred connections open.
const RESERVE: u64 = 128 * MIB;

/// The assumption when no limit can be read.
const UNKNOWN_MACHINE: u64 = 512 * MIB;

impl Limit {
    /// The limit of this process.
    pub fn of_this_process() -> Self {
        let info = rustix::system::sysinfo();
        let machine = (info.totalram as u64).saturating_mul(u64::from(info.mem_unit));
        let machine = if machine == 0 { UNKNOWN_MACHINE } else { machine };
        Self::below(Path::new("/"), machine)
    }

    /// The same where the system's files are below `root`.
    fn below(root: &Path, machine: u64) -> Self {
        let groups = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
        let limit = groups.lines().filter_map(|line| limit_of_group(root, line)).min();
        // A group without a limit says so with a word, or with a number that no machine has.
        match limit.filter(|limit| *limit < machine) {
            Some(limit) => Self::ControlGroup(limit),
            None => Self::Machine(machine),
        }
    }

    /// How much of it may go into hashing: what is left when the rest of the service has its part.
    pub fn for_hashing(self) -> u64 {
        match self {
            Self::ControlGroup(limit) => {
                let rest = RESERVE.max(limit / 4).min(limit / 2);
                limit - rest
            }
            Self::Machine(machine) => machine / 2,
        }
    }
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ControlGroup(limit) => write!(f, "{} MiB, by the control group", limit / MIB),
            Self::Machine(machine) => write!(f, "{} MiB, the machine's", machine / MIB),
        }
    }
}

/// The least limit of a group and of those around it. `line` is one of `/proc/self/cgroup`:
/// `0::/a/b` for version 2, `4:memory:/a/b` for version 1.
fn limit_of_group(root: &Path, line: &str) -> Option<u64> {
    let (_, rest) = line.split_once(':')?;
    let (controllers, path) = rest.split_once(':')?;
    let (mount, files): (_, &[&str]) = match controllers {
        "" => ("sys/fs/cgroup", &["memory.max", "memory.high"]),
        names if names.split(',').any(|name| name == "memory") => {
            ("sys/fs/cgroup/memory", &["memory.limit_in_bytes"])
        }
        _ => return None,
    };
    let mount = root.join(mount);
    // In a container the path may be the host's, and only its root be there: that is met on the way
    // up.
    let mut folder = mount.join(path.trim_start_matches('/'));
    let mut limits = Vec::new();
    loop {
        limits.extend(files.iter().filter_map(|file| read(&folder.join(file))));
        if folder == mount || !folder.pop() {
            break;
        }
    }
    limits.into_iter().min()
}

/// A number of bytes; `max` is none.
fn read(file: &PathBuf) -> Option<u64> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1024 * MIB;

    /// A system with these files; the limit on a machine of 8 GiB.
    fn limit(files: &[(&str, &str)]) -> Limit {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Limit::below(root.path(), 8 * GIB)
    }

    /// W5
    #[test]
    fn the_limit_is_the_least_of_our_group_and_those_around_it() {
        let unit = ("proc/self/cgroup", "0::/system.slice/auth-service.service\n");
        let own = "sys/fs/cgroup/system.slice/auth-service.service/memory.max";
        assert_eq!(limit(&[unit, (own, "536870912\n")]), Limit::ControlGroup(512 * MIB));
        let slice = ("sys/fs/cgroup/system.slice/memory.max", "268435456\n");
        assert_eq!(limit(&[unit, (own, "536870912\n"), slice]), Limit::ControlGroup(256 * MIB));
        assert_eq!(limit(&[unit, (own, "max\n"), slice]), Limit::ControlGroup(256 * MIB));
        let high = ("sys/fs/cgroup/system.slice/auth-service.service/memory.high", "134217728\n");
        assert_eq!(limit(&[unit, (own, "536870912\n"), high]), Limit::ControlGroup(128 * MIB));
        assert_eq!(limit(&[unit, (own, "max\n")]), Limit::Machine(8 * GIB));
    }

    /// W5
    #[test]
    fn the_first_version_of_control_groups_is_read_too() {
        let groups = (
            "proc/self/cgroup",
            "9:name=systemd:/\n4:memory:/docker/3f2a\n3:cpu,cpuacct:/docker/3f2a\n0::/\n",
        );
        // As seen on the host, and as seen inside, where the group's own folder is the root.
        for file in ["docker/3f2a/memory.limit_in_bytes", "memory.limit_in_bytes"] {
            let file = format!("sys/fs/cgroup/memory/{file}");
            assert_eq!(limit(&[groups, (&file, "268435456")]), Limit::ControlGroup(256 * MIB), "{file}");
        }
        let unlimited = ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
        assert_eq!(limit(&[groups, unlimited]), Limit::Machine(8 * GIB));
    }

    #[test]
    fn what_cannot_be_read_limits_nothing() {
        for groups in ["", "nonsense", "0::", "0::/../elsewhere", "x:memory", "\u{0}"] {
            assert_eq!(limit(&[("proc/self/cgroup", groups)]), Limit::Machine(8 * GIB), "{groups}");
        }
        assert_eq!(limit(&[]), Limit::Machine(8 * GIB));
    }

    /// W5
    #[test]
    fn the_rest_of_the_service_keeps_its_part() {
        for (limit, hashing) in [(256, 128), (512, 384), (64, 32), (4096, 3072)] {
            assert_eq!(Limit::ControlGroup(limit * MIB).for_hashing(), hashing * MIB);
        }
        assert_eq!(Limit::Machine(8 * GIB).for_hashing(), 4 * GIB);
        assert!(Limit::of_this_process().for_hashing() > 0);
    }
}

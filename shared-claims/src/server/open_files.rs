//! Limit of open files (`RLIMIT_NOFILE`) of the process.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit as far as we may, and says what it is then. Shells and containers often begin
/// with 1,024, which is from a time of `select`.
pub(super) fn raise() -> usize {
    let before = getrlimit(Resource::Nofile);
    let wanted = Rlimit { current: before.maximum, maximum: before.maximum };
    // Whoever may not do that goes on with what there is.
    let now = match setrlimit(Resource::Nofile, wanted) {
        Ok(()) => wanted.current,
        Err(_) => before.current,
    };
    // `None` is no limit at all.
    now.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

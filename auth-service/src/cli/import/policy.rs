//! The import policy: the operator's choices about existing accounts.

use clap::ValueEnum;

/// Which account wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Conflict {
    /// The account here stays as it is.
    Keep,
    /// The source wins.
    Take,
    /// The account that logged in last wins, or the one that joined last.
    Newest,
}

/// The operator's choices.
#[derive(Debug, Clone)]
pub(super) struct ImportPolicy {
    pub on_conflict: Conflict,
    pub trust_rights: bool,
    pub ignore_uuids: bool,
    /// A column besides the username and the primary key that holds the UUIDs.
    pub uuid_column: Option<String>,
    /// The operator named the column, so it has priority.
    pub is_column_named: bool,
}

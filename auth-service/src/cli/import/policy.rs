//! The import policy: the operator's choices about existing accounts.

use clap::ValueEnum;

/// Who wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Conflict {
    /// What is here stays.
    Keep,
    /// The source wins.
    Take,
    /// Whoever logged in last, or joined last, wins.
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

//! `auth-service migrate`

use crate::config::DatabaseFlags;
use crate::db::Database;

use super::{Failure, output};

/// `serve` does the same at its start; this is for deployments that want it apart.
pub(super) fn run(flags: &DatabaseFlags) -> Result<(), Failure> {
    let url = flags.parse()?;
    Database::connect(&url, 1)?.migrate()?;
    output::line(format_args!("{} is up to date.", url.masked()))
}

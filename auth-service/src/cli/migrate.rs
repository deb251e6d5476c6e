//! `auth-service migrate`: brings the schema up to date.

use crate::config::DatabaseFlags;

use super::{CliError, database, output};

/// `serve` does the same at its start; this is for deployments that want it apart.
pub(super) fn run(flags: &DatabaseFlags) -> Result<(), CliError> {
    let url = flags.parse()?;
    database::connect(&url)?.migrate()?;
    output::line(format_args!("{} is up to date.", url.masked()))
}

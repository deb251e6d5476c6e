//! `auth-service migrate`: brings the schema up to date.

use crate::config::DatabaseFlags;

use super::{CliError, database, output};

/// `serve` also migrates at startup; this is for deployments that migrate separately.
pub(super) fn run(flags: &DatabaseFlags) -> Result<(), CliError> {
    let url = flags.parse()?;
    database::connect(&url)?.migrate()?;
    output::line(format_args!("{} is up to date.", url.masked()))
}

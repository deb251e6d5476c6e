//! `auth-service users recovery-link`: makes a link for a new password.

use super::user_ref::UserSelector;
use super::{CliError, database, output};
use crate::config::AddressFlags;
use crate::db::Database;
use crate::password_reset::RecoveryLink;

/// Prints the link on a line of its own, and what it is to standard error, so that the output can
/// be piped.
pub(super) fn make(db: &Database, user: &UserSelector, address: &AddressFlags) -> Result<(), CliError> {
    let auth_url = address.parse()?;
    let (user, link) = db.run_blocking(|conn| {
        conn.write(|conn| {
            let user = user.find(conn)?;
            if !user.is_active {
                let problem = format!("{0} is inactive: auth-service users activate {0}", user.email);
                return Err(CliError::Failed(problem));
            }
            let operator = database::operator(conn)?;
            let link = RecoveryLink::make(conn, user.id, &auth_url, &operator)?;
            Ok((user, link))
        })
    })?;
    output::line(&link.url)?;
    eprintln!(
        "Sets a new password for {}, once, until {}. Give it to nobody else.",
        output::visible(user.email.as_str()),
        link.expires_at.format_utc()
    );
    Ok(())
}

//! `auth-service users set-staff | unset-staff | set-superuser | unset-superuser`: gives and takes
//! rights.

use crate::db::Database;
use crate::users::{Right, User};

use super::user_ref::UserSelector;
use super::{CliError, database, output};

/// Sessions go on: as with roles, the next token is made with what holds then.
pub(super) fn set(db: &Database, user: &UserSelector, right: Right, given: bool) -> Result<(), CliError> {
    let found = db.run_blocking(|conn| user.find(conn))?;
    let is_changed = db.run_blocking(|conn| {
        let operator = database::operator(conn)?;
        User::set_right(conn, found.id, (right, given), &operator).map_err(CliError::from)
    })?;
    let is = if given { "is" } else { "is not" };
    let since = match (is_changed, given) {
        (true, true) => "now",
        (true, false) => "any more",
        (false, _) => "anyway",
    };
    output::line(format_args!("{} {is} {right} {since}.", found.email))
}

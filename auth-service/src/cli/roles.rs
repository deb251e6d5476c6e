//! `auth-service users roles …`: adds and removes roles.

use clap::{Args, Subcommand};

use crate::db::Database;
use crate::users::{Role, Roles, TooManyRoles, User};

use super::user_ref::UserSelector;
use super::{CliError, database, output};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Give a person roles. Services see them in the next token.
    Add {
        /// An e-mail address or a UUID.
        user: UserSelector,
        /// One or more roles, such as `editor`.
        #[arg(required = true)]
        roles: Vec<Role>,
    },
    /// Remove roles from a person.
    Remove {
        /// An e-mail address or a UUID.
        user: UserSelector,
        /// One or more roles, such as `editor`.
        #[arg(required = true)]
        roles: Vec<Role>,
    },
}

/// Another command may change the same user's roles in the meantime. Then the change is repeated on
/// the new roles.
const MAX_ATTEMPTS: usize = 20;

pub(super) fn run(db: &Database, arguments: Arguments) -> Result<(), CliError> {
    match arguments.action {
        Action::Add { user, roles } => change(db, &user, |before| before.with(&roles)),
        Action::Remove { user, roles } => change(db, &user, |before| Ok(before.without(&roles))),
    }
}

fn change(
    db: &Database,
    user: &UserSelector,
    to: impl Fn(Roles) -> Result<Roles, TooManyRoles>,
) -> Result<(), CliError> {
    for _ in 0..MAX_ATTEMPTS {
        let found = db.run_blocking(|conn| user.find(conn))?;
        let roles = to(found.roles.clone()).map_err(|refused| CliError::Failed(refused.to_string()))?;
        let set = |conn: &mut _| {
            let operator = database::operator(conn)?;
            User::set_roles(conn, &found, &roles, &operator).map_err(CliError::from)
        };
        if db.run_blocking(set)? {
            return output::line(format_args!("{}: {}", found.email, format_roles(&roles)));
        }
    }
    Err(CliError::Failed("somebody else is changing these roles all the time; try again".to_owned()))
}

fn format_roles(roles: &Roles) -> String {
    if roles.is_empty() { "no roles".to_owned() } else { roles.iter().collect::<Vec<_>>().join(", ") }
}

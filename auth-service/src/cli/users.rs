//! `auth-service users …`: creates, lists and changes accounts.

use clap::{Args, Subcommand};

use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::clock::Clock;
use crate::config::{AddressFlags, DatabaseFlags, PasswordFlags};
use crate::db::{AnyConnection, Database};
use crate::passwords::NewPassword;
use crate::proofs::Proof;
use crate::sessions::{EndReason, Session};
use crate::users::{CreateUserError, Email, NewUser, PasswordHash, PersonName, Right, User};

use super::user_ref::{UserSelector, UserView, pages};
use super::{CliError, database, output, prompt, recovery_link, rights, roles};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    database: DatabaseFlags,
}

#[derive(Subcommand)]
enum Action {
    /// Create an account.
    Create {
        #[command(flatten)]
        account: NewAccount,
        /// Staff: may see the staff pages of services.
        #[arg(long)]
        staff: bool,
    },
    /// Create an account that is superuser and staff.
    CreateSuperuser(NewAccount),
    /// Set a new password and end all sessions of that user.
    SetPassword {
        /// An e-mail address or a UUID.
        user: UserSelector,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Print a link with which a person sets a new password: once, within an hour. Nothing ends
    /// until it is used.
    RecoveryLink {
        /// An e-mail address or a UUID.
        user: UserSelector,
        #[command(flatten)]
        address: AddressFlags,
    },
    /// Let a person log in again.
    Activate {
        /// An e-mail address or a UUID.
        user: UserSelector,
    },
    /// Stop a person from logging in, and end all their sessions.
    Deactivate {
        /// An e-mail address or a UUID.
        user: UserSelector,
    },
    /// Make a person staff: they may see the staff pages of services.
    SetStaff {
        /// An e-mail address or a UUID.
        user: UserSelector,
    },
    /// Make a person staff no longer. A superuser stays superuser.
    UnsetStaff {
        /// An e-mail address or a UUID.
        user: UserSelector,
    },
    /// Make a person superuser. That does not make them staff.
    SetSuperuser {
        /// An e-mail address or a UUID.
        user: UserSelector,
    },
    /// Make a person superuser no longer. Who is staff stays staff.
    UnsetSuperuser {
        /// An e-mail address or a UUID.
        user: UserSelector,
    },
    /// Give a person roles, or remove them.
    Roles(roles::Arguments),
    /// Print one account.
    Show {
        /// An e-mail address or a UUID.
        user: UserSelector,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Print all accounts, sorted by e-mail address.
    List {
        /// As JSON Lines: one object a line.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
struct NewAccount {
    /// The e-mail address to log in with.
    email: String,
    #[arg(long, default_value = "")]
    first_name: String,
    #[arg(long, default_value = "")]
    last_name: String,
    /// Print the new account as one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    password: PasswordSource,
}

#[derive(Args)]
struct PasswordSource {
    /// Read the password from standard input instead of asking.
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    rules: PasswordFlags,
}

pub(super) fn run(arguments: Arguments) -> Result<(), CliError> {
    let makes_the_first = matches!(arguments.action, Action::Create { .. } | Action::CreateSuperuser(_));
    let db = database::open(&arguments.database, makes_the_first)?;
    match arguments.action {
        Action::Create { account, staff: false } => create(&db, &account, &[]),
        Action::Create { account, staff: true } => create(&db, &account, &[Right::Staff]),
        Action::CreateSuperuser(account) => create(&db, &account, &[Right::Staff, Right::Superuser]),
        Action::SetPassword { user, password } => set_password(&db, &user, &password),
        Action::RecoveryLink { user, address } => recovery_link::make(&db, &user, &address),
        Action::Activate { user } => set_active(&db, &user, true),
        Action::Deactivate { user } => set_active(&db, &user, false),
        Action::SetStaff { user } => rights::set(&db, &user, Right::Staff, true),
        Action::UnsetStaff { user } => rights::set(&db, &user, Right::Staff, false),
        Action::SetSuperuser { user } => rights::set(&db, &user, Right::Superuser, true),
        Action::UnsetSuperuser { user } => rights::set(&db, &user, Right::Superuser, false),
        Action::Roles(arguments) => roles::run(&db, arguments),
        Action::Show { user, json } => {
            let user = db.run_blocking(|conn| user.find(conn))?;
            let printed = UserView::from(&user);
            if json {
                output::line(printed.json())
            } else {
                printed.lines().iter().try_for_each(output::line)
            }
        }
        Action::List { json } => list(&db, json),
    }
}

fn create(db: &Database, person: &NewAccount, rights: &[Right]) -> Result<(), CliError> {
    let email = Email::parse(&person.email)
        .map_err(|problem| CliError::Usage(format!("the e-mail address {problem}")))?;
    let first_name = name("--first-name", &person.first_name)?;
    let last_name = name("--last-name", &person.last_name)?;
    let taken = || CliError::Failed(format!("{email} already has an account"));
    // Check this before asking for the password, so that it is not typed in vain.
    if db.run_blocking(|conn| User::by_email(conn, &email).map_err(CliError::from))?.is_some() {
        return Err(taken());
    }
    let password_hash = hash(&person.password, Some(&email), &[&first_name, &last_name])?;
    let (is_staff, is_superuser) = (rights.contains(&Right::Staff), rights.contains(&Right::Superuser));
    let new = NewUser {
        email: email.clone(),
        first_name,
        last_name,
        password_hash,
        is_staff,
        is_superuser,
        language: None,
    };
    let user = db
        .run_blocking(|conn| User::register(conn, new, &RequestContext::operator(&Clock::system())))
        .map_err(|refused| match refused {
            CreateUserError::EmailTaken => taken(),
            CreateUserError::Database(error) => error.into(),
        })?;
    if person.json {
        return output::line(UserView::from(&user).json());
    }
    let kind = if is_superuser { "superuser " } else { "" };
    output::line(format_args!("Created {kind}{} ({}).", user.email, user.id))
}

fn set_password(db: &Database, user: &UserSelector, source: &PasswordSource) -> Result<(), CliError> {
    let found = db.run_blocking(|conn| user.find(conn))?;
    let names = [PersonName::parse(&found.first_name), PersonName::parse(&found.last_name)];
    let names: Vec<&PersonName> = names.iter().flatten().collect();
    let hash = hash(source, Some(&found.email), &names)?;
    let ended =
        end_sessions_after(db, &found, EndReason::PasswordChanged, EventKind::PasswordChanged, |conn| {
            let is_there = User::set_password(conn, found.id, &hash)?;
            let operator = database::operator(conn)?;
            Proof::close_all(conn, found.id, &operator)?;
            Ok(is_there)
        })?;
    output::line(format_args!("{} has a new password; {ended} session(s) ended.", found.email))
}

fn set_active(db: &Database, user: &UserSelector, active: bool) -> Result<(), CliError> {
    let found = db.run_blocking(|conn| user.find(conn))?;
    if active {
        db.run_blocking(|conn| {
            conn.write(|conn| {
                User::set_active(conn, found.id, true)?;
                let entry = AuditEvent::new(EventKind::Activated, &database::operator(conn)?);
                entry.user(found.id.uuid()).record(conn)
            })
            .map_err(CliError::from)
        })?;
        output::line(format_args!("{} is active.", found.email))
    } else {
        let ended = end_sessions_after(db, &found, EndReason::Deactivated, EventKind::Deactivated, |conn| {
            let is_there = User::set_active(conn, found.id, false)?;
            // Nothing that was sent before works once it is active again.
            let operator = database::operator(conn)?;
            Proof::close_all(conn, found.id, &operator)?;
            Ok(is_there)
        })?;
        output::line(format_args!("{} is inactive; {ended} session(s) ended.", found.email))
    }
}

/// Changes an account and ends its sessions in one transaction.
fn end_sessions_after(
    db: &Database,
    user: &User,
    why: EndReason,
    event: EventKind,
    mut change: impl FnMut(&mut AnyConnection) -> diesel::QueryResult<bool>,
) -> Result<usize, CliError> {
    db.run_blocking(|conn| {
        conn.write(|conn| {
            if !change(conn)? {
                return Err(CliError::Failed(format!("there is no user {} any more", user.email)));
            }
            let operator = database::operator(conn)?;
            let ended = Session::end_all_of(conn, user.id, why, operator.now())?;
            let entry = AuditEvent::new(event, &operator).user(user.id.uuid());
            entry.detail(format!("{ended} session(s) ended")).record(conn)?;
            Ok(ended)
        })
    })
}

fn list(db: &Database, json: bool) -> Result<(), CliError> {
    let unreadable = pages(db, |page| {
        let line = |user| {
            let printed = UserView::from(user);
            if json { printed.json() } else { printed.line() }
        };
        // Print each page at once: separate writes for a million lines would be a million system
        // calls.
        output::verbatim(page.iter().map(line).collect::<Vec<_>>().join("\n"))
    })?;
    unreadable.refuse_any("account")
}

/// A name may be omitted here, but a given one must be valid.
fn name(flag: &str, text: &str) -> Result<PersonName, CliError> {
    if text.is_empty() {
        return Ok(PersonName::none());
    }
    PersonName::parse(text)
        .map_err(|problem| CliError::Usage(format!("{flag}: {}", output::english(&problem.text()))))
}

fn hash(
    source: &PasswordSource,
    email: Option<&Email>,
    names: &[&PersonName],
) -> Result<PasswordHash, CliError> {
    let rules = source.rules.parse()?;
    let password = prompt::new_password(source.password_stdin)?;
    let password = NewPassword::parse(password, rules.min_length, email, names).map_err(|problem| {
        CliError::Failed(format!("the password was not taken: {}", output::english(&problem.text())))
    })?;
    Ok(PasswordHash::make(&password, rules.bcrypt_cost))
}

//! User references on the command line, and the output of accounts.

use serde::Serialize;

use crate::db::{AnyConnection, Database};
use crate::users::{Email, User, UserId};

use super::{CliError, output};

/// How many accounts are read at a time.
const PAGE_SIZE: i64 = 500;

/// Passes all accounts to `each`, sorted by address, in pages. Each page begins after the last
/// address of the previous one, so that all pages cost the same.
///
/// An unreadable row is reported and skipped. Returns the number of such rows.
pub(super) fn pages(
    db: &Database,
    mut each: impl FnMut(&[User]) -> Result<(), CliError>,
) -> Result<Unreadable, CliError> {
    let (mut after, mut unreadable) = (String::new(), 0);
    loop {
        let page =
            db.run_blocking(|conn| User::page_after(conn, &after, PAGE_SIZE).map_err(CliError::from))?;
        let Some(last) = page.last else { return Ok(Unreadable(unreadable)) };
        if !page.users.is_empty() {
            each(&page.users)?;
        }
        for (email, why) in &page.unreadable {
            output::warning(format_args!("the row of {email} cannot be read: {why}"));
        }
        unreadable += page.unreadable.len();
        after = last.to_string();
    }
}

/// The number of unreadable rows.
#[must_use]
pub(super) struct Unreadable(pub usize);

impl Unreadable {
    /// Fails if any row is missing.
    pub fn refuse_any(self, what: &str) -> Result<(), CliError> {
        match self.0 {
            0 => Ok(()),
            count => Err(CliError::Failed(format!("{count} {what}(s) could not be read and are missing"))),
        }
    }
}

/// The user that a command is about: an e-mail address or a UUID.
#[derive(Debug, Clone)]
pub(super) enum UserSelector {
    Email(Email),
    Id(UserId),
}

impl std::str::FromStr for UserSelector {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(id) = uuid::Uuid::try_parse(text) {
            return Ok(Self::Id(id.into()));
        }
        Email::parse(text).map(Self::Email).map_err(|_| "is neither an e-mail address nor a UUID".to_owned())
    }
}

impl std::fmt::Display for UserSelector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Email(email) => email.fmt(f),
            Self::Id(id) => id.fmt(f),
        }
    }
}

impl UserSelector {
    /// Finds the account.
    pub fn find(&self, conn: &mut AnyConnection) -> Result<User, CliError> {
        let found = match self {
            Self::Email(email) => User::by_email(conn, email)?,
            Self::Id(id) => User::by_id(conn, *id)?,
        };
        found.ok_or_else(|| CliError::Failed(format!("there is no user {self}")))
    }
}

/// An account as it is printed, without credentials.
#[derive(Serialize)]
pub(super) struct UserView {
    user_uuid: uuid::Uuid,
    email: String,
    email_verified: bool,
    first_name: String,
    last_name: String,
    is_active: bool,
    is_staff: bool,
    is_superuser: bool,
    roles: Vec<String>,
    date_joined: String,
    last_login: Option<String>,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            user_uuid: user.id.uuid(),
            email: user.email.to_string(),
            email_verified: user.email_verified_at.is_some(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            is_active: user.is_active,
            is_staff: user.is_staff,
            is_superuser: user.is_superuser,
            roles: user.roles.iter().map(str::to_owned).collect(),
            date_joined: user.date_joined.rfc3339(),
            last_login: user.last_login.map(|moment| moment.rfc3339()),
        }
    }
}

impl UserView {
    /// One JSON object on one line, escaped for output.
    pub fn json(&self) -> String {
        let json = serde_json::to_string(self).expect("strings, flags and a UUID can be written as JSON");
        output::visible(&json).into_owned()
    }

    /// One line for a list, escaped for output.
    pub fn line(&self) -> String {
        let rights = match (self.is_superuser, self.is_staff) {
            (true, true) => "superuser+staff",
            (true, false) => "superuser",
            (false, true) => "staff",
            (false, false) => "user",
        };
        let state = if self.is_active { "active" } else { "inactive" };
        format!("{}  {state:<8}  {rights:<15}  {}", self.user_uuid, output::visible(&self.email))
    }

    /// All details, line by line.
    pub fn lines(&self) -> [String; 9] {
        let yes = |flag: bool| if flag { "yes" } else { "no" };
        [
            ("uuid", self.user_uuid.to_string()),
            ("email", format!("{}{}", self.email, if self.email_verified { "" } else { " (not verified)" })),
            ("name", format!("{} {}", self.first_name, self.last_name).trim().to_owned()),
            ("active", yes(self.is_active).to_owned()),
            ("staff", yes(self.is_staff).to_owned()),
            ("superuser", yes(self.is_superuser).to_owned()),
            ("roles", self.roles.join(", ")),
            ("joined", self.date_joined.clone()),
            ("last login", self.last_login.clone().unwrap_or_else(|| "never".to_owned())),
        ]
        .map(|(name, value)| format!("{name:<11} {value}").trim_end().to_owned())
    }
}

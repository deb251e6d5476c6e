//! A validated person: the account that a record of the source becomes here.

use std::borrow::Cow;

use uuid::Uuid;

use super::dates;
use super::policy::ImportPolicy;
use super::record::{Cell, Column, Place, Record, uuid};
use super::report::{Line, Outcome};
use crate::db::types::Timestamp;
use crate::passwords::{HASH_LIMITS, HashForm};
use crate::users::{Email, PasswordHash, PersonName, Roles, User};

/// The namespace of UUIDs that are derived from addresses. It must never change, so that another
/// import derives the same UUIDs.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1d_9a52_7c3e_4b08_9e64_2d5b_80c7_a1f3);

/// How far a date may lie ahead of our clock, since the source's clock may be wrong. A later date
/// is ignored.
const AHEAD: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

pub(super) struct Person {
    pub place: Place,
    /// The source's username; empty if it has none.
    pub username: String,
    /// The account to create if the address is free. It has rights only if the source is trusted
    /// with them.
    pub user: User,
    /// The UUID came from the source.
    pub has_own_uuid: bool,
    /// Whether a password can be checked against the hash.
    pub has_password: bool,
    /// The last activity that the source records, for `newest`.
    pub last_seen: Option<Timestamp>,
    pub notes: Vec<Cow<'static, str>>,
}

impl Person {
    /// Validates a record. The error is the report's line for the refused user.
    pub fn parse(record: Record, policy: &ImportPolicy, now: Timestamp) -> Result<Self, Box<Line>> {
        let mut line = Box::new(Line::new(record.place, username(&record).unwrap_or_default()));
        if let Some(Cell::Text(email)) = record.get(Column::Email) {
            line.email.clone_from(email);
        }
        Reading { record, notes: Vec::new(), policy, now }.person().map_err(|why| {
            line.outcome = Outcome::Refused;
            line.notes.push(why);
            line
        })
    }

    /// Whether the username or the primary key is a UUID.
    pub fn has_uuid(record: &Record) -> bool {
        own_uuid(record).is_some()
    }

    /// The report's line for this user.
    pub fn line(&self) -> Line {
        let mut line = Line::new(self.place, self.username.clone());
        line.email = self.user.email.to_string();
        line.notes.clone_from(&self.notes);
        line
    }
}

/// The username is text, or a number if a program wrote it without quotes.
fn username(record: &Record) -> Option<String> {
    match record.get(Column::Username) {
        Some(Cell::Text(text)) => Some(text.clone()),
        Some(Cell::Number(number)) => Some(number.to_string()),
        _ => None,
    }
}

/// The username if it is a UUID, or else the primary key if that is one.
fn own_uuid(record: &Record) -> Option<Uuid> {
    let key = match record.get(Column::Id) {
        Some(Cell::Text(text)) => Some(text.clone()),
        _ => None,
    };
    [username(record), key].into_iter().flatten().find_map(|text| uuid(&text))
}

struct Reading<'a> {
    record: Record,
    notes: Vec<Cow<'static, str>>,
    policy: &'a ImportPolicy,
    now: Timestamp,
}

type Refusal = Cow<'static, str>;

impl Reading<'_> {
    fn person(mut self) -> Result<Person, Refusal> {
        if self.record.is_unreadable {
            return Err("a value holds control characters".into());
        }
        for column in Column::ALL {
            if let Some(Cell::Text(text)) = self.record.get(column)
                && text.contains('\0')
            {
                return Err(format!("{} holds a NUL character", column.name()).into());
            }
        }
        let email = match self.text(Column::Email)? {
            text if text.trim().is_empty() => return Err("has no e-mail address".into()),
            text => {
                Email::parse(&text).map_err(|_| "the e-mail address is not one that can be written to")?
            }
        };
        let (password_hash, has_password) = self.password()?;
        let own_uuid = if self.policy.ignore_uuids { None } else { self.uuid()? };
        let id = own_uuid.unwrap_or_else(|| Uuid::new_v5(&NAMESPACE, email.as_str().as_bytes()));
        let (is_staff, is_superuser) =
            (self.flag(Column::IsStaff, false)?, self.flag(Column::IsSuperuser, false)?);
        let trusted = self.policy.trust_rights;
        if (is_staff || is_superuser) && !trusted {
            let what = if is_superuser { "superuser" } else { "staff" };
            self.notes.push(format!("is {what} there; not taken without --trust-rights").into());
        }
        let (mut first_name, last_name) = (self.name(Column::FirstName), self.name(Column::LastName));
        if first_name.is_empty() && last_name.is_empty() {
            // A full name cannot be split reliably, so it all goes here.
            first_name = self.name(Column::Name);
        }
        let (date_joined, last_login) = (self.moment(Column::DateJoined), self.moment(Column::LastLogin));
        let user = User {
            id: id.into(),
            email_verified_at: None,
            first_name,
            last_name,
            password_hash,
            is_active: self.flag(Column::IsActive, true)?,
            is_staff: is_staff && trusted,
            is_superuser: is_superuser && trusted,
            date_joined: date_joined.unwrap_or(self.now),
            last_login,
            roles: Roles::default(),
            language: None,
            login_notices: true,
            email,
        };
        Ok(Person {
            place: self.record.place,
            username: username(&self.record).unwrap_or_default(),
            user,
            has_own_uuid: own_uuid.is_some(),
            has_password,
            last_seen: last_login.or(date_joined),
            notes: self.notes,
        })
    }

    /// Missing columns and NULL count as empty text.
    fn text(&self, column: Column) -> Result<String, Refusal> {
        match self.record.get(column) {
            None | Some(Cell::Null) => Ok(String::new()),
            Some(Cell::Text(text)) => Ok(text.clone()),
            Some(_) => Err(format!("{} is no text", column.name()).into()),
        }
    }

    fn flag(&self, column: Column, default: bool) -> Result<bool, Refusal> {
        match self.record.get(column) {
            None | Some(Cell::Null) => Ok(default),
            Some(Cell::Bool(flag)) => Ok(*flag),
            Some(Cell::Number(0)) => Ok(false),
            Some(Cell::Number(1)) => Ok(true),
            Some(Cell::Text(text)) => match text.trim().to_ascii_lowercase().as_str() {
                "" => Ok(default),
                "t" | "true" | "1" | "yes" => Ok(true),
                "f" | "false" | "0" | "no" => Ok(false),
                _ => Err(format!("{} is neither true nor false", column.name()).into()),
            },
            Some(_) => Err(format!("{} is neither true nor false", column.name()).into()),
        }
    }

    /// An invalid date is dropped, because it should not keep a user from logging in.
    fn moment(&mut self, column: Column) -> Option<Timestamp> {
        let found = match self.record.get(column) {
            None | Some(Cell::Null) => return None,
            Some(Cell::Text(text)) if text.trim().is_empty() => return None,
            Some(Cell::Text(text)) => dates::parse(text),
            Some(_) => None,
        };
        let problem = match found {
            Some(moment) if moment <= self.now + AHEAD => return Some(moment),
            Some(_) => "is in the future",
            None => "is no date such as 2024-02-29 12:00:00+00:00, or one before 1970",
        };
        self.notes.push(format!("{} {problem}; left out", column.name()).into());
        None
    }

    /// An invalid name is dropped, because it should not keep a user from logging in.
    fn name(&mut self, column: Column) -> String {
        let parsed = match self.record.get(column) {
            None | Some(Cell::Null) => return String::new(),
            Some(Cell::Text(text)) if text.trim().is_empty() => return String::new(),
            Some(Cell::Text(text)) => PersonName::parse(text).ok(),
            Some(Cell::Number(number)) => PersonName::parse(&number.to_string()).ok(),
            Some(_) => None,
        };
        parsed.map_or_else(
            || {
                let words = "is no text, or too long, or holds characters that cannot be shown; left out";
                self.notes.push(format!("{} {words}", column.name()).into());
                String::new()
            },
            |name| name.as_str().to_owned(),
        )
    }

    fn password(&mut self) -> Result<(PasswordHash, bool), Refusal> {
        let text = self.text(Column::Password)?;
        if text.len() > 256 {
            return Err("the password is longer than any hash".into());
        }
        let kind: String = text.chars().take_while(|c| *c != '$').take(20).collect();
        let (hash, form) = PasswordHash::imported(text);
        match form {
            HashForm::Usable => return Ok((hash, true)),
            HashForm::TooCostly => {
                return Err(
                    format!("checking the password would cost too much; the limits: {HASH_LIMITS}").into()
                );
            }
            HashForm::Unusable => self.notes.push("has no password there, so cannot log in".into()),
            // Text without `$` is not a hash and may be a plain password, so none of it is shown.
            HashForm::Unknown if hash.exported().contains('$') && kind.bytes().all(is_of_a_name) => {
                self.notes.push(
                    format!("the password is kept in a form that we do not check ({kind}), so cannot log in")
                        .into(),
                );
            }
            HashForm::Unknown => {
                self.notes
                    .push("the password is kept in a form that we do not check, so cannot log in".into());
            }
        }
        Ok((hash, false))
    }

    /// The UUID: from the column that the operator named, or else from the username, the primary
    /// key or the detected column.
    fn uuid(&self) -> Result<Option<Uuid>, Refusal> {
        let in_column = || self.record.uuid_in(self.policy.uuid_column.as_deref()?);
        let found = match self.policy.is_column_named {
            true => in_column().or_else(|| own_uuid(&self.record)),
            false => own_uuid(&self.record).or_else(in_column),
        };
        match found {
            Some(uuid) if uuid.is_nil() || uuid.is_max() => {
                Err("the UUID is one that belongs to nobody".into())
            }
            found => Ok(found),
        }
    }
}

fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
}

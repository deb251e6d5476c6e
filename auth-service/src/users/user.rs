//! Users: the rows of accounts.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as SqlError};
use diesel::sql_types::Text;

use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::schema::users;
use crate::db::types::{Id, Timestamp};
use crate::db::{AnyConnection, OfDatabase, on_connection};
use crate::users::{Email, PasswordHash, PersonName, Right, Roles};

pub type UserId = Id<User>;

/// An account, with Django's names for its columns.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = users)]
pub struct User {
    pub id: UserId,
    pub email: Email,
    pub email_verified_at: Option<Timestamp>,
    pub first_name: String,
    pub last_name: String,
    pub password_hash: PasswordHash,
    pub is_active: bool,
    pub is_staff: bool,
    pub is_superuser: bool,
    pub date_joined: Timestamp,
    pub last_login: Option<Timestamp>,
    pub roles: Roles,
    /// The language of letters, as a tag (BCP 47); `None` if nobody has said.
    pub language: Option<String>,
    /// Whether the owner wants to hear of logins from browsers and networks that are new.
    pub login_notices: bool,
}

/// A page of accounts, sorted by address.
pub struct UserPage {
    pub users: Vec<User>,
    /// The accounts whose rows contain invalid values, with the problem.
    pub unreadable: Vec<(Email, String)>,
    /// The address after which the next page begins; `None` after the last account.
    pub last: Option<Email>,
}

/// The data of a new account.
pub struct NewUser {
    pub email: Email,
    pub first_name: PersonName,
    pub last_name: PersonName,
    pub password_hash: PasswordHash,
    pub is_staff: bool,
    pub is_superuser: bool,
    /// The language of letters, as a tag (BCP 47).
    pub language: Option<String>,
}

/// Why an account was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateUserError {
    /// The address is taken. The database's unique index decides, so it may have been taken just
    /// now.
    #[error("the e-mail address is taken")]
    EmailTaken,
    #[error(transparent)]
    Database(#[from] crate::db::DatabaseError),
}

impl OfDatabase for CreateUserError {
    fn of_database(&self) -> Option<&SqlError> {
        match self {
            Self::EmailTaken => None,
            Self::Database(error) => error.of_database(),
        }
    }
}

impl From<SqlError> for CreateUserError {
    fn from(error: SqlError) -> Self {
        match error {
            SqlError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::EmailTaken,
            other => Self::Database(other.into()),
        }
    }
}

impl User {
    /// Creates an account. Of two concurrent requests with the same address, one fails.
    pub fn register(
        conn: &mut AnyConnection,
        new: NewUser,
        context: &RequestContext,
    ) -> Result<Self, CreateUserError> {
        conn.write(|conn| {
            let context = context.read_time(conn)?;
            Self::insert(conn, &new, None, &context)
        })
    }

    /// The account with this address, if the same form created it.
    pub fn registered_by(conn: &mut AnyConnection, email: &Email, form: &str) -> QueryResult<Option<Self>> {
        let Some(user) = Self::by_email(conn, email)? else { return Ok(None) };
        let is_same = AuditEvent::was_by_form(conn, EventKind::Registered, user.id.uuid(), form)?;
        Ok(is_same.then_some(user))
    }

    /// Creates an account within the caller's transaction. `form` identifies the page of our own
    /// form. So a form that was sent twice by accident can be distinguished from a request for a
    /// taken address ([`User::registered_by`]).
    pub fn insert(
        conn: &mut AnyConnection,
        new: &NewUser,
        form: Option<&str>,
        context: &RequestContext,
    ) -> Result<Self, CreateUserError> {
        let user = Self {
            id: Id::new(context.now()),
            email: new.email.clone(),
            email_verified_at: None,
            first_name: new.first_name.as_str().to_owned(),
            last_name: new.last_name.as_str().to_owned(),
            password_hash: new.password_hash.clone(),
            is_active: true,
            is_staff: new.is_staff,
            is_superuser: new.is_superuser,
            date_joined: context.now(),
            last_login: None,
            roles: Roles::default(),
            language: new.language.clone(),
            login_notices: true,
        };
        diesel::insert_into(users::table).values(&user).execute(conn)?;
        let entry = AuditEvent::new(EventKind::Registered, context).user(user.id.uuid());
        form.map_or(entry.clone(), |form| entry.by_form(form)).record(conn)?;
        Ok(user)
    }

    pub fn by_email(conn: &mut AnyConnection, email: &Email) -> QueryResult<Option<Self>> {
        users::table.filter(users::email.eq(email)).select(Self::as_select()).get_result(conn).optional()
    }

    pub fn by_id(conn: &mut AnyConnection, id: UserId) -> QueryResult<Option<Self>> {
        on_connection!(conn, |conn| users::table.find(id).select(Self::as_select()).get_result(conn))
            .optional()
    }

    /// The number of accounts.
    pub fn count(conn: &mut AnyConnection) -> QueryResult<i64> {
        users::table.count().get_result(conn)
    }

    /// The number of hexadecimal digits of the id that [`User::hash_at`] compares.
    pub const END_OF_ID: usize = 12;

    /// The password hash of the first row whose id ends with `place` or a greater value; after the
    /// last row the search continues at the first. `None` if the table is empty. The ends of UUIDs
    /// are random in every version that databases generate, except version 1.
    pub fn hash_at(conn: &mut AnyConnection, place: &str) -> QueryResult<Option<PasswordHash>> {
        // The same expression as in the index.
        let end = || sql::<Text>("substr(CAST(id AS text), 25)");
        let first = |conn: &mut AnyConnection, place: &str| {
            let rows = users::table.filter(end().ge(place)).order(end()).select(users::password_hash);
            rows.first(conn).optional()
        };
        match first(conn, place)? {
            None => first(conn, ""),
            found => Ok(found),
        }
    }

    /// A page of users after an address, sorted by address. An empty address begins at the first
    /// user.
    pub fn list_after(conn: &mut AnyConnection, after: &str, limit: i64) -> QueryResult<Vec<Self>> {
        users::table
            .filter(users::email.gt(after))
            .order(users::email.asc())
            .select(Self::as_select())
            .limit(limit)
            .load(conn)
    }

    /// A page of users, and those whose rows are unreadable.
    pub fn page_after(conn: &mut AnyConnection, after: &str, limit: i64) -> QueryResult<UserPage> {
        let users = Self::list_after(conn, after, limit);
        if !matches!(users, Err(SqlError::DeserializationError(_))) {
            let users = users?;
            let last = users.last().map(|user| user.email.clone());
            return Ok(UserPage { users, unreadable: Vec::new(), last });
        }
        // The unreadable rows can be found only one by one.
        let emails = users::table.filter(users::email.gt(after)).order(users::email.asc()).limit(limit);
        let emails: Vec<Email> = emails.select(users::email).load(conn)?;
        let mut page = UserPage { users: Vec::new(), unreadable: Vec::new(), last: emails.last().cloned() };
        for email in emails {
            match Self::by_email(conn, &email) {
                Ok(user) => page.users.extend(user),
                Err(SqlError::DeserializationError(why)) => page.unreadable.push((email, why.to_string())),
                Err(other) => return Err(other),
            }
        }
        Ok(page)
    }

    /// Locks the user's row for this transaction, and returns whether there is such a user. Take it
    /// before ending several sessions, so that the lock order is always the same: PostgreSQL fails
    /// one of two transactions that lock the same rows in different orders.
    pub fn lock_row(conn: &mut AnyConnection, id: UserId) -> QueryResult<bool> {
        let row = users::table.find(id);
        Ok(diesel::update(row).set(users::is_active.eq(users::is_active)).execute(conn)? == 1)
    }

    /// Activates or deactivates an account. Returns whether it exists.
    pub fn set_active(conn: &mut AnyConnection, id: UserId, active: bool) -> QueryResult<bool> {
        let changed = diesel::update(users::table.find(id)).set(users::is_active.eq(active)).execute(conn)?;
        Ok(changed == 1)
    }

    /// Sets a user's roles, unless they have changed since `user` was read.
    pub fn set_roles(
        conn: &mut AnyConnection,
        user: &Self,
        roles: &Roles,
        context: &RequestContext,
    ) -> QueryResult<bool> {
        conn.write(|conn| {
            let row = users::table.find(user.id).filter(users::roles.eq(&user.roles));
            if diesel::update(row).set(users::roles.eq(roles)).execute(conn)? != 1 {
                return Ok(false);
            }
            let detail = roles.iter().collect::<Vec<_>>().join(" ");
            AuditEvent::new(EventKind::RolesChanged, context)
                .user(user.id.uuid())
                .detail(detail)
                .record(conn)?;
            Ok(true)
        })
    }

    /// Gives a user a right, or takes it away. Returns whether that changed anything.
    pub fn set_right(
        conn: &mut AnyConnection,
        id: UserId,
        (right, given): (Right, bool),
        context: &RequestContext,
    ) -> QueryResult<bool> {
        conn.write(|conn| {
            let row = users::table.find(id);
            let changed = match right {
                Right::Staff => diesel::update(row.filter(users::is_staff.ne(given)))
                    .set(users::is_staff.eq(given))
                    .execute(conn)?,
                Right::Superuser => diesel::update(row.filter(users::is_superuser.ne(given)))
                    .set(users::is_superuser.eq(given))
                    .execute(conn)?,
            };
            if changed != 1 {
                return Ok(false);
            }
            let detail = format!("{right} {}", if given { "given" } else { "taken away" });
            AuditEvent::new(EventKind::RightsChanged, context).user(id.uuid()).detail(detail).record(conn)?;
            Ok(true)
        })
    }

    /// Sets another password. The caller revokes the sessions that began with the old one.
    pub fn set_password(conn: &mut AnyConnection, id: UserId, hash: &PasswordHash) -> QueryResult<bool> {
        let changed =
            diesel::update(users::table.find(id)).set(users::password_hash.eq(hash)).execute(conn)?;
        Ok(changed == 1)
    }

    /// Replaces the hash of the same password, unless the password changed in the meantime.
    pub fn upgrade_password(
        conn: &mut AnyConnection,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> QueryResult<bool> {
        let changed = diesel::update(users::table.find(id).filter(users::password_hash.eq(old)))
            .set(users::password_hash.eq(new))
            .execute(conn)?;
        Ok(changed == 1)
    }

    /// Records a login if the account is still active and the password is still the one that was
    /// checked. The login continues only if this changed a row.
    pub fn record_login(
        conn: &mut AnyConnection,
        id: UserId,
        checked: &PasswordHash,
        now: Timestamp,
    ) -> QueryResult<bool> {
        let changed = diesel::update(
            users::table.find(id).filter(users::is_active).filter(users::password_hash.eq(checked)),
        )
        .set(users::last_login.eq(now))
        .execute(conn)?;
        Ok(changed == 1)
    }

    /// How many active accounts have an address that nobody has verified.
    pub fn count_unverified(conn: &mut AnyConnection) -> QueryResult<i64> {
        let unverified = users::table.filter(users::is_active).filter(users::email_verified_at.is_null());
        unverified.count().get_result(conn)
    }

    /// Whether the owner has shown that they read the mail of the address.
    pub fn is_verified(&self) -> bool {
        self.email_verified_at.is_some()
    }

    /// Whether this account may be logged in: it is active, and its address is verified where that
    /// is required.
    pub fn may_be_logged_in(&self, verified_only: bool) -> bool {
        self.is_active && (self.is_verified() || !verified_only)
    }

    /// Sets the names, the language of letters, and whether logins are told of.
    pub fn set_profile(
        conn: &mut AnyConnection,
        id: UserId,
        (first_name, last_name): (&PersonName, &PersonName),
        (language, login_notices): (&str, bool),
        context: &RequestContext,
    ) -> QueryResult<()> {
        conn.write(|conn| {
            let profile = (
                users::first_name.eq(first_name.as_str()),
                users::last_name.eq(last_name.as_str()),
                users::language.eq(language),
                users::login_notices.eq(login_notices),
            );
            diesel::update(users::table.find(id)).set(profile).execute(conn)?;
            let context = context.read_time(conn)?;
            AuditEvent::new(EventKind::ProfileChanged, &context).user(id.uuid()).record(conn)
        })
    }

    /// Gives the account another address, which its owner has just verified.
    ///
    /// # Errors
    /// A unique violation if another account has it.
    pub fn set_email(conn: &mut AnyConnection, id: UserId, email: &Email, now: Timestamp) -> QueryResult<()> {
        let address = (users::email.eq(email), users::email_verified_at.eq(now));
        diesel::update(users::table.find(id)).set(address).execute(conn).map(|_| ())
    }

    /// Records that the owner reads the mail of `email`. `false` if that is not the account's
    /// address any more.
    pub fn verify_email(
        conn: &mut AnyConnection,
        id: UserId,
        email: &str,
        now: Timestamp,
    ) -> QueryResult<bool> {
        let with_address = users::table.find(id).filter(users::email.eq(email));
        diesel::update(with_address.filter(users::email_verified_at.is_null()))
            .set(users::email_verified_at.eq(now))
            .execute(conn)?;
        diesel::select(diesel::dsl::exists(with_address)).get_result(conn)
    }

    /// First and last name, or the address if both are empty.
    pub fn display_name(&self) -> String {
        match format!("{} {}", self.first_name, self.last_name).trim() {
            "" => self.email.to_string(),
            name => name.to_owned(),
        }
    }
}

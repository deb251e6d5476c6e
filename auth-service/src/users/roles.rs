//! Roles: permissions beyond the staff flag. The operator and the services give them a meaning.

use std::collections::BTreeSet;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;

/// A role's name: up to 32 lower-case letters, digits, `-`, `_`, `.` and `:`.
///
/// The alphabet is small, because roles appear in tokens, headers and services' code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Role(String);

/// Why a text is not a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role has 1 to 32 lower-case letters, digits, hyphens, underscores, dots or colons")]
pub struct InvalidRole;

impl Role {
    const MAX_BYTES: usize = 32;

    pub fn parse(text: &str) -> Result<Self, InvalidRole> {
        let is_good =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.:".contains(&byte);
        let is_role = (1..=Self::MAX_BYTES).contains(&text.len()) && text.bytes().all(is_good);
        if is_role { Ok(Self(text.to_owned())) } else { Err(InvalidRole) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Role {
    type Err = InvalidRole;

    fn from_str(text: &str) -> Result<Self, InvalidRole> {
        Self::parse(text)
    }
}

/// A user's roles without duplicates, in alphabetical order. Stored as one text.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Roles(BTreeSet<Role>);

/// The user would have too many roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a person has at most {} roles: they travel in every token", Roles::MAX)]
pub struct TooManyRoles;

impl Roles {
    /// With this many roles of the maximum length, a token still fits into a cookie.
    pub const MAX: usize = 12;

    /// Adds the missing roles.
    pub fn with(mut self, added: &[Role]) -> Result<Self, TooManyRoles> {
        self.0.extend(added.iter().cloned());
        if self.0.len() > Self::MAX { Err(TooManyRoles) } else { Ok(self) }
    }

    /// Removes the given roles.
    pub fn without(mut self, removed: &[Role]) -> Self {
        self.0.retain(|role| !removed.contains(role));
        self
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Role::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn text(&self) -> String {
        self.iter().collect::<Vec<_>>().join(" ")
    }
}

mod sql {
    //! Converts roles to the text in the database and back.

    use diesel::backend::Backend;
    use diesel::deserialize::{self, FromSql};
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use diesel::sql_types::Text;

    use crate::db::connection::MultiBackend;
    use crate::users::{Role, Roles};

    #[cfg(feature = "sqlite")]
    impl ToSql<Text, diesel::sqlite::Sqlite> for Roles {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
            out.set_value(self.text());
            Ok(IsNull::No)
        }
    }

    #[cfg(feature = "postgres")]
    impl ToSql<Text, diesel::pg::Pg> for Roles {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
            std::io::Write::write_all(out, self.text().as_bytes())?;
            Ok(IsNull::No)
        }
    }

    impl ToSql<Text, MultiBackend> for Roles {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
            out.set_value((Text, self));
            Ok(IsNull::No)
        }
    }

    impl<DB: Backend> FromSql<Text, DB> for Roles
    where
        String: FromSql<Text, DB>,
    {
        fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
            let text = String::from_sql(value)?;
            Ok(Self(
                text.split(' ').filter(|word| !word.is_empty()).map(Role::parse).collect::<Result<_, _>>()?,
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(text: &str) -> Role {
        Role::parse(text).unwrap()
    }

    #[test]
    fn a_role_is_one_plain_word() {
        for good in ["editor", "shop:admin", "a", "level-2", "x".repeat(32).as_str()] {
            assert!(Role::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "Editor", "two words", "a,b", "é", "a\n", "x".repeat(33).as_str()] {
            assert_eq!(Role::parse(bad), Err(InvalidRole), "{bad:?}");
        }
    }

    #[test]
    fn roles_are_kept_once_and_in_order() {
        let roles = Roles::default().with(&[role("b"), role("a"), role("b")]).unwrap();
        assert_eq!(roles.text(), "a b");
        assert_eq!(roles.clone().without(&[role("b"), role("c")]).text(), "a");
        let many: Vec<Role> = (0..13).map(|n| role(&format!("r{n}"))).collect();
        assert!(Roles::default().with(&many[..12]).is_ok());
        assert_eq!(roles.with(&many), Err(TooManyRoles));
    }
}

//! `amr`: the authentication methods of a session (RFC 8176).

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;

use crate::db::types::{Stored, text_column, text_enum};

text_enum! {
    /// An authentication method, under its registered name.
    pub enum AuthMethod {
        Password = "pwd",
    }
}

/// The authentication methods of a session, stored as names separated by spaces. Unknown names,
/// written by a later release, are preserved and reach the services.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Amr(String);

impl Amr {
    /// Parses the stored list.
    pub fn parse(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// In order of use.
    pub fn methods(&self) -> impl Iterator<Item = Stored<AuthMethod>> {
        self.0.split(' ').map(|name| Stored::from(name.to_owned()))
    }
}

impl<const N: usize> From<[AuthMethod; N]> for Amr {
    fn from(methods: [AuthMethod; N]) -> Self {
        Self(methods.map(AuthMethod::as_str).join(" "))
    }
}

text_column!(Amr);

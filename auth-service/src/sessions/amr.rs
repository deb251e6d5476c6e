//! `amr`: the methods by which somebody authenticated (RFC 8176).

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;

use crate::db::types::{Stored, text_column, text_enum};

text_enum! {
    /// A proof that we ask for, under its registered name.
    pub enum AuthMethod {
        Password = "pwd",
    }
}

/// The proofs that a session began with, as its row has them: names with spaces between. One that a
/// later release wrote stays in it, and reaches the services.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Amr(String);

impl Amr {
    /// The list as a row has it.
    pub fn parse(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// In the order in which they were given.
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

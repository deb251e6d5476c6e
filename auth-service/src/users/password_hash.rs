//! Stored password hashes; `passwords::hashers` interprets them.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;

use crate::db::types::text_column;
use crate::random;

/// A stored password hash: `bcrypt_sha256$$2b$12$…`, or one made by Django.
#[derive(Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a hash of any form.
    pub fn from_text(text: String) -> Self {
        Self(text)
    }

    /// Stands for no password, in Django's form: none fits it. Each is different, so that it is no
    /// other's.
    pub fn unusable() -> Self {
        Self(format!("!{}", hex::encode(random::bytes::<20>())))
    }

    /// The text, for an export to another system. It must not be logged.
    pub fn exported(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

text_column!(PasswordHash);

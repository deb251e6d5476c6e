//! Password hashes as the database holds them; what they mean is in `passwords::hashers`.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text;

use crate::db::types::text_column;

/// A hashed password as the database holds it: `bcrypt_sha256$$2b$12$…`, or what Django made.
#[derive(Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash that `text` is, whatever its form.
    pub fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The text, for moving on to another system. It is nothing for a log.
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

//! Enums in text columns. Unknown names, written by a later release, are preserved.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

/// An enum in a text column, with a stored name for each variant.
pub trait TextEnum: Copy + Eq + std::fmt::Debug + 'static {
    const ALL: &'static [Self];

    /// The stored name.
    fn as_str(self) -> &'static str;

    /// The variant with this name.
    fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|variant| variant.as_str() == name)
    }
}

/// Declares an enum for a text column: `Variant = "its name"`.
macro_rules! text_enum {
    ($(#[$about:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// The stored name.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl $crate::db::types::TextEnum for $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn as_str(self) -> &'static str {
                Self::as_str(self)
            }
        }
    };
}

pub(crate) use text_enum;

/// The stored value of an enum. A later release may have written an unknown name, which is
/// preserved and does not make the row unreadable.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum Stored<T: TextEnum> {
    Known(T),
    Unknown(String),
}

impl<T: TextEnum> Stored<T> {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(variant) => variant.as_str(),
            Self::Unknown(name) => name,
        }
    }

    /// The variant, if this release knows it.
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(variant) => Some(*variant),
            Self::Unknown(_) => None,
        }
    }
}

impl<T: TextEnum> From<T> for Stored<T> {
    fn from(variant: T) -> Self {
        Self::Known(variant)
    }
}

impl<T: TextEnum> From<String> for Stored<T> {
    fn from(name: String) -> Self {
        T::parse(&name).map_or(Self::Unknown(name), Self::Known)
    }
}

impl<T: TextEnum> std::fmt::Display for Stored<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<T: TextEnum, DB: Backend> ToSql<Text, DB> for Stored<T>
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.as_str().to_sql(out)
    }
}

impl<T: TextEnum, DB: Backend> FromSql<Text, DB> for Stored<T>
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(String::from_sql(value)?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    text_enum! {
        enum Light {
            Red = "red",
            Green = "green",
        }
    }

    #[test]
    fn a_name_that_a_later_release_wrote_is_kept_as_it_is() {
        let stored = |name: &str| Stored::<Light>::from(name.to_owned());
        assert_eq!((stored("red"), stored("green")), (Light::Red.into(), Light::Green.into()));
        for unknown in ["amber", "", "Red", "red "] {
            let kept = stored(unknown);
            assert_eq!((kept.known(), kept.as_str()), (None, unknown));
        }
    }
}

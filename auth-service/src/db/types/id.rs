//! Row ids: UUIDs typed by their table.

use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{HasSqlType, SqlType};

use super::Timestamp;
use crate::db::connection::MultiBackend;
use crate::random;

/// `uuid` on PostgreSQL, hyphenated `TEXT` on SQLite.
#[derive(Debug, Clone, Copy, SqlType, diesel::query_builder::QueryId)]
#[cfg_attr(feature = "postgres", diesel(postgres_type(oid = 2950, array_oid = 2951)))]
#[cfg_attr(feature = "sqlite", diesel(sqlite_type(name = "Text")))]
pub struct Uuid;

impl HasSqlType<Uuid> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<Uuid>(lookup)
    }
}

/// The id of a row. `Entity` makes user ids and session ids distinct types.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = Uuid)]
pub struct Id<Entity: 'static>(uuid::Uuid, PhantomData<fn() -> Entity>);

impl<E> Id<E> {
    /// A new id that sorts after earlier ones.
    pub fn new(now: Timestamp) -> Self {
        Self::from(random::uuid_v7(u64::try_from(now.unix_millis()).unwrap_or(0)))
    }

    /// The plain UUID for other services and people.
    pub fn uuid(self) -> uuid::Uuid {
        self.0
    }
}

impl<E> From<uuid::Uuid> for Id<E> {
    fn from(value: uuid::Uuid) -> Self {
        Self(value, PhantomData)
    }
}

// Written by hand, because a derive would require the traits of `Entity` too.
impl<E> Clone for Id<E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for Id<E> {}
impl<E> PartialEq for Id<E> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<E> Eq for Id<E> {}
impl<E> Hash for Id<E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<E> std::fmt::Debug for Id<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}
impl<E> std::fmt::Display for Id<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(feature = "postgres")]
impl<E> ToSql<Uuid, diesel::pg::Pg> for Id<E> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

#[cfg(feature = "sqlite")]
impl<E> ToSql<Uuid, diesel::sqlite::Sqlite> for Id<E> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl<E> ToSql<Uuid, MultiBackend> for Id<E> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Uuid, self));
        Ok(IsNull::No)
    }
}

#[cfg(feature = "postgres")]
impl<E> FromSql<Uuid, diesel::pg::Pg> for Id<E> {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> deserialize::Result<Self> {
        Ok(uuid::Uuid::from_slice(value.as_bytes())?.into())
    }
}

#[cfg(feature = "sqlite")]
impl<E> FromSql<Uuid, diesel::sqlite::Sqlite> for Id<E> {
    fn from_sql(value: <diesel::sqlite::Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<diesel::sql_types::Text, diesel::sqlite::Sqlite>>::from_sql(value)?;
        Ok(uuid::Uuid::parse_str(&text)?.into())
    }
}

impl<E> FromSql<Uuid, MultiBackend> for Id<E> {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Uuid>()
    }
}

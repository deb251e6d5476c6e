//! The rows. No query without its owner, but for the count.

use diesel::dsl::{count, count_star};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

use super::text::Text;

diesel::table! {
    notes (id) {
        id -> Integer,
        user_uuid -> Text,
        text -> Text,
    }
}

/// A note, as its owner sees it.
#[derive(Queryable, Selectable, Serialize)]
pub struct Note {
    id: i32,
    text: String,
}

impl Note {
    /// The newest first.
    pub fn all_of(conn: &mut SqliteConnection, owner: Uuid) -> QueryResult<Vec<Self>> {
        notes::table
            .filter(notes::user_uuid.eq(owner.to_string()))
            .order(notes::id.desc())
            .select(Self::as_select())
            .load(conn)
    }

    pub fn add(conn: &mut SqliteConnection, owner: Uuid, text: &Text) -> QueryResult<()> {
        diesel::insert_into(notes::table)
            .values((notes::user_uuid.eq(owner.to_string()), notes::text.eq(text.as_str())))
            .execute(conn)?;
        Ok(())
    }

    /// Somebody else's note, or one that is gone, is left alone: the same answer for both.
    pub fn delete(conn: &mut SqliteConnection, owner: Uuid, id: i32) -> QueryResult<()> {
        let mine = notes::table.filter(notes::id.eq(id)).filter(notes::user_uuid.eq(owner.to_string()));
        diesel::delete(mine).execute(conn)?;
        Ok(())
    }

    pub fn delete_all_of(conn: &mut SqliteConnection, owner: Uuid) -> QueryResult<()> {
        diesel::delete(notes::table.filter(notes::user_uuid.eq(owner.to_string()))).execute(conn)?;
        Ok(())
    }

    /// How many notes there are, and of how many people.
    pub fn count_all(conn: &mut SqliteConnection) -> QueryResult<(i64, i64)> {
        let people = count(notes::user_uuid).aggregate_distinct();
        notes::table.select((count_star(), people)).first(conn)
    }
}

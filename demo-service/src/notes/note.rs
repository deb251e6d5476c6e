//! Note: a row, and its queries. Each query is limited to one owner, except the count.

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
        once -> Nullable<Text>,
    }
}

/// The most notes of one person. All are on one page, and no one person may fill the disk.
pub const MAX_NOTES: i64 = 200;

/// A note, as its owner sees it.
#[derive(Queryable, Selectable, Serialize)]
pub struct Note {
    id: i32,
    text: String,
}

impl Note {
    /// All notes of a person, the newest first.
    pub fn all_of(conn: &mut SqliteConnection, owner: Uuid) -> QueryResult<Vec<Self>> {
        notes::table
            .filter(notes::user_uuid.eq(owner.to_string()))
            .order(notes::id.desc())
            .select(Self::as_select())
            .load(conn)
    }

    /// Adds a note. `false` if the owner has [`MAX_NOTES`] already. The transaction locks the file
    /// from its beginning, so that two additions at the same moment are counted one after the
    /// other.
    ///
    /// A note with the same `once` and text is left as it is, because the button was pressed twice.
    /// The text counts too: a person may go back, write something else into the same form, and mean
    /// another note.
    pub fn add(
        conn: &mut SqliteConnection,
        owner: Uuid,
        text: &Text,
        once: Option<Uuid>,
    ) -> QueryResult<bool> {
        let once = once.map(|once| once.to_string());
        conn.immediate_transaction(|conn| {
            let mine = || notes::table.filter(notes::user_uuid.eq(owner.to_string()));
            let same = mine().filter(notes::text.eq(text.as_str())).filter(notes::once.eq(once.as_deref()));
            if same.count().get_result::<i64>(conn)? > 0 {
                return Ok(true);
            }
            if mine().count().get_result::<i64>(conn)? >= MAX_NOTES {
                return Ok(false);
            }
            let note = (
                notes::user_uuid.eq(owner.to_string()),
                notes::text.eq(text.as_str()),
                notes::once.eq(once.as_deref()),
            );
            diesel::insert_into(notes::table).values(note).execute(conn)?;
            Ok(true)
        })
    }

    /// Deletes a note. Another person's note, or one that does not exist, is left alone with the
    /// same outcome.
    pub fn delete(conn: &mut SqliteConnection, owner: Uuid, id: i32) -> QueryResult<()> {
        let mine = notes::table.filter(notes::id.eq(id)).filter(notes::user_uuid.eq(owner.to_string()));
        diesel::delete(mine).execute(conn)?;
        Ok(())
    }

    pub fn count_of(conn: &mut SqliteConnection, owner: Uuid) -> QueryResult<i64> {
        notes::table.filter(notes::user_uuid.eq(owner.to_string())).count().get_result(conn)
    }

    pub fn delete_all_of(conn: &mut SqliteConnection, owner: Uuid) -> QueryResult<()> {
        diesel::delete(notes::table.filter(notes::user_uuid.eq(owner.to_string()))).execute(conn)?;
        Ok(())
    }

    /// The number of notes, and of people who have any.
    pub fn count_all(conn: &mut SqliteConnection) -> QueryResult<(i64, i64)> {
        let people = count(notes::user_uuid).aggregate_distinct();
        notes::table.select((count_star(), people)).first(conn)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::database::Database;

    #[test]
    fn of_many_who_add_the_last_note_at_the_same_moment_one_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.db").to_str().unwrap().to_owned();
        let _made = Database::open(&path).unwrap();
        let owner = Uuid::from_u128(7);
        let text = || Text::parse("a note").unwrap();
        let connect = |path: &str| {
            let mut conn = SqliteConnection::establish(path).unwrap();
            diesel::sql_query("PRAGMA busy_timeout = 5000").execute(&mut conn).unwrap();
            conn
        };
        let mut conn = connect(&path);
        for _ in 1..MAX_NOTES {
            assert!(Note::add(&mut conn, owner, &text(), None).unwrap());
        }
        let racers: Vec<_> = (0..8)
            .map(|_| {
                let mut conn = connect(&path);
                thread::spawn(move || Note::add(&mut conn, owner, &text(), None).unwrap())
            })
            .collect();
        let added = racers.into_iter().map(|racer| racer.join().unwrap());
        assert_eq!(added.filter(|added| *added).count(), 1);
        assert_eq!(Note::count_all(&mut conn).unwrap(), (MAX_NOTES, 1));
    }
}

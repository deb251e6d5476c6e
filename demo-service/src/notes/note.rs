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
        once -> Nullable<Text>,
    }
}

/// How many one person may keep. All of them are on one page, and nobody's may fill the disk.
pub const MOST: i64 = 200;

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

    /// `false` for who keeps [`MOST`] already. The transaction has the file's lock from its beginning: two at the same moment are counted
    /// one after the other.
    ///
    /// A note that is there already, out of the same form, is left as it is: the button was pressed twice. The text belongs to it, since
    /// somebody may go back, write something else into the same form, and mean another note.
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
            if mine().count().get_result::<i64>(conn)? >= MOST {
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
        for _ in 1..MOST {
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
        assert_eq!(Note::count_all(&mut conn).unwrap(), (MOST, 1));
    }
}

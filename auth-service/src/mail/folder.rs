//! The folder of `SMTP_URL=file:<folder>`: for each letter the message, and what the mailbox of
//! `cargo xtask dev` shows of it.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use lettre::Message;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::pages::DrawnLetter;

/// A letter in the folder.
#[derive(Debug, Serialize, Deserialize)]
pub struct StoredLetter {
    /// Ids sort by time.
    pub id: Uuid,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// When it was posted, in microseconds since 1970.
    pub at: i64,
}

impl StoredLetter {
    pub(super) fn new((id, to, at): (Uuid, &str, i64), drawn: &DrawnLetter) -> Self {
        let DrawnLetter { subject, text, html } = drawn;
        let (subject, text, html) = (subject.clone(), text.clone(), html.clone());
        Self { id, to: to.to_owned(), subject, text, html, at }
    }

    /// Puts it into the folder, with its message.
    pub(super) fn put_into(&self, folder: &Path, message: &Message) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        put(folder, &format!("{}.json", self.id), &serde_json::to_vec(self)?)?;
        put(folder, &format!("{}.eml", self.id), &message.formatted())
    }

    /// The letter of this id; `None` if there is none.
    pub fn read(folder: &Path, id: Uuid) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(format!("{id}.json"))).ok()?).ok()
    }

    /// The latest letters, the newest first, up to `most`. A folder that is not there yet is empty.
    pub fn latest(folder: &Path, most: usize) -> Vec<Self> {
        let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
        let mut ids: Vec<Uuid> =
            names.filter_map(|name| name.to_str()?.strip_suffix(".json")?.parse().ok()).collect();
        ids.sort_unstable();
        ids.into_iter().rev().take(most).filter_map(|id| Self::read(folder, id)).collect()
    }
}

/// A reader finds a file only when it is complete.
fn put(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.persist(folder.join(name))?;
    Ok(())
}

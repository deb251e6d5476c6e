//! The sender: draws a letter and hands it to the transport.

use lettre::message::Mailbox;
use serde::Serialize;
use uuid::Uuid;

use super::folder::StoredLetter;
use super::message::{self, Envelope};
use super::transport::Transport;
use crate::db::types::Timestamp;
use crate::outbox::Setback;
use crate::pages::Pages;

/// Draws and sends. Clones share the connections to the mail server.
#[derive(Clone)]
pub struct Sender {
    pub pages: Pages,
    pub transport: Transport,
    pub from: Mailbox,
    /// The host of `AUTH_URL`, for message ids.
    pub host: String,
}

/// What is sent: a template with its context, in a language, by its tag.
pub struct Draft<'a, L> {
    pub template: &'a str,
    pub language: Option<&'a str>,
    pub letter: &'a L,
}

impl Sender {
    /// Sends a letter, and returns the mail server's answer code; `None` from a folder. The same
    /// `id` gives the same `Message-ID`. Blocks.
    pub fn send(
        &self,
        draft: &Draft<'_, impl Serialize>,
        to: &str,
        (id, at): (Uuid, Timestamp),
    ) -> Result<Option<u16>, Setback> {
        let letter = self
            .pages
            .draw_letter(draft.language, draft.template, draft.letter)
            .map_err(|error| Setback::Impossible(cause_of(&error)))?;
        let stored = StoredLetter::new((id, to, at.unix_micros()), &letter);
        let envelope = Envelope {
            from: self.from.clone(),
            to,
            message_id: format!("<{id}@{}>", self.host),
            at: at.into(),
        };
        let message = message::build(letter, envelope).map_err(Setback::Impossible)?;
        self.transport.send(&message, &stored)
    }
}

fn cause_of(error: &crate::error::Error) -> String {
    error.cause().map_or_else(|| error.to_string(), ToString::to_string)
}

//! The pages of the mailbox.

use serde::Serialize;

use super::PATH;
use crate::db::types::Timestamp;
use crate::i18n::Moment;
use crate::mail::StoredLetter;
use crate::pages::Page;

/// `templates/dev_mailbox/mailbox.html`
#[derive(Debug, Serialize)]
pub struct MailboxPage {
    pub letters: Vec<Line>,
}

/// A letter in the list.
#[derive(Debug, Serialize)]
pub struct Line {
    url: String,
    to: String,
    subject: String,
    at: Option<Moment>,
}

impl Line {
    pub fn new(letter: &StoredLetter, now: Timestamp) -> Self {
        Self {
            url: format!("{PATH}/{}", letter.id),
            to: letter.to.clone(),
            subject: letter.subject.clone(),
            at: Timestamp::from_unix_micros(letter.at).map(|at| Moment::of(at, now)),
        }
    }

    fn sample() -> Self {
        Self {
            url: format!("{PATH}/1"),
            to: "ada@example.org".to_owned(),
            subject: "Confirm your email address".to_owned(),
            at: Some(Moment::sample()),
        }
    }
}

impl Page for MailboxPage {
    const TEMPLATE: &'static str = "dev_mailbox/mailbox.html";

    fn samples() -> Vec<Self> {
        vec![Self { letters: Vec::new() }, Self { letters: vec![Line::sample()] }]
    }
}

/// `templates/dev_mailbox/opened.html`
#[derive(Debug, Serialize)]
pub struct StoredLetterPage {
    pub letter: Line,
    /// The address of the HTML part.
    pub html_url: String,
    pub text: String,
}

impl Page for StoredLetterPage {
    const TEMPLATE: &'static str = "dev_mailbox/opened.html";

    fn samples() -> Vec<Self> {
        let text = "Enter this code:\n\n123456\n".to_owned();
        vec![Self { letter: Line::sample(), html_url: format!("{PATH}/1/html"), text }]
    }
}

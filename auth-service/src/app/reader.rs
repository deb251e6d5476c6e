//! The reader of a letter that a request asks for.

use super::App;
use crate::forms::BrowserSession;
use crate::http::Next;
use crate::verification::Reader;

impl App {
    /// Whoever uses this browser: the language of our pages there, and where they were going.
    pub fn reader(&self, browser: &BrowserSession, next: Option<&Next>) -> Reader {
        let texts = self.pages.texts();
        Reader {
            language: texts.tag(texts.choose(&browser.preferred)).to_owned(),
            next: next.map(|next| next.as_str().to_owned()),
        }
    }
}

//! Who waits for the answer: a person in a tab, a person in a frame, or a script. Browsers say so
//! in Fetch Metadata (W3C); where they do not, `Accept` does.
//!
//! This is the one place that tells a person from a program. No list of what browsers send may
//! decide against a person: what is on none is judged by whether it asks for HTML.

use super::accept::prefers_html;
use super::request::RequestInfo;

/// Who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reader {
    /// A person in a tab, who opens a page, sends a form or saves a file. They can be sent to the
    /// login and back.
    Tab,
    /// A person who reads a page within another page. Within one of the domain they can be sent to
    /// the login too, which asks nobody for a password there; within another site's there are no
    /// cookies.
    Frame,
    /// A script, an image, a style sheet: what cannot go by the login.
    Program,
    /// Nobody says, and nobody asks for HTML: a program, most likely.
    Unknown,
}

/// What kind of request it is, which decides the form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestKind {
    /// A page that a person opens: can be redirected.
    Navigation,
    /// A form sent by a person: must not be lost.
    PostedForm,
    /// All else, for which there are problems.
    Other,
}

impl RequestInfo<'_> {
    /// What kind of request it is.
    pub fn kind(&self) -> RequestKind {
        match (self.wants_page(), self.method()) {
            (true, "GET" | "HEAD") => RequestKind::Navigation,
            (true, "POST") => RequestKind::PostedForm,
            _ => RequestKind::Other,
        }
    }

    /// Whether a person waits for this. If so, errors are better shown as a page than as JSON.
    pub fn wants_page(&self) -> bool {
        match self.reader() {
            Reader::Tab => true,
            Reader::Frame => matches!(self.only("sec-fetch-site"), Some("same-origin" | "same-site")),
            _ => false,
        }
    }

    /// Whether `Accept` asks for HTML, and for no JSON before or above it.
    pub fn prefers_html(&self) -> bool {
        prefers_html(self.all("accept"))
    }

    /// Who waits for the answer.
    ///
    /// `navigate` is a person's, whatever it is to become: Chromium says `empty` for a download,
    /// and for a page that a service worker passes on. Firefox passes such a page on with
    /// `same-origin`, as a script could send it too; then `Accept` decides.
    pub fn reader(&self) -> Reader {
        let (mode, dest) = (self.first("sec-fetch-mode"), self.first("sec-fetch-dest"));
        let is_nested = matches!(dest, Some("iframe" | "frame" | "embed" | "object" | "fencedframe"));
        let is_person = match mode {
            Some("navigate") => true,
            Some("cors" | "no-cors" | "websocket") => false,
            None if is_nested || dest == Some("document") => true,
            _ => self.prefers_html(),
        };
        match is_person {
            true if !is_nested => Reader::Tab,
            // Who says that it is a frame says whose.
            true if self.has("sec-fetch-site") => Reader::Frame,
            false if mode.is_none() && dest.is_none() => Reader::Unknown,
            _ => Reader::Program,
        }
    }

    /// Whether a person is about to read the page in a tab, and it may go round by the login first.
    /// One that is fetched in case somebody wants to read it may not; a download can do without.
    pub(super) fn is_page_in_tab(&self) -> bool {
        let is_document = self.first("sec-fetch-dest") != Some("empty") || self.prefers_html();
        self.method() == "GET" && self.reader() == Reader::Tab && is_document && !self.is_prefetch()
    }

    /// Whether a page of this very service shows the answer in a frame.
    pub(super) fn is_in_own_frame(&self) -> bool {
        self.reader() == Reader::Frame && self.is_same_origin()
    }
}

//! Fetch Metadata (W3C): whether a person in a tab, a person in a frame or a script waits for the
//! response. For browsers that do not send it, `Accept` decides.
//!
//! This is the only place that tells a person from a program. No list of known headers may decide
//! against a person: a request that is on no list is judged by whether it asks for HTML.

use super::accept::prefers_html;
use super::request::RequestInfo;

/// Who waits for a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reader {
    /// A person in a tab, who opens a page, sends a form or saves a file. They can be redirected to
    /// the login and back.
    Tab,
    /// A person who reads a page in a frame. In a frame of the domain they can be redirected to the
    /// login too, which shows no password form there. In another site's frame there are no cookies.
    Frame,
    /// A script, an image or a style sheet, which cannot use the login page.
    Program,
    /// Unknown, and not asking for HTML: most likely a program.
    Unknown,
}

/// The kind of a request, which decides the form of the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestKind {
    /// A page that a person opens. It can be redirected.
    Navigation,
    /// A form that a person sends. It must not be lost.
    PostedForm,
    /// Anything else. It gets a problem.
    Other,
}

impl RequestInfo<'_> {
    /// The kind of this request.
    pub fn kind(&self) -> RequestKind {
        match (self.wants_page(), self.method()) {
            (true, "GET" | "HEAD") => RequestKind::Navigation,
            (true, "POST") => RequestKind::PostedForm,
            _ => RequestKind::Other,
        }
    }

    /// Whether a person waits for the response, so that errors are better shown as a page than as
    /// JSON.
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

    /// Who waits for the response.
    ///
    /// `navigate` means a person, whatever the destination: Chromium says `empty` for a download,
    /// and for a page that a service worker requests. Firefox marks such a page `same-origin`,
    /// which a script could send too; then `Accept` decides.
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
            // A browser that names the frame also names its site.
            true if self.has("sec-fetch-site") => Reader::Frame,
            false if mode.is_none() && dest.is_none() => Reader::Unknown,
            _ => Reader::Program,
        }
    }

    /// Whether a person is about to read the page in a tab, so that it may be redirected to the
    /// login first. A prefetch may not, and a download need not.
    pub(super) fn is_page_in_tab(&self) -> bool {
        let is_document = self.first("sec-fetch-dest") != Some("empty") || self.prefers_html();
        self.method() == "GET" && self.reader() == Reader::Tab && is_document && !self.is_prefetch()
    }

    /// Whether a page of this very service shows the answer in a frame.
    pub(super) fn is_in_own_frame(&self) -> bool {
        self.reader() == Reader::Frame && self.is_same_origin()
    }
}

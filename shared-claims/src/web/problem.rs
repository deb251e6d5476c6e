//! Problem details for programs (RFC 9457), with `code`.

use serde_json::{Value, json};
use url::Url;

use super::response::Response;

/// A problem in the making.
pub(super) struct Problem {
    pub(super) code: &'static str,
    pub(super) title: &'static str,
    pub(super) detail: &'static str,
    pub(super) more: Vec<(&'static str, Value)>,
}

impl Problem {
    pub(super) fn new(code: &'static str, title: &'static str, detail: &'static str) -> Self {
        Self { code, title, detail, more: Vec::new() }
    }

    pub(super) fn with(mut self, name: &'static str, url: &Url) -> Self {
        self.more.push((name, url.as_str().into()));
        self
    }

    pub(super) fn into(self, mut answer: Response) -> Response {
        let Self { code, title, detail, more } = self;
        let mut problem = json!({
            "type": "about:blank", "title": title, "status": answer.status, "detail": detail, "code": code,
        });
        for (name, value) in more {
            problem[name] = value;
        }
        answer.add("content-type", "application/problem+json");
        answer.body = problem.to_string();
        answer
    }
}

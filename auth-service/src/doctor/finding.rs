//! Findings: what the doctor reports.

use serde::Serialize;

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Worth knowing; nothing is wrong.
    Note,
    /// Works, and will hurt somebody some day.
    Warning,
    /// People cannot log in, or others can who should not.
    Error,
}

/// One thing that was found. Scripts know it by `id`, which stays the same from release to release.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    pub id: &'static str,
    pub severity: Severity,
    /// The object of the check: `settings`, `database`, or the address of a service.
    pub about: String,
    pub what: String,
    /// Why it matters; empty where all is well.
    pub why: String,
    /// Advice; empty where all is well.
    pub advice: String,
}

/// Removes line breaks: text of rows and servers must not look like a line of ours.
fn one_line(text: &str) -> String {
    text.replace('\n', "\\u000a").replace('\r', "\\u000d")
}

impl Finding {
    pub(super) fn ok(id: &'static str, what: impl Into<String>) -> Self {
        Self {
            id,
            severity: Severity::Ok,
            about: String::new(),
            what: one_line(&what.into()),
            why: String::new(),
            advice: String::new(),
        }
    }

    pub(super) fn note(id: &'static str, what: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::ok(id, what) }
    }

    pub(super) fn warning(id: &'static str, what: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::ok(id, what) }
    }

    pub(super) fn error(id: &'static str, what: impl Into<String>) -> Self {
        Self { severity: Severity::Error, ..Self::ok(id, what) }
    }

    pub(super) fn because(self, why: impl Into<String>) -> Self {
        Self { why: why.into(), ..self }
    }

    pub(super) fn advise(self, advice: impl Into<String>) -> Self {
        Self { advice: advice.into(), ..self }
    }

    pub(super) fn about(self, about: impl Into<String>) -> Self {
        Self { about: about.into(), ..self }
    }
}

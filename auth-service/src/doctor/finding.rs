//! Findings: what the doctor reports.

use serde::Serialize;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// All is well.
    Ok,
    /// Worth knowing; nothing is wrong.
    Note,
    /// Works now, but will cause a problem later.
    Warning,
    /// People cannot log in, or the wrong people can.
    Error,
}

/// One result of a check. Scripts rely on `id`, which stays the same from release to release.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    pub id: &'static str,
    pub severity: Severity,
    /// The object of the check: `settings`, `database`, or the address of a service.
    pub about: String,
    pub what: String,
    /// Why it matters; empty if all is well.
    pub why: String,
    /// What to do; empty if all is well.
    pub advice: String,
}

/// Removes line breaks, so that text from rows and servers cannot imitate a line of the report.
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

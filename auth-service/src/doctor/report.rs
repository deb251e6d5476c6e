//! The doctor's report, for people and as JSON.

use std::fmt;

use serde::Serialize;

use super::finding::{Finding, Severity};

/// All findings, grouped by subject.
#[derive(Debug, Serialize)]
pub struct Report {
    /// True if there is neither an error nor a warning.
    pub healthy: bool,
    pub summary: Summary,
    pub findings: Vec<Finding>,
}

/// The number of findings of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub ok: usize,
    pub note: usize,
    pub warning: usize,
    pub error: usize,
}

impl Report {
    pub(super) fn new(mut findings: Vec<Finding>) -> Self {
        drop_consequences(&mut findings);
        let mut summary = Summary::default();
        for finding in &findings {
            *match finding.severity {
                Severity::Ok => &mut summary.ok,
                Severity::Note => &mut summary.note,
                Severity::Warning => &mut summary.warning,
                Severity::Error => &mut summary.error,
            } += 1;
        }
        Self { healthy: summary.warning + summary.error == 0, summary, findings }
    }
}

/// Drops findings that follow from another one, so that one cause gives one thing to do.
fn drop_consequences(findings: &mut Vec<Finding>) {
    const CAUSES_OF_NOT_READY: [&str; 8] = [
        "database-unreachable",
        "database-file-lost",
        "database-corrupt",
        "database-pooled",
        "database-rights-missing",
        "database-schema-elsewhere",
        "schema-pending",
        "database-not-writable",
    ];
    let is_explained = findings.iter().any(|finding| CAUSES_OF_NOT_READY.contains(&finding.id));
    findings.retain(|finding| finding.id != "auth-service-not-ready" || !is_explained);
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut about = "";
        for finding in &self.findings {
            if finding.about != about {
                about = &finding.about;
                writeln!(f, "{about}")?;
            }
            let mark = match finding.severity {
                Severity::Ok => "ok     ",
                Severity::Note => "note   ",
                Severity::Warning => "warning",
                Severity::Error => "error  ",
            };
            writeln!(f, "  {mark}  {} [{}]", finding.what, finding.id)?;
            for more in [&finding.why, &finding.advice].into_iter().filter(|more| !more.is_empty()) {
                writeln!(f, "           {more}")?;
            }
        }
        let Summary { ok, note, warning, error } = self.summary;
        let verdict = if self.healthy { "Healthy" } else { "Not healthy" };
        let (errors, warnings) = (counted(error, "error"), counted(warning, "warning"));
        write!(f, "{verdict}: {errors}, {warnings}, {}, {ok} in order.", counted(note, "note"))
    }
}

/// `1 error`, `2 errors`.
fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

impl Report {
    /// A short summary.
    pub fn verdict(&self) -> String {
        let Summary { warning, error, .. } = self.summary;
        format!("{} and {}", counted(error, "error"), counted(warning, "warning"))
    }
}

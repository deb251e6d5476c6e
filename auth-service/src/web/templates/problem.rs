//! What is wrong with a template or a text, and where.

use tera::ErrorKind;

use super::Files;

/// One line: file, line, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateProblem {
    file: String,
    line: Option<usize>,
    what: String,
}

impl TemplateProblem {
    pub fn at(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: Some(line), what: what.into() }
    }

    pub fn in_file(file: &str, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, what: what.into() }
    }

    /// What Tera found. Its names are those below the folder; ours say which folder.
    pub fn of(error: &tera::Error, files: &Files) -> Self {
        let shown = |name: &str| files.template(name).map_or(name, |source| source.shown()).to_owned();
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => Self {
                file: shown(report.filename()),
                line: Some(report.span().start_line),
                what: report.message().to_owned(),
            },
            ErrorKind::MissingParent { current, parent } => Self {
                file: shown(current),
                line: line_with(files, current, parent),
                what: format!("extends {parent}, which is not there"),
            },
            ErrorKind::CircularExtend { tpl, .. } => {
                Self::in_file(&shown(tpl), "extends itself, in a circle")
            }
            ErrorKind::CircularInclude { tpl, .. } => {
                Self::in_file(&shown(tpl), "includes itself, in a circle")
            }
            other => Self::of_report(&other.to_string(), shown),
        }
    }
}

impl TemplateProblem {
    /// Some of what Tera finds comes as a drawing for a terminal alone: "error: Unknown filter … --> a.html:3:20 | …".
    fn of_report(report: &str, shown: impl Fn(&str) -> String) -> Self {
        let report = one_line(report);
        let place = report.split_once(" --> ").and_then(|(what, rest)| {
            let mut place = rest.split(' ').next()?.rsplitn(3, ':');
            let (_column, line, file) = (place.next()?, place.next()?, place.next()?);
            Some((what.trim_start_matches("error: ").to_owned(), line.parse().ok()?, file.to_owned()))
        });
        match place {
            Some((what, line, file)) => Self { file: shown(&file), line: Some(line), what },
            None => Self { file: "the templates".to_owned(), line: None, what: report },
        }
    }
}

fn line_with(files: &Files, name: &str, word: &str) -> Option<usize> {
    let text = files.template(name)?.text();
    text.lines().position(|line| line.contains(word)).map(|at| at + 1)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl std::fmt::Display for TemplateProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, one_line(&self.what)),
            None => write!(f, "{}: {}", self.file, one_line(&self.what)),
        }
    }
}

impl std::error::Error for TemplateProblem {}

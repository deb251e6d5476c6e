//! Template errors: turns Tera's errors into a file, a line and a description.

use tera::ErrorKind;

use crate::assets::{Files, TemplateProblem};

/// Converts Tera's error. Tera names a template relative to its folder; the result names the folder
/// as well.
pub(super) fn problem_of(error: &tera::Error, files: &Files) -> TemplateProblem {
    let shown = |name: &str| files.template(name).map_or(name, |source| source.shown()).to_owned();
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            TemplateProblem::at(&shown(report.filename()), report.span().start_line, report.message())
        }
        ErrorKind::MissingParent { current, parent } => {
            let what = format!("extends {parent}, which is not there");
            match line_with(files, current, parent) {
                Some(line) => TemplateProblem::at(&shown(current), line, what),
                None => TemplateProblem::in_file(&shown(current), what),
            }
        }
        ErrorKind::CircularExtend { tpl, .. } => {
            TemplateProblem::in_file(&shown(tpl), "extends itself, in a circle")
        }
        ErrorKind::CircularInclude { tpl, .. } => {
            TemplateProblem::in_file(&shown(tpl), "includes itself, in a circle")
        }
        other => problem_of_report(&other.to_string(), shown),
    }
}

/// Tera reports some errors only as text for a terminal: "error: Unknown filter … --> a.html:3:20 |
/// …".
fn problem_of_report(report: &str, shown: impl Fn(&str) -> String) -> TemplateProblem {
    let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
    let place = report.split_once(" --> ").and_then(|(what, rest)| {
        let mut place = rest.split(' ').next()?.rsplitn(3, ':');
        let (_column, line, file) = (place.next()?, place.next()?, place.next()?);
        Some((what.trim_start_matches("error: ").to_owned(), line.parse().ok()?, file.to_owned()))
    });
    match place {
        Some((what, line, file)) => TemplateProblem::at(&shown(&file), line, what),
        None => TemplateProblem::in_file("the templates", report),
    }
}

fn line_with(files: &Files, name: &str, word: &str) -> Option<usize> {
    let text = files.template(name)?.text();
    text.lines().position(|line| line.contains(word)).map(|at| at + 1)
}

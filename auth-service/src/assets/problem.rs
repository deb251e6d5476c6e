//! Template problems: what is wrong in a template or a translation, and where.

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

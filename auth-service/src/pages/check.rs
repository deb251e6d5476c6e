//! Checks at startup that a template finds everything that it uses.

use std::collections::BTreeSet;

use serde_json::Value;
use tera::Context;

use super::tera_error::problem_of;
use crate::assets::TemplateProblem;
use crate::pages::Pages;
use crate::pages::{Layout, SamplePage};

impl Pages {
    /// Whether `TEMPLATES_DIR` brought any file.
    pub fn has_overrides(&self) -> bool {
        !self.0.files.brought().is_empty()
    }

    /// Draws `page` with each of its samples in every language. Returns the first missing value or
    /// message as an error with file and line.
    pub fn check(&self, page: &SamplePage) -> Result<(), TemplateProblem> {
        let (template, samples) = (page.template, page.samples());
        self.require_variables(template, samples.first())?;
        for (language, ..) in &self.0.drawn_in {
            for shell in [Layout::default(), Layout::sample()] {
                for page in &samples {
                    self.draw_in(*language, &shell, template, page)
                        .map_err(|error| problem_of(&error, &self.0.files))?;
                }
            }
        }
        Ok(())
    }

    /// Checks the variables in all branches, including those that no sample reaches.
    fn require_variables(&self, template: &str, sample: Option<&Value>) -> Result<(), TemplateProblem> {
        let unknown = |error: tera::Error| problem_of(&error, &self.0.files);
        let Some((_, tera, _)) = self.0.drawn_in.first() else { return Ok(()) };
        let mut context = Context::new();
        if let Some(sample) = sample {
            context = Context::from_serialize(sample).map_err(unknown)?;
        }
        context.extend(Context::from_serialize(&Layout::default()).map_err(unknown)?);
        let wanted: BTreeSet<&str> =
            tera.get_template_variables(template).map_err(unknown)?.into_iter().collect();
        let missing = wanted
            .into_iter()
            .find(|name| !["site", "language"].contains(name) && context.get(name).is_none());
        match missing {
            None => Ok(()),
            Some(name) => Err(self.where_it_is_wanted(template, name)),
        }
    }

    fn where_it_is_wanted(&self, template: &str, name: &str) -> TemplateProblem {
        let files = &self.0.files;
        let what = format!("{name} is nothing that {template} is given");
        // Look in the page itself first, then in the templates that it extends or includes.
        let sources = files.template(template).into_iter().chain(files.sources());
        for source in sources {
            if let Some(line) = source.text().lines().position(|line| has_word(line, name)) {
                return TemplateProblem::at(source.shown(), line + 1, what);
            }
        }
        TemplateProblem::in_file(template, what)
    }
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found == word)
}

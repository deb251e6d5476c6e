//! Letters: a subject, a text and an HTML part, each a template of its own.

use serde::Serialize;
use serde_json::Value;
use tera::Context;

use super::templates::SiteContext;
use super::tera_error::problem_of;
use crate::assets::TemplateProblem;
use crate::error::Error;
use crate::i18n::Language;
use crate::pages::Pages;

/// A letter: the type of its templates' context.
pub trait Letter: Serialize + Sized {
    /// The name of its templates below `templates/`, without the endings `.subject.txt`, `.txt` and
    /// `.html`.
    const TEMPLATE: &'static str;

    /// One sample for each state that the templates distinguish.
    fn samples() -> Vec<Self>;
}

/// A letter for the template check: its templates and its samples, without the letter's type.
#[derive(Clone, Copy)]
pub struct SampleLetter {
    pub template: &'static str,
    samples: fn() -> Vec<Value>,
}

impl SampleLetter {
    pub const fn of<L: Letter>() -> Self {
        Self { template: L::TEMPLATE, samples: samples::<L> }
    }

    /// The samples of the letter.
    pub fn samples(&self) -> Vec<Value> {
        (self.samples)()
    }
}

fn samples<L: Letter>() -> Vec<Value> {
    let value = |letter| serde_json::to_value(letter).expect("a letter is an object of texts and numbers");
    L::samples().into_iter().map(value).collect()
}

/// A rendered letter. It may hold a secret, so it is never logged.
pub struct DrawnLetter {
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// The endings of the three templates.
const PARTS: [&str; 3] = [".subject.txt", ".txt", ".html"];

impl Pages {
    /// Draws a letter in the language with this tag, or in English if there is no such language.
    pub fn draw_letter(
        &self,
        tag: Option<&str>,
        template: &str,
        letter: &impl Serialize,
    ) -> Result<DrawnLetter, Error> {
        let language = self.language_of(tag);
        self.draw_parts(language, template, letter)
            .map_err(|error| Error::internal(format!("the letter {template} cannot be drawn: {error}")))
    }

    /// Draws `letter` with each of its samples in every language.
    pub fn check_letter(&self, letter: &SampleLetter) -> Result<(), TemplateProblem> {
        for (language, ..) in &self.0.drawn_in {
            for sample in letter.samples() {
                self.draw_parts(*language, letter.template, &sample)
                    .map_err(|error| problem_of(&error, &self.0.files))?;
            }
        }
        Ok(())
    }

    fn language_of(&self, tag: Option<&str>) -> Language {
        let has_tag = |language: &Language| Some(self.texts().tag(*language)) == tag;
        let mut languages = self.0.drawn_in.iter().map(|(language, ..)| *language);
        languages.find(has_tag).unwrap_or(self.0.drawn_in[0].0)
    }

    fn draw_parts(
        &self,
        language: Language,
        template: &str,
        letter: &impl Serialize,
    ) -> tera::TeraResult<DrawnLetter> {
        let found = self.0.drawn_in.iter().find(|(one, ..)| *one == language);
        let (_, tera, site) = found.ok_or_else(|| tera::Error::message("there is no such language"))?;
        let mut context = Context::from_serialize(letter)?;
        context.insert::<&str, SiteContext>("site", site);
        context.insert("language", self.texts().tag(language));
        let [subject, text, html] = PARTS.map(|part| tera.render(&format!("{template}{part}"), &context));
        // A line break would begin another header.
        let subject = subject?.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(DrawnLetter { subject, text: text?.trim().to_owned() + "\n", html: html? })
    }
}

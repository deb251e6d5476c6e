//! Pages: a template and the type of its context.

use serde::Serialize;
use serde_json::Value;

/// A page: the type of a template's context.
pub trait Page: Serialize + Sized {
    /// The template's name below `templates/`.
    const TEMPLATE: &'static str;

    /// Whether our template runs a script of ours, which the content security policy must allow.
    const RUNS_SCRIPT: bool = false;

    /// One sample for each state that the template distinguishes. Operators' own templates are
    /// checked with them.
    fn samples() -> Vec<Self>;
}

/// A page for the template check: its template and its samples, without the page's type.
#[derive(Clone, Copy)]
pub struct SamplePage {
    pub template: &'static str,
    pub runs_script: bool,
    samples: fn() -> Vec<Value>,
}

impl SamplePage {
    pub const fn of<P: Page>() -> Self {
        Self { template: P::TEMPLATE, runs_script: P::RUNS_SCRIPT, samples: samples::<P> }
    }

    /// The samples of the page.
    pub fn samples(&self) -> Vec<Value> {
        (self.samples)()
    }
}

fn samples<P: Page>() -> Vec<Value> {
    let value = |page| serde_json::to_value(page).expect("a page is an object of texts, numbers and lists");
    P::samples().into_iter().map(value).collect()
}

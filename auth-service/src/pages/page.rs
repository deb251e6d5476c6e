//! Pages: a template, and the type of what it is given.

use serde::Serialize;
use serde_json::Value;

/// A page: the type of what a template is given.
pub trait Page: Serialize + Sized {
    /// The template's name below `templates/`.
    const TEMPLATE: &'static str;

    /// The page in each state that its template tells apart: what an operator's own template is
    /// tried on.
    fn samples() -> Vec<Self>;
}

/// A page as it is drawn on trial: its template and its samples, whatever its type.
#[derive(Clone, Copy)]
pub struct SamplePage {
    pub template: &'static str,
    samples: fn() -> Vec<Value>,
}

impl SamplePage {
    pub const fn of<P: Page>() -> Self {
        Self { template: P::TEMPLATE, samples: samples::<P> }
    }

    /// A sample of each state of the page.
    pub fn samples(&self) -> Vec<Value> {
        (self.samples)()
    }
}

fn samples<P: Page>() -> Vec<Value> {
    let value = |page| serde_json::to_value(page).expect("a page is an object of texts, numbers and lists");
    P::samples().into_iter().map(value).collect()
}

//! A page: one template, one type for what the template is given.

use serde::Serialize;

/// What a template is given.
pub trait Page: Serialize + Sized {
    /// The template's name below `templates/`.
    const TEMPLATE: &'static str;

    /// The page in each state that its template tells apart: what an operator's own template is tried on.
    fn samples() -> Vec<Self>;
}

//! What every page needs: cookies, forms, messages, headers, redirects, and the templates.

mod accent;
mod access_log;
mod body;
pub mod browser;
mod browser_keys;
mod client;
pub mod cookie_guard;
pub mod cookies;
pub mod error_pages;
pub mod field;
pub mod form;
mod form_body;
pub mod headers;
pub mod host;
mod json;
pub mod limits;
pub mod next;
pub mod page;
mod problem;
pub mod redirect;
pub mod same_origin;
pub mod statics;
pub mod templates;
pub mod texts;

pub use access_log::access_log;
pub use browser::Browser;
pub use browser_keys::BrowserKeys;
pub use cookies::Cookies;
pub use field::Field;
pub use form::{CheckedForm, Posted};
pub use json::{Document, Json};
pub use next::{Next, NextQuery};
pub use page::{Page, Shell, Visitor};
pub use problem::Problem;
pub use redirect::see_other;
pub use templates::{Files, Pages, TemplateProblem};

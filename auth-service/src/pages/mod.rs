//! HTML pages: templates (Tera), the layout around them, error pages, and their static files.

mod check;
pub mod error_pages;
mod filters;
mod layout;
mod letter;
pub mod long_redirect;
mod page;
mod problem_json;
pub mod static_files;
mod templates;
mod tera_error;
mod user_lookup;

pub use layout::{CurrentUser, Layout};
pub use letter::{DrawnLetter, Letter, SampleLetter};
pub use page::{Page, SamplePage};
pub use problem_json::Problem;
pub use static_files::StaticFiles;
pub use templates::{Drawn, Pages};
pub use user_lookup::UserLookup;

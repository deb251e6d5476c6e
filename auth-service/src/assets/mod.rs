//! Assets: templates, translations and static files, as bytes from the binary or from
//! `TEMPLATES_DIR`.

mod files;
mod media_type;
mod problem;

pub use files::{Files, TextSource};
pub use media_type::media_type;
pub use problem::TemplateProblem;

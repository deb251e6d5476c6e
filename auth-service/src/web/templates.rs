//! The templates: embedded in the binary, parsed once at the start.

use std::sync::Arc;

use include_dir::{Dir, DirEntry, include_dir};
use tera::{Context, Tera};

use super::page::{Page, Shell};
use super::statics::Statics;
use crate::config::AuthUrl;
use crate::error::Error;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../templates");

/// Draws pages.
#[derive(Clone)]
pub struct Pages(Arc<Inner>);

struct Inner {
    tera: Tera,
    site: Site,
}

/// What every page knows.
#[derive(serde::Serialize)]
struct Site {
    auth_url: String,
    style: String,
    icon: String,
}

impl Pages {
    /// Parses all templates; an error names file and line.
    pub fn embedded(auth_url: &AuthUrl, statics: &Statics) -> tera::TeraResult<Self> {
        let mut tera = Tera::new();
        tera.autoescape_on(vec![".html"]);
        let mut files = Vec::new();
        collect(&FILES, &mut files);
        tera.add_raw_templates(files)?;
        let site = Site {
            auth_url: auth_url.origin(),
            style: statics.address("style.css"),
            icon: statics.address("icon.svg"),
        };
        Ok(Self(Arc::new(Inner { tera, site })))
    }

    /// Draws `page` within `shell`.
    pub fn draw<P: Page>(&self, shell: &Shell, page: &P) -> Result<String, Error> {
        let draw = || {
            let mut context = Context::from_serialize(page)?;
            context.extend(Context::from_serialize(shell)?);
            context.insert("site", &self.0.site);
            self.0.tera.render(P::TEMPLATE, &context)
        };
        draw().map_err(|error| Error::internal(format!("{} cannot be drawn: {error}", P::TEMPLATE)))
    }
}

fn collect(dir: &Dir<'static>, files: &mut Vec<(&'static str, &'static str)>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => collect(dir, files),
            DirEntry::File(file) => {
                if let (Some(name), Some(text)) = (file.path().to_str(), file.contents_utf8())
                    && name.ends_with(".html")
                {
                    files.push((name, text));
                }
            }
        }
    }
}

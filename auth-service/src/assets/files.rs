//! Embedded files, and the operator's overrides of the same name in `TEMPLATES_DIR`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};
use unic_langid::LanguageIdentifier;

use super::{TemplateProblem, media_type};

static OURS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../templates");

/// No template and no picture of a login page is larger; somebody named the wrong folder.
const MAX_BYTES: u64 = 1024 * 1024;
/// Folders within folders: deeper than anybody files templates.
const MAX_DEPTH: usize = 8;

/// The files that an operator may put into `static/`.
const STATIC_KINDS: &str =
    "a file of static/ is .css, .svg, .png, .jpg, .webp or .ico, and in no further folder";

/// A file of text, and what to call it when something is wrong with it.
#[derive(Debug, Clone)]
pub struct TextSource {
    shown: String,
    text: String,
}

impl TextSource {
    /// The path: below TEMPLATES_DIR the whole one, else below our own `templates/`.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    pub fn text(&self) -> &str {
        &self.text
    }
}

/// All files, by their name below the folder.
#[derive(Debug, Clone, Default)]
pub struct Files {
    templates: BTreeMap<String, TextSource>,
    /// By language. A later file of a language stands over an earlier one, text by text.
    texts: BTreeMap<String, Vec<TextSource>>,
    statics: BTreeMap<String, Vec<u8>>,
    /// What TEMPLATES_DIR brought, and whether it stands in place of a file of ours.
    brought: Vec<(String, bool)>,
}

impl Files {
    /// Ours alone.
    pub fn embedded() -> Self {
        let mut files = Self::default();
        for (name, bytes) in Self::ours() {
            // A test sees that each of ours is of a kind that is taken.
            let _ = files.take(name, name.to_owned(), bytes.to_vec());
        }
        files
    }

    /// Ours, and those below `folder` in their place.
    pub fn with_folder(folder: Option<&Path>) -> Result<Self, TemplateProblem> {
        let mut files = Self::embedded();
        if let Some(folder) = folder {
            files.take_theirs(folder, folder, 0)?;
        }
        Ok(files)
    }

    /// Our own files, by name.
    pub fn ours() -> impl Iterator<Item = (&'static str, &'static [u8])> {
        let mut all = Vec::new();
        collect(&OURS, &mut all);
        all.sort_unstable_by_key(|(name, _)| *name);
        all.into_iter()
    }

    /// Those of our own files that an operator may replace: all but scripts, because only ours run
    /// beside a password.
    pub fn replaceable() -> impl Iterator<Item = (&'static str, &'static [u8])> {
        Self::ours().filter(|(name, _)| !is_script(name))
    }

    /// Names and contents, as Tera takes them.
    pub fn templates(&self) -> impl Iterator<Item = (&str, &str)> {
        self.templates.iter().map(|(name, source)| (name.as_str(), source.text()))
    }

    pub fn sources(&self) -> impl Iterator<Item = &TextSource> {
        self.templates.values()
    }

    pub fn template(&self, name: &str) -> Option<&TextSource> {
        self.templates.get(name)
    }

    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    pub fn texts(&self, language: &str) -> &[TextSource] {
        self.texts.get(language).map_or(&[], Vec::as_slice)
    }

    pub fn statics(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.statics.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// What TEMPLATES_DIR brought, and whether it stands in place of a file of ours.
    pub fn brought(&self) -> &[(String, bool)] {
        &self.brought
    }

    /// Whether TEMPLATES_DIR has a file in place of ours of this name.
    pub fn has_override(&self, name: &str) -> bool {
        self.brought.iter().any(|(brought, is_ours)| *is_ours && brought == name)
    }

    fn take_theirs(&mut self, root: &Path, folder: &Path, depth: usize) -> Result<(), TemplateProblem> {
        let shown = folder.display().to_string();
        let unreadable =
            |error: std::io::Error| TemplateProblem::in_file(&shown, format!("cannot be read: {error}"));
        let mut entries: Vec<_> =
            fs::read_dir(folder).map_err(unreadable)?.collect::<Result<_, _>>().map_err(unreadable)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let shown = path.display().to_string();
            let unreadable =
                |error: std::io::Error| TemplateProblem::in_file(&shown, format!("cannot be read: {error}"));
            // An editor's, version control's, or the folders that a mounted ConfigMap keeps its
            // versions in.
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            // Follows links: Kubernetes mounts files as such.
            let about = fs::metadata(&path).map_err(unreadable)?;
            if about.is_dir() {
                if depth == MAX_DEPTH {
                    return Err(TemplateProblem::in_file(
                        &shown,
                        "lies too deep: name the folder of the templates",
                    ));
                }
                self.take_theirs(root, &path, depth + 1)?;
                continue;
            }
            if !about.is_file() || about.len() > MAX_BYTES {
                return Err(TemplateProblem::in_file(&shown, "is no file of at most 1 MB"));
            }
            let name = path.strip_prefix(root).ok().and_then(Path::to_str).map(str::to_owned);
            let name =
                name.ok_or_else(|| TemplateProblem::in_file(&shown, "has a name that is not UTF-8"))?;
            let same = |other: &str| canonical(other) == canonical(&name);
            if let Some((other, _)) = self.brought.iter().find(|(other, _)| same(other)) {
                return Err(TemplateProblem::in_file(
                    &shown,
                    format!("is the same language as {other}: keep one"),
                ));
            }
            let is_ours = self.has(&canonical(&name));
            if is_script(&name) {
                return Err(TemplateProblem::in_file(&shown, STATIC_KINDS));
            }
            let bytes = fs::read(&path).map_err(unreadable)?;
            self.take(&name, shown.clone(), bytes)?;
            self.brought.push((name, is_ours));
        }
        Ok(())
    }

    fn has(&self, name: &str) -> bool {
        OURS.get_file(name).is_some()
    }

    fn take(&mut self, name: &str, shown: String, bytes: Vec<u8>) -> Result<(), TemplateProblem> {
        if let Some(name) = name.strip_prefix("static/") {
            if media_type(name).is_none() || name.contains('/') {
                return Err(TemplateProblem::in_file(&shown, STATIC_KINDS));
            }
            self.statics.insert(name.to_owned(), bytes);
            return Ok(());
        }
        let text = String::from_utf8(bytes).map_err(|_| TemplateProblem::in_file(&shown, "is not UTF-8"))?;
        let source = TextSource { shown, text };
        match language(name) {
            Some(language) => self.texts.entry(language).or_default().push(source),
            None if name.ends_with(".html") || name.ends_with(".txt") => {
                self.templates.insert(name.to_owned(), source);
            }
            None => {
                let kinds = "is none of those that are read: *.html, *.txt, texts/<language>.ftl, static/*";
                return Err(TemplateProblem::in_file(&source.shown, kinds));
            }
        }
        Ok(())
    }
}

fn is_script(name: &str) -> bool {
    name.ends_with(".js")
}

/// The language that a file of texts is named for, as BCP 47 writes it: `de-AT` of
/// `texts/DE_at.ftl`. What names none is told by whoever reads the texts.
fn language(name: &str) -> Option<String> {
    let tag = name.strip_prefix("texts/")?.strip_suffix(".ftl")?;
    Some(tag.parse().map_or_else(|_| tag.to_owned(), |id: LanguageIdentifier| id.to_string()))
}

/// The name that another spelling of it stands for.
fn canonical(name: &str) -> String {
    language(name).map_or_else(|| name.to_owned(), |language| format!("texts/{language}.ftl"))
}

fn collect(dir: &Dir<'static>, all: &mut Vec<(&'static str, &'static [u8])>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => collect(dir, all),
            DirEntry::File(file) => all.extend(file.path().to_str().map(|name| (name, file.contents()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_ours_is_of_a_kind_that_is_taken() {
        let mut files = Files::default();
        for (name, bytes) in Files::ours() {
            files.take(name, name.to_owned(), bytes.to_vec()).unwrap();
        }
        assert!(files.template("base.html").is_some() && !files.texts("de").is_empty());
    }
}

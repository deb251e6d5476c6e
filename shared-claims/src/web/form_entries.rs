//! Entries of a posted form: its fields, and the files that were chosen, by name.

use url::form_urlencoded;

/// The field in which one page passes the name of a file on to the next.
const CHOSEN_FILE: &str = "sso_file";

/// What a form said, however it was encoded. The bytes of its files are not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FormEntries {
    /// Name and value of each field, in the order sent.
    pub(crate) fields: Vec<(String, String)>,
    /// The files, in the order sent.
    pub(crate) files: Vec<ChosenFile>,
    /// Whether the form was `multipart/form-data`, so that it has to be sent like that again.
    pub(crate) is_multipart: bool,
}

/// A file input of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChosenFile {
    /// The name of the field.
    pub(crate) field: String,
    /// The name of the file, as the browser sent it. Empty if none was chosen.
    pub(crate) name: String,
}

impl FormEntries {
    pub(super) fn from_urlencoded(body: &[u8]) -> Self {
        let fields = form_urlencoded::parse(body);
        let fields = fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        Self { fields, ..Self::default() }
    }

    /// Whether a file was chosen. Browsers send an input without one too.
    pub(super) fn has_chosen_files(&self) -> bool {
        self.files.iter().any(|file| !file.name.is_empty())
    }

    pub(super) fn encoding(&self) -> &'static str {
        if self.is_multipart { "multipart/form-data" } else { "application/x-www-form-urlencoded" }
    }

    /// The names of the files as fields. A page that is followed by another passes them on so,
    /// because no page can fill in a file input.
    pub(super) fn files_as_fields(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.files.iter().map(|ChosenFile { field, name }| {
            (CHOSEN_FILE, form_urlencoded::Serializer::new(String::new()).append_pair(field, name).finish())
        })
    }

    /// Undoes [`files_as_fields`](Self::files_as_fields).
    pub(super) fn with_files_from_fields(mut self) -> Self {
        let (passed_on, fields) = self.fields.into_iter().partition(|(name, _)| name == CHOSEN_FILE);
        self.fields = fields;
        let passed_on: Vec<(String, String)> = passed_on;
        self.files.extend(passed_on.iter().filter_map(|(_, pair)| {
            let (field, name) = form_urlencoded::parse(pair.as_bytes()).next()?;
            Some(ChosenFile { field: field.into_owned(), name: name.into_owned() })
        }));
        self
    }
}

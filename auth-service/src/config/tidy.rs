//! The text of every setting, before it is given meaning: what [`shared_claims::setting`] leaves out is left out, and what it
//! refuses is refused.

use std::path::PathBuf;

use shared_claims::setting;

use super::{Blank, ConfigError, settings};

/// Flags of settings, as they arrive.
pub trait Tidy: Clone {
    /// Puts what is meant in the place of what stands there. `field` is where it stands.
    fn tidy(&mut self, field: &'static str) -> Result<(), ConfigError>;

    /// The settings that are set, to nothing.
    fn note_blank(&self, field: &'static str, names: &mut Vec<&'static str>);

    /// Takes the setting of this variable away, the file that holds it too.
    fn unset(&mut self, variable: &str) {
        self.unset_field("", variable);
    }

    /// The same, where it is here. `field` is where this stands.
    fn unset_field(&mut self, field: &'static str, variable: &str);

    /// The flags as they are meant.
    fn tidied(&self) -> Result<Self, ConfigError> {
        let mut tidied = self.clone();
        tidied.tidy("")?;
        Ok(tidied)
    }

    /// The names of the settings that are set, to nothing.
    fn blank(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        self.note_blank("", &mut names);
        names
    }
}

/// The variable's name. Kept for ever: there are few, and most of them are needed once, for the last word of the process.
fn variable(field: &'static str) -> &'static str {
    field.to_uppercase().leak()
}

impl Tidy for Option<String> {
    fn tidy(&mut self, field: &'static str) -> Result<(), ConfigError> {
        let Some(text) = self.take() else { return Ok(()) };
        let is_blank = text.trim().is_empty();
        *self = match settings::find(field).map(|setting| setting.blank) {
            Some(Blank::Secret) => Some(text).filter(|_| !is_blank),
            Some(Blank::Refused) if is_blank => Some(String::new()),
            _ => setting::plain(&text)
                .map_err(|unclear| ConfigError::new(variable(field), unclear.to_string()))?
                .map(str::to_owned),
        };
        Ok(())
    }

    fn unset_field(&mut self, field: &'static str, variable: &str) {
        if holds(field, variable) {
            *self = None;
        }
    }

    fn note_blank(&self, field: &'static str, names: &mut Vec<&'static str>) {
        if self.as_ref().is_some_and(|text| text.trim().is_empty()) {
            names.push(variable(field));
        }
    }
}

impl Tidy for Option<PathBuf> {
    fn tidy(&mut self, field: &'static str) -> Result<(), ConfigError> {
        let Some(path) = self.take() else { return Ok(()) };
        *self = match path.to_str() {
            Some(text) => setting::plain(text)
                .map_err(|unclear| ConfigError::new(variable(field), unclear.to_string()))?
                .map(PathBuf::from),
            None => Some(path),
        };
        Ok(())
    }

    fn unset_field(&mut self, field: &'static str, variable: &str) {
        if holds(field, variable) {
            *self = None;
        }
    }

    fn note_blank(&self, field: &'static str, names: &mut Vec<&'static str>) {
        if self.as_ref().and_then(|path| path.to_str()).is_some_and(|text| text.trim().is_empty()) {
            names.push(variable(field));
        }
    }
}

/// Whether a field holds the setting of this variable, or names the file that does.
fn holds(field: &str, variable: &str) -> bool {
    field.strip_suffix("_file").unwrap_or(field).eq_ignore_ascii_case(variable)
}

/// Declares flags, each of which is tidied.
macro_rules! flags {
    ($($(#[$about:meta])* pub struct $name:ident { $($(#[$of_field:meta])* pub $field:ident: $kind:ty,)* })*) => {$(
        $(#[$about])*
        pub struct $name { $($(#[$of_field])* pub $field: $kind,)* }

        impl $crate::config::tidy::Tidy for $name {
            fn tidy(&mut self, _: &'static str) -> Result<(), $crate::config::ConfigError> {
                $($crate::config::tidy::Tidy::tidy(&mut self.$field, stringify!($field))?;)*
                Ok(())
            }

            fn unset_field(&mut self, _: &'static str, variable: &str) {
                $($crate::config::tidy::Tidy::unset_field(&mut self.$field, stringify!($field), variable);)*
            }

            fn note_blank(&self, _: &'static str, names: &mut Vec<&'static str>) {
                $($crate::config::tidy::Tidy::note_blank(&self.$field, stringify!($field), names);)*
            }
        }
    )*};
}
pub(super) use flags;

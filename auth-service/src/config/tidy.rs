//! The text of every setting, before it is given meaning: what [`shared_claims::setting`] leaves out is left out, and what it
//! refuses is refused.

use std::path::PathBuf;

use shared_claims::setting;

use super::ConfigError;

/// Flags of settings, as they arrive.
pub trait Tidy: Clone {
    /// Puts what is meant in the place of what stands there. `field` is where it stands.
    fn tidy(&mut self, field: &'static str) -> Result<(), ConfigError>;

    /// The settings that are set, to nothing.
    fn note_blank(&self, field: &'static str, names: &mut Vec<&'static str>);

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

/// Read by `secret.rs`, which is stricter, and leaves what was the secret before as it was.
const SECRETS: [&str; 3] = ["secret_key", "secret_key_previous", "jwt_signing_key"];

/// Set to nothing they are refused, for without them more is allowed than with them.
const NOT_FOR_NOTHING: [&str; 2] = ["allowed_origins", "registration"];

/// The variable's name. Kept for ever: there are few, and most of them are needed once, for the last word of the process.
fn variable(field: &'static str) -> &'static str {
    field.to_uppercase().leak()
}

impl Tidy for Option<String> {
    fn tidy(&mut self, field: &'static str) -> Result<(), ConfigError> {
        let Some(text) = self.take() else { return Ok(()) };
        let is_blank = text.trim().is_empty();
        *self = match field {
            _ if SECRETS.contains(&field) => Some(text).filter(|_| !is_blank),
            _ if NOT_FOR_NOTHING.contains(&field) && is_blank => Some(String::new()),
            _ => setting::plain(&text)
                .map_err(|unclear| ConfigError::new(variable(field), unclear.to_string()))?
                .map(str::to_owned),
        };
        Ok(())
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

    fn note_blank(&self, field: &'static str, names: &mut Vec<&'static str>) {
        if self.as_ref().and_then(|path| path.to_str()).is_some_and(|text| text.trim().is_empty()) {
            names.push(variable(field));
        }
    }
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

            fn note_blank(&self, _: &'static str, names: &mut Vec<&'static str>) {
                $($crate::config::tidy::Tidy::note_blank(&self.$field, stringify!($field), names);)*
            }
        }
    )*};
}
pub(super) use flags;

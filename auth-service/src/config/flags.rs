//! Settings as raw text, with one field and one flag for each row of the table. [`super::Config`]
//! parses them.
//!
//! All values stay text here, because clap prints a value that it fails to parse, and a secret must
//! never reach the terminal.

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Arg, ArgMatches, Command, value_parser};
use shared_claims::setting;

use super::ConfigError;
use super::setting::{Blank, Setting};

/// A group of related settings.
pub trait Flags: Clone + Default {
    /// One slot for each text, in the order of the table.
    fn slots(&mut self) -> Vec<Slot<'_>>;

    /// The rows of the table.
    fn settings() -> Vec<&'static Setting> {
        Self::default().slots().iter().filter(|slot| !slot.is_file).map(|slot| slot.setting).collect()
    }

    /// The flags after normalization: [`shared_claims::setting`] decides which values count as not
    /// set, and which ones are refused.
    fn tidied(&self) -> Result<Self, ConfigError> {
        let mut tidied = self.clone();
        tidied.slots().into_iter().try_for_each(Slot::tidy)?;
        Ok(tidied)
    }

    /// The names of the settings that are set to blank text.
    fn blank(&self) -> Vec<String> {
        let mut flags = self.clone();
        let blank = |slot: &Slot<'_>| slot.text().is_some_and(|text| text.trim().is_empty());
        flags.slots().iter().filter(|slot| blank(slot)).map(Slot::variable).collect()
    }

    /// The value given for the named setting: its text, or the path of the file that holds it.
    fn given(&self, name: &str) -> Option<String> {
        let mut flags = self.clone();
        flags.slots().iter().filter(|slot| slot.setting.name == name).find_map(Slot::text)
    }

    /// The files that hold secrets, with the names of the settings that point to them.
    fn files(&self) -> Vec<(String, PathBuf)> {
        let mut flags = self.clone();
        let files = flags.slots().into_iter().filter(|slot| slot.is_file);
        files.filter_map(|slot| Some((slot.variable(), slot.text()?.into()))).collect()
    }

    /// Unsets the named setting, and the file that holds it.
    fn unset(&mut self, name: &str) {
        for slot in self.slots().into_iter().filter(|slot| slot.setting.name == name) {
            match slot.value {
                Value::Text(text) => *text = None,
                Value::Path(path) => *path = None,
            }
        }
    }
}

/// A mutable reference to the text of a setting, or to the path of the file that holds it.
pub struct Slot<'a> {
    setting: &'static Setting,
    is_file: bool,
    value: Value<'a>,
}

pub enum Value<'a> {
    Text(&'a mut Option<String>),
    Path(&'a mut Option<PathBuf>),
}

impl<'a> From<&'a mut Option<String>> for Value<'a> {
    fn from(text: &'a mut Option<String>) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a mut Option<PathBuf>> for Value<'a> {
    fn from(path: &'a mut Option<PathBuf>) -> Self {
        Self::Path(path)
    }
}

impl<'a> Slot<'a> {
    pub(super) fn new(setting: &'static Setting, value: impl Into<Value<'a>>) -> Self {
        Self { setting, is_file: false, value: value.into() }
    }

    pub(super) fn file(setting: &'static Setting, path: &'a mut Option<PathBuf>) -> Self {
        Self { setting, is_file: true, value: Value::Path(path) }
    }

    fn variable(&self) -> String {
        format!("{}{}", self.setting.name, if self.is_file { "_FILE" } else { "" })
    }

    fn id(&self) -> String {
        self.variable().to_lowercase()
    }

    fn text(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) => (*text).clone(),
            Value::Path(path) => path.as_ref().map(|path| path.display().to_string()),
        }
    }

    fn tidy(self) -> Result<(), ConfigError> {
        let unclear = |why: setting::Unclear| match self.is_file {
            // Leaked on purpose: the process ends with this message.
            true => ConfigError::new(format!("{}_FILE", self.setting.name).leak(), why.to_string()),
            false => ConfigError::new(self.setting.name, why.to_string()),
        };
        match self.value {
            Value::Text(value) => {
                let Some(text) = value.take() else { return Ok(()) };
                let is_blank = text.trim().is_empty();
                *value = match self.setting.blank {
                    Blank::Secret => Some(text).filter(|_| !is_blank),
                    Blank::Refused if is_blank => Some(String::new()),
                    _ => setting::plain(&text).map_err(unclear)?.map(str::to_owned),
                };
            }
            Value::Path(value) => {
                let Some(path) = value.take() else { return Ok(()) };
                *value = match path.to_str() {
                    Some(text) => setting::plain(text).map_err(unclear)?.map(PathBuf::from),
                    None => Some(path),
                };
            }
        }
        Ok(())
    }

    fn arg(&self) -> Arg {
        let arg = Arg::new(self.id()).long(self.id().replace('_', "-")).env(self.variable());
        let (value_name, help) = match self.is_file {
            true => ("FILE".to_owned(), format!("A file that holds {}", self.setting.name)),
            false => (self.setting.value_name(), self.setting.help()),
        };
        let arg = arg.value_name(value_name).help(help);
        match self.value {
            Value::Text(_) => arg.hide_env_values(true).value_parser(value_parser!(String)),
            // Clap's own path parser would refuse a blank value without naming the flag.
            Value::Path(_) => arg.value_parser(OsStringValueParser::new().map(PathBuf::from)),
        }
    }

    fn read(self, matches: &ArgMatches) {
        let id = self.id();
        match self.value {
            Value::Text(text) => *text = matches.get_one(&id).cloned(),
            Value::Path(path) => *path = matches.get_one(&id).cloned(),
        }
    }
}

/// Adds the flags of these settings to a command.
pub(super) fn augment<F: Flags>(command: Command) -> Command {
    command.args(F::default().slots().iter().map(Slot::arg))
}

pub(super) fn read(flags: &mut impl Flags, matches: &ArgMatches) {
    flags.slots().into_iter().for_each(|slot| slot.read(matches));
}

/// Generates structs of flags from the rows of the table. A struct lists its rows in braces, with
/// nested structs between them.
macro_rules! settings {
    ($(
        $(#[$about:meta])*
        pub struct $name:ident {
            $(
                { $($(#[doc = $help:literal])+ $field:ident $(or $file:ident)?: $kind:ty = $setting:expr;)* }
                $($group:ident: $group_name:ty,)*
            )*
        }
    )*) => {$(
        $(#[$about])*
        #[derive(Clone, Default)]
        pub struct $name {
            $(
                $($(#[doc = $help])+ pub $field: Option<$kind>, $(pub $file: Option<PathBuf>,)?)*
                $(pub $group: $group_name,)*
            )*
        }

        impl $crate::config::flags::Flags for $name {
            fn slots(&mut self) -> Vec<$crate::config::flags::Slot<'_>> {
                use $crate::config::flags::Slot;
                let mut slots = Vec::new();
                $(
                    $({
                        static SETTING: Setting =
                            $setting.described(&[$($help),+], &[$(stringify!($file))?]);
                        slots.push(Slot::new(&SETTING, &mut self.$field));
                        $(slots.push(Slot::file(&SETTING, &mut self.$file));)?
                    })*
                    $(slots.extend(self.$group.slots());)*
                )*
                slots
            }
        }

        impl clap::Args for $name {
            fn augment_args(command: clap::Command) -> clap::Command {
                $crate::config::flags::augment::<Self>(command)
            }

            fn augment_args_for_update(command: clap::Command) -> clap::Command {
                Self::augment_args(command)
            }
        }

        impl clap::FromArgMatches for $name {
            fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
                let mut flags = Self::default();
                flags.update_from_arg_matches(matches)?;
                Ok(flags)
            }

            fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
                $crate::config::flags::read(self, matches);
                Ok(())
            }
        }
    )*};
}
pub(super) use settings;

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};

    use super::*;
    use crate::config::{SETTINGS, ServeFlags};

    fn command() -> Command {
        ServeFlags::augment_args(Command::new("serve"))
    }

    #[test]
    fn what_a_flag_is_given_arrives_at_its_setting_and_at_no_other() {
        for setting in SETTINGS.iter() {
            let matches = command().get_matches_from(["serve", &setting.flag(), "a text"]);
            let flags = ServeFlags::from_arg_matches(&matches).unwrap();
            for other in SETTINGS.iter() {
                let expected = (other.name == setting.name).then(|| "a text".to_owned());
                assert_eq!(flags.given(other.name), expected, "{} {}", setting.name, other.name);
            }
        }
    }

    #[test]
    fn a_flag_has_its_variable_and_says_the_default_that_is_in_force() {
        let command = command();
        let mut args = command.get_arguments();
        for setting in SETTINGS.iter() {
            let arg = args.next().unwrap();
            assert_eq!(arg.get_env().unwrap().to_str().unwrap(), setting.name);
            let help = arg.get_help().unwrap().to_string();
            let default = help.split_once(" [default: ").map(|(_, default)| default.trim_end_matches(']'));
            assert_eq!(default.map(str::to_owned), setting.describe_default(), "{help}");
            if setting.has_file {
                let file = args.next().unwrap().get_env().unwrap().to_str().unwrap().to_owned();
                assert_eq!(file, format!("{}_FILE", setting.name));
            }
        }
        assert!(args.next().is_none());
    }

    #[test]
    fn a_setting_that_is_unset_is_gone_with_its_file_and_no_other() {
        let set = |text: &str| Some(text.to_owned());
        let mut flags =
            ServeFlags { secret_key: set("a"), secret_key_previous: set("b"), ..ServeFlags::default() };
        flags.secret_key_file = Some("c".into());
        flags.site.site_name = set("d");
        flags.unset("SECRET_KEY");
        assert_eq!((&flags.secret_key, &flags.secret_key_file), (&None, &None));
        assert_eq!(flags.secret_key_previous.as_deref(), Some("b"));
        flags.unset("SITE_NAME");
        assert_eq!(flags.site.site_name, None);
    }
}

//! Messages to people: named in code, worded in `templates/texts/<language>.ftl`.
//!
//! Code chooses a message but no language. The language is chosen when the page is drawn, so a
//! message can wait in a cookie for the next page.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A message: its name and its variables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    key: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    args: BTreeMap<Cow<'static, str>, Arg>,
}

/// The value of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Arg {
    Number(i64),
    String(String),
    Message(Message),
}

impl Message {
    /// The message `key`. A test checks that every language has it.
    pub const fn new(key: &'static str) -> Self {
        Self { key: Cow::Borrowed(key), args: BTreeMap::new() }
    }

    /// A literal English sentence for programs and their developers.
    pub fn verbatim(words: impl Into<String>) -> Self {
        Self::new("verbatim").with("words", words.into())
    }

    /// Sets the variable `{ $name }` to `value`.
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.insert(Cow::Borrowed(name), value.into());
        self
    }

    /// A message whose names are not constants, because they come from a template.
    pub fn named(key: String, args: BTreeMap<String, Arg>) -> Self {
        Self {
            key: Cow::Owned(key),
            args: args.into_iter().map(|(name, arg)| (Cow::Owned(name), arg)).collect(),
        }
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn args(&self) -> impl Iterator<Item = (&str, &Arg)> {
        self.args.iter().map(|(name, value)| (&**name, value))
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Arg {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Arg {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<String> for Arg {
    fn from(words: String) -> Self {
        Self::String(words)
    }
}

impl From<&str> for Arg {
    fn from(words: &str) -> Self {
        Self::String(words.to_owned())
    }
}

impl From<Message> for Arg {
    fn from(text: Message) -> Self {
        Self::Message(text)
    }
}

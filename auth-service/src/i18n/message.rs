//! What we say to people: named here, worded in `templates/texts/<language>.ftl`.
//!
//! Code says *which* text, never in which language: who draws the page knows that, and a message
//! that waits in a cookie for the next page need not.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A text by its name, with what is to be put into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    key: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    args: BTreeMap<Cow<'static, str>, Arg>,
}

/// What is put into a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Arg {
    Number(i64),
    String(String),
    Message(Message),
}

impl Message {
    /// The text `key`. A test sees that every language has it.
    pub const fn new(key: &'static str) -> Self {
        Self { key: Cow::Borrowed(key), args: BTreeMap::new() }
    }

    /// A sentence for programs and their makers, in English alone.
    pub fn verbatim(words: impl Into<String>) -> Self {
        Self::new("verbatim").with("words", words.into())
    }

    /// The same with `value` for `{ $name }`.
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.insert(Cow::Borrowed(name), value.into());
        self
    }

    /// The same with names from elsewhere: a template's.
    pub fn named(key: String, args: BTreeMap<String, Arg>) -> Self {
        Self {
            key: Cow::Owned(key),
            args: args.into_iter().map(|(name, arg)| (Cow::Owned(name), arg)).collect(),
        }
    }

    /// Several in a row, as one.
    pub fn sentences(first: Self, rest: impl IntoIterator<Item = Self>) -> Self {
        rest.into_iter()
            .fold(first, |first, next| Self::new("sentences").with("first", first).with("rest", next))
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

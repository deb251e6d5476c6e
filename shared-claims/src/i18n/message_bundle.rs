//! The messages of one language.

use std::fmt::Write;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource};
use unic_langid::LanguageIdentifier;

/// The messages of one language.
pub struct MessageBundle {
    id: LanguageIdentifier,
    messages: FluentBundle<FluentResource>,
}

/// Why messages cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Counted from 1.
    pub line: usize,
    /// The problem in that line.
    pub problem: String,
}

/// Parses messages in the format of `.ftl` files.
///
/// # Errors
/// When any part of it cannot be parsed.
pub fn parse(text: &str) -> Result<FluentResource, SyntaxError> {
    FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| {
        let first = errors.into_iter().next();
        SyntaxError {
            line: first.as_ref().map_or(1, |error| line_at(text, error.pos.start)),
            problem: first.map_or_else(|| "cannot be read".to_owned(), |error| error.kind.to_string()),
        }
    })
}

impl MessageBundle {
    /// A language without messages.
    pub fn new(id: LanguageIdentifier) -> Self {
        let mut messages = FluentBundle::new_concurrent(vec![id.clone()]);
        // Isolation marks around inserted values would end up in addresses, headers and attributes.
        messages.set_use_isolating(false);
        Self { id, messages }
    }

    /// Adds messages. A later message replaces an earlier one of the same name.
    pub fn add(&mut self, messages: FluentResource) {
        self.messages.add_resource_overriding(messages);
    }

    /// The language.
    pub fn id(&self) -> &LanguageIdentifier {
        &self.id
    }

    /// Formats a message, or with `message.attribute` one of its attributes. `None` if it does not
    /// exist.
    pub fn format(&self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let (message, attribute) = match key.split_once('.') {
            Some((message, attribute)) => (message, Some(attribute)),
            None => (key, None),
        };
        let message = self.messages.get_message(message)?;
        let pattern = match attribute {
            Some(attribute) => message.get_attribute(attribute)?.value(),
            None => message.value()?,
        };
        let mut errors = Vec::new();
        let words = self.messages.format_pattern(pattern, Some(args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, language = %self.id, problems = describe(&errors), "a text lacks something");
        }
        Some(words)
    }
}

fn line_at(text: &str, position: usize) -> usize {
    text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
}

fn describe(errors: &[FluentError]) -> String {
    errors.iter().fold(String::new(), |mut all, error| {
        let _ = write!(all, "{}{error}", if all.is_empty() { "" } else { "; " });
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(texts: &[&str]) -> MessageBundle {
        let mut bundle = MessageBundle::new("en".parse().unwrap());
        texts.iter().for_each(|text| bundle.add(parse(text).unwrap()));
        bundle
    }

    #[test]
    fn a_message_has_its_values_put_in_and_nothing_around_them() {
        let bundle = bundle(&["hello = Hello { $name }!\n    .title = For { $name }\n"]);
        let args: FluentArgs<'_> = [("name", "Ada")].into_iter().collect();
        assert_eq!(bundle.format("hello", &args).as_deref(), Some("Hello Ada!"));
        assert_eq!(bundle.format("hello.title", &args).as_deref(), Some("For Ada"));
        assert_eq!(bundle.format("hello.label", &args), None);
        assert_eq!(bundle.format("goodbye", &args), None);
    }

    #[test]
    fn what_is_added_later_counts() {
        let bundle = bundle(&["a = first\nb = stays\n", "a = second\n"]);
        let say = |key| bundle.format(key, &FluentArgs::new());
        assert_eq!((say("a").as_deref(), say("b").as_deref()), (Some("second"), Some("stays")));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let error = parse("a = first\nb = { $\n").err().unwrap();
        assert_eq!(error.line, 2, "{error:?}");
        assert!(!error.problem.is_empty());
    }
}

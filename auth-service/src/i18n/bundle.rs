//! The texts of one language.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentArgs;
use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use shared_claims::internal::i18n::{MessageBundle, parse};
use unic_langid::LanguageIdentifier;

use crate::assets::{TemplateProblem, TextSource};

/// One language: what it is called, and its messages. An operator may have written some of them, so
/// it knows what each wants, to say what is wrong where.
pub struct Bundle {
    tag: String,
    messages: MessageBundle,
    /// Of each message and attribute: what it wants to have put in, and where it stands.
    wanted: BTreeMap<String, Wanted>,
}

struct Wanted {
    variables: BTreeSet<String>,
    file: String,
    line: usize,
}

impl Bundle {
    /// Reads `sources`; what a later one says counts. An error names file and line.
    pub fn load(tag: &str, sources: &[TextSource]) -> Result<Self, TemplateProblem> {
        let file = sources.last().map_or(tag, TextSource::shown);
        let id: LanguageIdentifier = tag.parse().map_err(|_| {
            TemplateProblem::in_file(
                file,
                "is not named for a language, such as texts/fr.ftl or texts/pt-BR.ftl",
            )
        })?;
        let mut messages = MessageBundle::new(id);
        let mut wanted = BTreeMap::new();
        for source in sources {
            let resource = parse(source.text())
                .map_err(|error| TemplateProblem::at(source.shown(), error.line, error.problem))?;
            for entry in resource.entries() {
                note(entry, source, &mut wanted);
            }
            messages.add(resource);
        }
        Ok(Self { tag: tag.to_owned(), messages, wanted })
    }

    pub fn tag(&self) -> &str {
        &self.tag
    }

    pub fn id(&self) -> &LanguageIdentifier {
        self.messages.id()
    }

    /// The messages, and attributes as `message.attribute`.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        self.wanted.keys().cloned()
    }

    pub fn has(&self, key: &str) -> bool {
        self.wanted.contains_key(key)
    }

    /// The message, or with `message.attribute` that part of it. `None` when there is none.
    pub fn format(&self, key: &str, args: &FluentArgs) -> Option<String> {
        self.messages.format(key, args)
    }

    /// Refuses a text that wants something put in that nobody gives: it is a slip of the pen.
    pub fn require_the_variables_of(&self, english: &Self) -> Result<(), TemplateProblem> {
        for (key, wanted) in &self.wanted {
            let Some(given) = english.wanted.get(key) else { continue };
            if let Some(unknown) = wanted.variables.difference(&given.variables).next() {
                let known: Vec<String> = given.variables.iter().map(|name| format!("${name}")).collect();
                let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
                return Err(TemplateProblem::at(
                    &wanted.file,
                    wanted.line,
                    format!("{key} has {{ ${unknown} }}, and is given {known}"),
                ));
            }
        }
        Ok(())
    }
}

/// Writes down what each message of `entry` wants.
fn note(entry: &Entry<&str>, source: &TextSource, wanted: &mut BTreeMap<String, Wanted>) {
    let Entry::Message(message) = entry else { return };
    let mut add = |key: String, pattern: &Pattern<&str>| {
        let mut variables = BTreeSet::new();
        of_pattern(pattern, &mut variables);
        let line = line_of(source.text(), message.id.name);
        wanted.insert(key, Wanted { variables, file: source.shown().to_owned(), line });
    };
    if let Some(value) = &message.value {
        add(message.id.name.to_owned(), value);
    }
    for attribute in &message.attributes {
        add(format!("{}.{}", message.id.name, attribute.id.name), &attribute.value);
    }
}

fn of_pattern(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, found);
        }
    }
}

fn of_expression(expression: &Expression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Select { selector, variants } => {
            of_inline(selector, found);
            variants.iter().for_each(|variant| of_pattern(&variant.value, found));
        }
        Expression::Inline(inline) => of_inline(inline, found),
    }
}

fn of_inline(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    let mut of_arguments = |arguments: &CallArguments<&str>| {
        arguments.positional.iter().for_each(|argument| of_inline(argument, found));
    };
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => of_arguments(arguments),
        InlineExpression::Placeable { expression } => of_expression(expression, found),
        _ => {}
    }
}

/// The line that the message `name` begins on.
fn line_of(text: &str, name: &str) -> usize {
    let begins = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='));
    text.lines().position(begins).map_or(1, |at| at + 1)
}

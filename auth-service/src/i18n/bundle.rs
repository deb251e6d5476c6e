//! The messages of one language.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentArgs;
use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use shared_claims::internal::i18n::{MessageBundle, parse};
use unic_langid::LanguageIdentifier;

use crate::assets::{TemplateProblem, TextSource};

/// The messages of one language. It records the variables of each message, because operators may
/// write messages, and an error should name the message and the line.
pub struct Bundle {
    tag: String,
    messages: MessageBundle,
    /// The variables and the position of each message and attribute.
    wanted: BTreeMap<String, Wanted>,
}

struct Wanted {
    variables: BTreeSet<String>,
    file: String,
    line: usize,
}

impl Bundle {
    /// Parses `sources`; later ones override earlier ones. Errors name the file and the line.
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
            // Entries and lines are in the same order, so each line is read once.
            let mut lines = source.text().lines().zip(1..);
            for entry in resource.entries() {
                note(entry, source, &mut lines, &mut wanted);
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

    /// The message keys; attributes appear as `message.attribute`.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        self.wanted.keys().cloned()
    }

    pub fn has(&self, key: &str) -> bool {
        self.wanted.contains_key(key)
    }

    /// Formats a message, or an attribute for `message.attribute`; `None` if it does not exist.
    pub fn format(&self, key: &str, args: &FluentArgs) -> Option<String> {
        self.messages.format(key, args)
    }

    /// Fails if a message uses a variable that the English message does not have, which is a typo.
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

/// Records the variables of each message in `entry`.
fn note<'a>(
    entry: &Entry<&str>,
    source: &TextSource,
    lines: &mut impl Iterator<Item = (&'a str, usize)>,
    wanted: &mut BTreeMap<String, Wanted>,
) {
    let Entry::Message(message) = entry else { return };
    let line = line_of(lines, message.id.name);
    let mut add = |key: String, pattern: &Pattern<&str>| {
        let mut variables = BTreeSet::new();
        of_pattern(pattern, &mut variables);
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

/// The line on which the message `name` begins, which is one of the next.
fn line_of<'a>(lines: &mut impl Iterator<Item = (&'a str, usize)>, name: &str) -> usize {
    let begins = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='));
    lines.find(|(line, _)| begins(line)).map_or(1, |(_, number)| number)
}

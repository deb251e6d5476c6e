//! Template filters: `{{ "login-title" | t }}`, or `| rich` for a message with markup.

use std::sync::Arc;

use serde::Deserialize;
use tera::{Filter, Kwargs, State, Tera, TeraResult, Value};

use crate::assets::{Files, TemplateProblem};
use crate::i18n::{Arg, Message};
use crate::i18n::{Language, Translations};

/// Registers the filters of `language` on `tera`.
pub(super) fn register(tera: &mut Tera, texts: &Arc<Translations>, language: Language) {
    tera.register_filter("t", Plain { texts: texts.clone(), language });
    tera.register_filter("rich", Rich { texts: texts.clone(), language });
}

/// Formats a message that is given by its name or by the code, with further arguments as variables.
/// The page escapes the result.
struct Plain {
    texts: Arc<Translations>,
    language: Language,
}

/// Formats a message with markup: the variables are escaped, the message itself is not.
struct Rich {
    texts: Arc<Translations>,
    language: Language,
}

impl Filter<&Value, TeraResult<Value>> for Plain {
    fn call(&self, value: &Value, args: Kwargs, _: &State) -> TeraResult<Value> {
        Ok(Value::normal_string(&self.texts.format(self.language, &text(value, &args)?)))
    }
}

impl Filter<&Value, TeraResult<Value>> for Rich {
    fn call(&self, value: &Value, args: Kwargs, state: &State) -> TeraResult<Value> {
        let text = text(value, &args)?;
        // Escaping fails only if its writer fails, and a string never does.
        let escape = |words: &str| state.escape(words).unwrap_or_default();
        Ok(Value::safe_string(&self.texts.format_with(self.language, &text, escape)))
    }
}

fn text(value: &Value, args: &Kwargs) -> TeraResult<Message> {
    let mut named = std::collections::BTreeMap::new();
    let base = match value.as_str() {
        Some(key) => key.to_owned(),
        None => {
            let text = Message::deserialize(value)
                .map_err(|_| tera::Error::message("this is neither the name of a text nor a text"))?;
            named.extend(text.args().map(|(name, arg)| (name.to_owned(), arg.clone())));
            text.key().to_owned()
        }
    };
    let mut key = base;
    for (name, value) in args.iter() {
        let name = name.as_str().unwrap_or_default();
        if name == "part" {
            key = format!("{key}.{}", value.as_str().unwrap_or_default());
            continue;
        }
        let arg =
            arg(value).ok_or_else(|| tera::Error::message(format!("{name} cannot be put into a text")))?;
        named.insert(name.to_owned(), arg);
    }
    Ok(Message::named(key, named))
}

fn arg(value: &Value) -> Option<Arg> {
    if let Some(words) = value.as_str() {
        return Some(words.into());
    }
    // The result of a division in a template is a fraction.
    if let Some(number) = value.as_i64().or_else(|| value.as_f64().map(|number| number as i64)) {
        return Some(number.into());
    }
    Message::deserialize(value).ok().map(Arg::Message)
}

/// Refuses a template that names an unknown message.
pub(super) fn require_known_texts(files: &Files, texts: &Translations) -> Result<(), TemplateProblem> {
    for source in files.sources() {
        for (at, key) in names_in(source.text()) {
            if !texts.has(key) {
                let line = source.text()[..at].matches('\n').count() + 1;
                return Err(TemplateProblem::at(
                    source.shown(),
                    line,
                    format!("there is no text named {key}"),
                ));
            }
        }
    }
    Ok(())
}

/// The message names that a template contains, with their positions: quoted text before `| t` or
/// `| rich`.
pub(super) fn names_in(template: &str) -> Vec<(usize, &str)> {
    let mut names = Vec::new();
    for (at, _) in template.match_indices('|') {
        let after = template[at + 1..].trim_start();
        let filter: &str = after.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        let before = template[..at].trim_end();
        let Some(quote) = before.chars().next_back().filter(|c| matches!(c, '"' | '\'' | '`')) else {
            continue;
        };
        let inner = &before[..before.len() - 1];
        let Some(begin) = inner.rfind(quote) else { continue };
        if matches!(filter, "t" | "rich") {
            names.push((begin, &inner[begin + 1..]));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_texts_are_found_wherever_a_template_writes_them_out() {
        let template = "a\n{{ \"one\" | t }} {{ 'two'|rich(host=\"x\") }}{{ x | t }} {{ \"three\" | title }}\n\
                        {% set y = \"four.mention\" | t %} it's {{ \"five\" | t(part=\"mention\") }}";
        let names: Vec<&str> = names_in(template).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["one", "two", "four.mention", "five"]);
    }
}

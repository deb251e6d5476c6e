//! What a kept form holds, in words: the fields that a person filled in.

use uuid::Uuid;

use crate::web::accept_language::Language;
use crate::web::escape::escape;
use crate::web::form_entries::FormEntries;

/// How many characters of a value are shown.
const SHOWN_CHARS: usize = 300;

/// How many fields are shown.
const SHOWN_FIELDS: usize = 30;

/// The list of the fields, or nothing if nobody filled in any.
pub(super) fn kept_fields(language: Language, form: &FormEntries) -> String {
    let fields = form.fields.iter().filter(|(name, value)| is_typed(name, value));
    let rows: Vec<String> = fields
        .map(|(name, value)| {
            let (label, value) = (label(name), shown(language, value));
            format!("<div><dt>{}</dt><dd dir=\"auto\">{value}</dd></div>\n", escape(&label))
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let more = match rows.len().saturating_sub(SHOWN_FIELDS) {
        0 => String::new(),
        more => format!("<p>{}</p>\n", language.say("kept-more", &[("count", &more.to_string())])),
    };
    let list: String = rows.into_iter().take(SHOWN_FIELDS).collect();
    format!("<dl class=\"facts kept\">\n{list}</dl>\n{more}")
}

/// Whether a person filled the field in, as far as its name and its value tell. The body does not
/// say which of its fields were hidden ones.
fn is_typed(name: &str, value: &str) -> bool {
    let lower = name.to_lowercase();
    let is_for_programs = name.starts_with('_')
        || ["csrf", "token", "nonce"].iter().any(|word| lower.contains(word))
        || Uuid::try_parse(value).is_ok();
    !(value.trim().is_empty() || is_secret(name) || is_for_programs)
}

/// Whether a field's name suggests a secret, which no page may repeat, not even in a hidden input.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "passwd", "passphrase", "passcode", "secret"].iter().any(|word| name.contains(word))
        || matches!(name.as_str(), "pass" | "pwd" | "pin" | "otp" | "totp" | "cvc" | "cvv")
}

/// The name of a field as a label: `First name` for `first_name`, `firstName` and
/// `person[first-name]`.
fn label(name: &str) -> String {
    let last = name.trim_end_matches(['[', ']']).rsplit(['[', '.']).next().unwrap_or(name);
    let mut words = String::new();
    let mut before = ' ';
    for c in last.chars() {
        match c {
            '_' | '-' | '+' => words.push(' '),
            c if c.is_uppercase() && before.is_lowercase() => {
                words.push(' ');
                words.extend(c.to_lowercase());
            }
            c => words.push(c),
        }
        before = c;
    }
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_else(|| name.to_owned())
}

/// The value as HTML. Of a long one the beginning, and its length.
fn shown(language: Language, value: &str) -> String {
    let value = value.replace("\r\n", "\n");
    let count = value.chars().count();
    if count <= SHOWN_CHARS {
        return escape(&value).into_owned();
    }
    let start: String = value.chars().take(SHOWN_CHARS).collect();
    language.say("kept-long", &[("start", start.trim_end()), ("count", &count.to_string())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_as_a_label() {
        for (name, expected) in [
            ("text", "Text"),
            ("first_name", "First name"),
            ("firstName", "First name"),
            ("person[first-name]", "First name"),
            ("address.street", "Street"),
            ("tags[]", "Tags"),
            ("URL", "URL"),
            ("größe", "Größe"),
            ("[]", "[]"),
            ("", ""),
        ] {
            assert_eq!(label(name), expected, "{name}");
        }
    }

    #[test]
    fn what_programs_put_into_a_form_and_secrets_are_not_shown() {
        for (name, value) in [
            ("csrf_token", "abc"),
            ("csrfmiddlewaretoken", "abc"),
            ("authenticity_token", "abc"),
            ("_method", "delete"),
            ("once", "01a21ccf-69b9-7730-83eb-000000000001"),
            ("password", "hunter2"),
            ("pin", "1234"),
            ("nothing", " "),
        ] {
            assert!(!is_typed(name, value), "{name}");
        }
        assert!(is_typed("text", "buy milk"));
    }

    #[test]
    fn of_a_long_value_the_beginning_is_shown_and_how_long_it_is() {
        let form = format!("text={}", "%C3%A9".repeat(1234));
        let list = kept_fields(Language::English, &FormEntries::from_urlencoded(form.as_bytes()));
        assert!(list.contains(&"é".repeat(SHOWN_CHARS)) && !list.contains(&"é".repeat(SHOWN_CHARS + 1)));
        assert!(list.contains("… (1234 characters)"), "{list}");
    }

    #[test]
    fn of_many_fields_the_first_are_shown_and_how_many_follow() {
        let form: String = (0..40).map(|n| format!("field{n}=x&")).collect();
        let list = kept_fields(Language::English, &FormEntries::from_urlencoded(form.as_bytes()));
        assert_eq!(list.matches("<dt>").count(), SHOWN_FIELDS);
        assert!(list.contains("And 10 more fields."), "{list}");
    }
}

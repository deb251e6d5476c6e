//! Form fields, in the structure that the template component expects.

use serde::Serialize;

use crate::i18n::Message;

/// A field: its properties, the entered value, and the errors.
#[derive(Debug, Clone, Serialize)]
pub struct Field {
    name: &'static str,
    label: Message,
    kind: &'static str,
    value: String,
    errors: Vec<Message>,
    hint: Option<Message>,
    autocomplete: &'static str,
    autofocus: bool,
    required: bool,
    maxlength: Option<usize>,
    /// What a new password is compared with while it is typed.
    lengths: Option<Lengths>,
    /// Whether it is a code of digits, for which a phone shows digits alone.
    is_code: bool,
    /// What can be chosen, where nothing is typed.
    options: Vec<Choice>,
    /// Where the errors are remedied, behind the last of them.
    remedy: Option<Link>,
}

/// How long a new password may be, in characters. No `maxlength`: it counts UTF-16 units, so it
/// would cut off passwords that we accept.
#[derive(Debug, Clone, Serialize)]
struct Lengths {
    min: usize,
    max: usize,
}

/// One of the values of a field that is chosen.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

/// A link in a message.
#[derive(Debug, Clone, Serialize)]
struct Link {
    label: Message,
    url: String,
}

impl Field {
    /// A line of text. `autocomplete` is a value from the HTML standard's list.
    pub fn text(name: &'static str, label: Message, autocomplete: &'static str) -> Self {
        Self {
            name,
            label,
            kind: "text",
            value: String::new(),
            errors: Vec::new(),
            hint: None,
            autocomplete,
            autofocus: false,
            required: true,
            maxlength: None,
            lengths: None,
            is_code: false,
            options: Vec::new(),
            remedy: None,
        }
    }

    /// An e-mail address.
    pub fn email(name: &'static str, label: Message, autocomplete: &'static str) -> Self {
        Self { kind: "email", ..Self::text(name, label, autocomplete) }
    }

    /// A code from a letter or a device.
    pub fn code(name: &'static str, label: Message) -> Self {
        Self { is_code: true, ..Self::text(name, label, "one-time-code") }.max_length(16)
    }

    /// A choice of one of several values.
    pub fn choice(name: &'static str, label: Message, options: Vec<Choice>) -> Self {
        Self { kind: "choice", options, ..Self::text(name, label, "off") }
    }

    /// A box that is ticked or not; ticked, the form has the value `on`.
    pub fn checkbox(name: &'static str, label: Message, is_ticked: bool) -> Self {
        let value = if is_ticked { "on" } else { "" };
        Self { kind: "checkbox", ..Self::text(name, label, "off") }.optional().value(value)
    }

    /// A password. Its type has no method to set a value, so a password is never shown again.
    pub fn password(name: &'static str, label: Message, autocomplete: &'static str) -> Password {
        Password(Self { kind: "password", ..Self::text(name, label, autocomplete) })
    }

    pub fn value(mut self, value: &str) -> Self {
        self.value = value.to_owned();
        self
    }

    pub fn errors(mut self, errors: impl IntoIterator<Item = Message>) -> Self {
        self.errors.extend(errors);
        self
    }

    /// A link behind the errors, if there are any.
    pub fn remedy(mut self, label: Message, url: &str) -> Self {
        self.remedy = Some(Link { label, url: url.to_owned() });
        self
    }

    /// A field that may be left empty.
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    pub fn max_length(mut self, characters: usize) -> Self {
        self.maxlength = Some(characters);
        self
    }

    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }
}

/// A builder of a password field, whose value stays empty.
pub struct Password(Field);

impl Password {
    pub fn hint(mut self, hint: Message) -> Self {
        self.0.hint = Some(hint);
        self
    }

    /// For a new password.
    pub fn lengths(mut self, min: usize, max: usize) -> Self {
        self.0.lengths = Some(Lengths { min, max });
        self
    }

    pub fn errors(self, errors: impl IntoIterator<Item = Message>) -> Field {
        self.0.errors(errors)
    }
}

/// Puts the focus on the first field with an error, or else on the first empty one.
pub fn focus(fields: &mut [&mut Field]) {
    let first_error = fields.iter().position(|field| field.has_errors());
    let first_empty = || fields.iter().position(|field| field.required && field.value.is_empty());
    if let Some(at) = first_error.or_else(first_empty) {
        fields[at].autofocus = true;
    }
}

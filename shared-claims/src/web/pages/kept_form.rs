//! Page that keeps a form that was sent without a valid login, so that it can be sent again.

use url::Url;

use super::Page;
use super::kept_fields::{is_secret, kept_fields};
use super::kept_files::file_inputs;
use super::login_frame::login_frame;
use crate::web::accept_language::Language;
use crate::web::escape::escape;
use crate::web::form_entries::FormEntries;
use crate::web::multipart_reader::MultipartReader;
use crate::web::request::RequestInfo;
use crate::web::{MAX_DISCARDED_BYTES, MAX_FORM_BYTES};

/// The part of the form that was kept.
#[derive(Debug, Clone)]
pub(in crate::web) enum KeptForm {
    /// Its fields, and the names of its files.
    Entries(FormEntries),
    /// Nothing: it can hold files, and is too large or could not be read.
    NoFiles,
    /// Nothing: it is too large, or another kind of form.
    Nothing,
}

impl KeptForm {
    /// Decides what is kept. `None` means that the body could not be read.
    pub(in crate::web) fn of(form: Option<&[u8]>, request: &RequestInfo<'_>) -> Self {
        match form {
            _ if request.is_multipart() => {
                Self::of_multipart(form.and_then(|form| MultipartReader::read(request, form)))
            }
            Some(form) => Self::Entries(FormEntries::from_urlencoded(form)),
            None => Self::Nothing,
        }
    }

    /// The same for a form that can hold files.
    pub(in crate::web) fn of_multipart(form: Option<FormEntries>) -> Self {
        form.map_or(Self::NoFiles, Self::Entries)
    }

    /// What the page before passed on.
    pub(in crate::web) fn passed_on(self) -> Self {
        match self {
            Self::Entries(entries) => Self::Entries(entries.with_files_from_fields()),
            nothing => nothing,
        }
    }
}

/// Why the form has to be sent again.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) enum Why {
    /// There was no login, or it had expired.
    Ended,
    /// The authentication was too old.
    Stale,
    /// There were two logins, whose cookies have been deleted.
    Cleared,
}

/// Renders the page.
///
/// `marked` is the same address with the mark of the form's owner, if that is known.
pub(in crate::web) fn kept_form(
    language: Language,
    why: Why,
    (action, marked): (&Url, Option<&Url>),
    login_url: &Url,
    frame_url: &Url,
    kept: &KeptForm,
) -> Page {
    let why = match why {
        Why::Ended => language.say("kept-why-ended", &[]),
        Why::Stale => language.say("kept-why-stale", &[]),
        Why::Cleared => language.say("kept-why-cleared", &[]),
    };
    let how = login_frame(language, login_url, frame_url, "kept-new-tab");
    let (list, rest) = match kept {
        KeptForm::Entries(form) => {
            (kept_fields(language, form), form_again(language, (action, marked), form))
        }
        KeptForm::NoFiles | KeptForm::Nothing => (String::new(), go_back(language)),
    };
    let notice = kept_form_notice(language, kept);
    Page::new(language, "kept-title", format!("<p>{why} {notice}</p>\n{list}{how}{rest}")).with_frame()
}

/// Says what was kept of the form.
pub(super) fn kept_form_notice(language: Language, kept: &KeptForm) -> String {
    let kilobytes = (MAX_FORM_BYTES / 1024).to_string();
    let megabytes = (MAX_DISCARDED_BYTES / 1024 / 1024).to_string();
    let limits = [("kilobytes", kilobytes.as_str()), ("megabytes", megabytes.as_str())];
    match kept {
        KeptForm::Entries(form) => {
            let key = match (form.fields.is_empty(), form.has_chosen_files()) {
                (true, false) => "kept-button",
                (false, false) => "kept-fields",
                (true, true) => "kept-files",
                (false, true) => "kept-fields-and-files",
            };
            language.say(key, &[])
        }
        KeptForm::NoFiles => language.say("kept-no-files", &limits),
        KeptForm::Nothing => language.say("kept-nothing", &limits[..1]),
    }
}

fn form_again(language: Language, (action, marked): (&Url, Option<&Url>), form: &FormEntries) -> String {
    let to = marked.map(|url| format!(" formaction=\"{}\"", escape(url.as_str()))).unwrap_or_default();
    format!(
        "{}{}<button class=\"button\" type=\"submit\"{to}>{}</button>\n</form>\n",
        form_tag(action, form.encoding()),
        fields(language, form),
        language.say("kept-send", &[]),
    )
}

/// The beginning of a form that sends to `action`.
pub(super) fn form_tag(action: &Url, encoding: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{}\" enctype=\"{encoding}\" accept-charset=\"utf-8\">\n",
        escape(action.as_str())
    )
}

pub(super) fn go_back(language: Language) -> String {
    format!("<p>{}</p>\n", language.say("kept-go-back", &[]))
}

/// The fields as hidden inputs. Passwords are asked for again instead, and files too.
pub(super) fn fields(language: Language, form: &FormEntries) -> String {
    let (mut hidden, mut retype) = (String::new(), String::new());
    for (n, (name, value)) in form.fields.iter().enumerate() {
        if is_secret(name) {
            retype += &format!(
                "<div class=\"field\"><label for=\"again-{n}\">{}</label>\n\
                 <input id=\"again-{n}\" type=\"password\" name=\"{}\" autocomplete=\"off\"></div>\n",
                language.say("kept-type-again", &[("field", name)]),
                escape(name),
            );
        } else {
            hidden += &hidden_field(name, value);
        }
    }
    hidden + &retype + &file_inputs(language, &form.files)
}

/// The fields for a page that is followed by another, which asks for passwords and files.
pub(super) fn fields_for_later(form: &FormEntries) -> String {
    let fields = form.fields.iter();
    let fields = fields.map(|(name, value)| hidden_field(name, if is_secret(name) { "" } else { value }));
    let files = form.files_as_fields().map(|(name, value)| hidden_field(name, &value));
    fields.chain(files).collect()
}

fn hidden_field(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value))
}

//! Page that keeps a form that was sent without a valid login, so that it can be sent again.

use url::{Url, form_urlencoded};

use super::Page;
use super::kept_fields::{is_secret, kept_fields};
use super::login_frame::login_frame;
use crate::web::MAX_FORM_BYTES;
use crate::web::accept_language::Language;
use crate::web::escape::escape;
use crate::web::request::RequestInfo;

/// The part of the form's body that was kept.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) enum KeptForm<'b> {
    /// Its fields.
    Fields(&'b [u8]),
    /// Nothing: it may contain files, which a page cannot send back.
    NoFiles,
    /// Nothing: it is too large, or another kind of form.
    Nothing,
}

impl<'b> KeptForm<'b> {
    /// Decides what is kept. `None` means that the body could not be read.
    pub(in crate::web) fn of(form: Option<&'b [u8]>, request: &RequestInfo<'_>) -> Self {
        match form {
            Some(form) => Self::Fields(form),
            None if request.is_multipart() => Self::NoFiles,
            None => Self::Nothing,
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
    frame_url: Option<&Url>,
    kept: KeptForm<'_>,
) -> Page {
    let why = match why {
        Why::Ended => language.say("kept-why-ended", &[]),
        Why::Stale => language.say("kept-why-stale", &[]),
        Why::Cleared => language.say("kept-why-cleared", &[]),
    };
    let how = login_frame(language, login_url, frame_url, "kept-new-tab");
    let (list, rest) = match kept {
        KeptForm::Fields(form) => (kept_fields(language, form), form_again(language, (action, marked), form)),
        KeptForm::NoFiles | KeptForm::Nothing => (String::new(), go_back(language)),
    };
    let notice = kept_form_notice(language, kept);
    Page::new(language, "kept-title", format!("<p>{why} {notice}</p>\n{list}{how}{rest}"))
        .with_frame(frame_url.is_some())
}

/// Says what was kept of the form.
pub(super) fn kept_form_notice(language: Language, kept: KeptForm<'_>) -> String {
    match kept {
        KeptForm::Fields([]) => language.say("kept-button", &[]),
        KeptForm::Fields(_) => language.say("kept-fields", &[]),
        KeptForm::NoFiles => language.say("kept-no-files", &[]),
        KeptForm::Nothing => {
            let kilobytes = (MAX_FORM_BYTES / 1024).to_string();
            language.say("kept-nothing", &[("kilobytes", &kilobytes)])
        }
    }
}

fn form_again(language: Language, (action, marked): (&Url, Option<&Url>), form: &[u8]) -> String {
    let to = marked.map(|url| format!(" formaction=\"{}\"", escape(url.as_str()))).unwrap_or_default();
    format!(
        "<form method=\"post\" action=\"{}\" accept-charset=\"utf-8\">\n{}\
         <button class=\"button\" type=\"submit\"{to}>{}</button>\n</form>\n",
        escape(action.as_str()),
        fields(language, form),
        language.say("kept-send", &[]),
    )
}

pub(super) fn go_back(language: Language) -> String {
    format!("<p>{}</p>\n", language.say("kept-go-back", &[]))
}

/// The fields as hidden inputs. Passwords are asked for again instead.
pub(super) fn fields(language: Language, form: &[u8]) -> String {
    let (mut hidden, mut retype) = (String::new(), String::new());
    for (n, (name, value)) in form_urlencoded::parse(form).enumerate() {
        let name_in_html = escape(&name);
        if is_secret(&name) {
            retype += &format!(
                "<div class=\"field\"><label for=\"again-{n}\">{}</label>\n\
                 <input id=\"again-{n}\" type=\"password\" name=\"{name_in_html}\" autocomplete=\"off\"></div>\n",
                language.say("kept-type-again", &[("field", &name)])
            );
        } else {
            hidden += &hidden_field(&name, &value);
        }
    }
    hidden + &retype
}

/// The fields for a page that is followed by another, which asks for passwords.
pub(super) fn fields_for_later(form: &[u8]) -> String {
    let fields = form_urlencoded::parse(form);
    fields.map(|(name, value)| hidden_field(&name, if is_secret(&name) { "" } else { &value })).collect()
}

fn hidden_field(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value))
}

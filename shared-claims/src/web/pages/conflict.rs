//! Page for cookies of two people at once.

use url::Url;

use super::Page;
use super::kept_form::{KeptForm, fields_for_later, form_tag, go_back, kept_form_notice};
use crate::web::accept_language::Language;
use crate::web::escape::escape;

/// For an opened page. The button requests this same address with the clearing query.
pub(in crate::web) fn conflict(language: Language, address: &Url, clear: &str) -> Page {
    let mut fields = String::new();
    for (name, value) in address.query_pairs() {
        fields +=
            &format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(&name), escape(&value));
    }
    let mut action = address.clone();
    action.set_query(None);
    Page::new(
        language,
        "conflict-title",
        format!(
            "<p>{}</p>\n<p>{}</p>\n\
             <form method=\"get\" action=\"{}\">\n{fields}<input type=\"hidden\" name=\"{clear}\" value=\"1\">\n\
             <button class=\"button\" type=\"submit\">{}</button>\n</form>\n",
            language.say("conflict-why", &[]),
            language.say("conflict-clearing", &[]),
            escape(action.as_str()),
            language.say("conflict-clear", &[]),
        ),
    )
}

/// For a form that was sent. The button sends it to `clear`, where it is not carried out but kept
/// until the person is logged in.
pub(in crate::web) fn form_conflict(language: Language, clear: &Url, kept: &KeptForm) -> Page {
    // If something could not be kept, the page after the clearing says so again. The type of an
    // empty form tells it.
    let (fields, kind, after) = match kept {
        KeptForm::Entries(form) => (fields_for_later(form), form.encoding(), String::new()),
        KeptForm::NoFiles => (String::new(), "multipart/form-data", go_back(language)),
        KeptForm::Nothing => (String::new(), "text/plain", go_back(language)),
    };
    Page::new(
        language,
        "conflict-title",
        format!(
            "<p>{} {}</p>\n<p>{}</p>\n\
             {}{fields}\
             <button class=\"button\" type=\"submit\">{}</button>\n</form>\n{after}",
            language.say("conflict-why", &[]),
            kept_form_notice(language, kept),
            language.say("conflict-clearing-form", &[]),
            form_tag(clear, kind),
            language.say("conflict-clear", &[]),
        ),
    )
}

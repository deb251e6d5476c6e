//! Cookies of two people at once.

use url::Url;

use super::Page;
use super::escape::escape;
use super::send_again::{Kept, became, fields_for_later, go_back};
use crate::edge::language::Language;

/// For a page that somebody opened. The button asks for this same address with the clearing query.
pub(in crate::edge) fn conflict(language: Language, address: &Url, clear: &str) -> Page {
    let mut fields = String::new();
    for (name, value) in address.query_pairs() {
        fields +=
            &format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(&name), escape(&value));
    }
    let mut action = address.clone();
    action.set_query(None);
    Page {
        language,
        frames: false,
        title: language.say("conflict-title", &[]),
        content: format!(
            "<p>{}</p>\n<p>{}</p>\n\
             <form method=\"get\" action=\"{}\">\n{fields}<input type=\"hidden\" name=\"{clear}\" value=\"1\">\n\
             <button type=\"submit\">{}</button>\n</form>\n",
            language.say("conflict-why", &[]),
            language.say("conflict-clearing", &[]),
            escape(action.as_str()),
            language.say("conflict-clear", &[]),
        ),
    }
}

/// For a form that somebody sent. The button sends it to `clear`, where nothing is done with it: it is kept until they are logged in.
pub(in crate::edge) fn conflict_of_a_form(language: Language, clear: &Url, kept: Kept<'_>) -> Page {
    // What could not be kept is said once more after the clearing, by the type of a form that holds nothing.
    let (fields, kind, after) = match kept {
        Kept::Fields(form) => (fields_for_later(form), "application/x-www-form-urlencoded", String::new()),
        Kept::NoFiles => (String::new(), "multipart/form-data", go_back(language)),
        Kept::Nothing => (String::new(), "text/plain", go_back(language)),
    };
    Page {
        language,
        frames: false,
        title: language.say("conflict-title", &[]),
        content: format!(
            "<p>{} {}</p>\n<p>{}</p>\n\
             <form method=\"post\" action=\"{}\" enctype=\"{kind}\" accept-charset=\"utf-8\">\n{fields}\
             <button type=\"submit\">{}</button>\n</form>\n{after}",
            language.say("conflict-why", &[]),
            became(language, kept),
            language.say("conflict-clearing-form", &[]),
            escape(clear.as_str()),
            language.say("conflict-clear", &[]),
        ),
    }
}

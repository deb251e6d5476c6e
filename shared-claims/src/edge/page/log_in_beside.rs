//! The login, for a page whose address no redirect can take along.

use url::Url;

use super::Page;
use super::escape::escape;
use crate::edge::language::Language;

/// The frame renews the login, as on the page of a form that was kept; without one, the person must prove again who they are.
/// Then the link opens `here`, which this tab has never left.
pub(in crate::edge) fn log_in_beside(
    language: Language,
    here: &Url,
    login_url: &Url,
    frame_url: Option<&Url>,
) -> Page {
    let login = [("login", login_url.as_str())];
    let how = match frame_url {
        Some(frame_url) => format!(
            "<p>{}</p>\n<iframe src=\"{}\" title=\"{}\"></iframe>\n<p>{}</p>\n",
            language.say("kept-login", &[]),
            escape(frame_url.as_str()),
            language.say("kept-frame", &[]),
            language.say("long-new-tab", &login),
        ),
        None => format!("<p>{}</p>\n", language.say("kept-password", &login)),
    };
    Page {
        language,
        frames: frame_url.is_some(),
        title: language.say("long-title", &[]),
        content: format!(
            "<p>{}</p>\n{how}<p><a class=\"button\" href=\"{}\">{}</a></p>\n",
            language.say("long-why", &[]),
            escape(here.as_str()),
            language.say("long-open", &[]),
        ),
    }
}

//! The login, for a page whose address no redirect can take along.

use url::Url;

use super::Page;
use super::escape::escape;
use super::login_here::login_here;
use crate::edge::language::Language;

/// The link opens `here`, which this tab has never left.
pub(in crate::edge) fn log_in_beside(
    language: Language,
    here: &Url,
    login_url: &Url,
    frame_url: Option<&Url>,
) -> Page {
    let how = login_here(language, login_url, frame_url, "long-new-tab");
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

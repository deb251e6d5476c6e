//! Page with a link to the login, for a URL too long for a redirect.

use url::Url;

use super::Page;
use super::login_frame::login_frame;
use crate::web::accept_language::Language;
use crate::web::escape::escape;

/// The link opens `here`, the address of this tab.
pub(in crate::web) fn login_offer(language: Language, here: &Url, login_url: &Url, frame_url: &Url) -> Page {
    let how = login_frame(language, login_url, frame_url, "long-new-tab");
    Page::new(
        language,
        "long-title",
        format!(
            "<p>{}</p>\n{how}<p><a class=\"button\" href=\"{}\">{}</a></p>\n",
            language.say("long-why", &[]),
            escape(here.as_str()),
            language.say("long-open", &[]),
        ),
    )
    .with_frame()
}

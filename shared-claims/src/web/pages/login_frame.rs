//! Login in a frame: the page around it stays open.

use url::Url;

use crate::web::accept_language::Language;
use crate::web::escape::escape;

/// The script of a page with the frame: it follows a login in another tab. Without scripts, the
/// frame has a link that does.
pub(super) const SCRIPT: &str = include_str!("login_frame.js");

/// The frame is a page of auth-service, which has the cookies to renew the login without a script.
/// Where the session is over, or the person must reauthenticate, it offers the login in a tab.
///
/// `if_empty` names the text for people who see nothing in the frame.
pub(super) fn login_frame(
    language: Language,
    login_url: &Url,
    frame_url: &Url,
    if_empty: &'static str,
) -> String {
    format!(
        "<div class=\"state\" role=\"status\"><p class=\"message message-success\" id=\"logged-in\" hidden>{}</p></div>\n\
         <div class=\"state\" id=\"logging-in\">\n<p>{}</p>\n<iframe src=\"{}\" title=\"{}\"></iframe>\n<p>{}</p>\n</div>\n",
        // The script puts the name in.
        language.say("kept-logged-in", &[("name", "")]),
        language.say("kept-login", &[]),
        escape(frame_url.as_str()),
        language.say("kept-frame", &[]),
        language.say(if_empty, &[("login", login_url.as_str())]),
    )
}

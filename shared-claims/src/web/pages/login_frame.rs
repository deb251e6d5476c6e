//! Login in a frame: the page around it stays open.

use url::Url;

use crate::web::accept_language::Language;
use crate::web::escape::escape;

/// The frame is a page of auth-service, which has the cookies to renew the login without a script.
/// Where the session is over, it offers the login. `None` means that the person must reauthenticate
/// in a tab.
///
/// `if_empty` names the text for people who see nothing in the frame.
pub(super) fn login_frame(
    language: Language,
    login_url: &Url,
    frame_url: Option<&Url>,
    if_empty: &'static str,
) -> String {
    let login = [("login", login_url.as_str())];
    match frame_url {
        Some(frame_url) => format!(
            "<p>{}</p>\n<iframe src=\"{}\" title=\"{}\"></iframe>\n<p>{}</p>\n",
            language.say("kept-login", &[]),
            escape(frame_url.as_str()),
            language.say("kept-frame", &[]),
            language.say(if_empty, &login),
        ),
        None => format!("<p>{}</p>\n", language.say("kept-password", &login)),
    }
}

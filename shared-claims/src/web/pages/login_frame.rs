//! Login in a frame, within a page that stays where it is.

use url::Url;

use crate::web::accept_language::Language;
use crate::web::escape::escape;

/// The frame renews the login while the person reads, without a script: it is a page of
/// auth-service, which has the cookies that renew. Where the session is over, it offers the login.
/// Without a frame, the person must prove again who they are.
///
/// `if_empty` names the text for who sees nothing in the frame.
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

//! After a form was sent without a valid login.

use url::{Url, form_urlencoded};

use super::Page;
use super::escape::escape;
use crate::edge::MAX_FORM_BYTES;

/// What became of the body of the form.
#[derive(Debug, Clone, Copy)]
pub(in crate::edge) enum Kept<'b> {
    /// Its fields.
    Fields(&'b [u8]),
    /// Nothing: files may be in it, which no page can hand back.
    NoFiles,
    /// Nothing: it is too large, or no form of ours.
    Nothing,
}

/// The frame renews the login while the person reads, without a script: it is a page of auth-service, which has the cookies
/// that renew. Where the session is over, it offers the login. Without a frame, the person must prove again who they are.
pub(in crate::edge) fn send_again(
    action: &Url,
    login_url: &Url,
    frame_url: Option<&Url>,
    kept: Kept<'_>,
) -> Page {
    let login_url = escape(login_url.as_str());
    let (why, how) = match frame_url {
        Some(frame_url) => (
            "You were not logged in when this was sent, or your login had just ended.",
            format!(
                "<p>Your login:</p>\n<iframe src=\"{}\" title=\"Your login\"></iframe>\n\
                 <p>If the box above stays empty, <a href=\"{login_url}\" target=\"_blank\">log in in a new tab</a>, then come \
                 back here and press the button.</p>\n",
                escape(frame_url.as_str())
            ),
        ),
        None => (
            "This needs a fresh login: it is some time since you last proved that it is you.",
            format!(
                "<p><a href=\"{login_url}\" target=\"_blank\">Enter your password again (opens a new tab)</a>, then come back \
                 to this tab.</p>\n"
            ),
        ),
    };
    let rest = match kept {
        Kept::Fields(form) => format!(
            "What you typed is not lost: it was not processed, and waits on this page.</p>\n{how}\
             <form method=\"post\" action=\"{}\" accept-charset=\"utf-8\">\n{}\
             <button type=\"submit\">Send again</button>\n</form>\n",
            escape(action.as_str()),
            fields(form)
        ),
        Kept::NoFiles => not_kept(
            "a page cannot keep files, and of a form that can hold files it keeps nothing, neither the files nor what you \
             typed.",
            &how,
        ),
        Kept::Nothing => {
            let why = format!("only forms of this service of at most {} KB can.", MAX_FORM_BYTES / 1024);
            not_kept(&why, &how)
        }
    };
    Page { frames: frame_url.is_some(), title: "Send this again", content: format!("<p>{why} {rest}") }
}

fn not_kept(why: &str, how: &str) -> String {
    format!(
        "It was not processed, and it could not be kept here: {why}</p>\n{how}\
         <p>Then go back one page with your browser, where what you typed is usually still there, and send it again.</p>\n"
    )
}

/// Everything but passwords is handed back unseen; those are asked for again.
fn fields(form: &[u8]) -> String {
    let (mut hidden, mut retype) = (String::new(), String::new());
    for (n, (name, value)) in form_urlencoded::parse(form).enumerate() {
        let name_in_html = escape(&name);
        if is_secret(&name) {
            retype += &format!(
                "<p><label for=\"again-{n}\">Type this again: {name_in_html}</label>\n\
                 <input id=\"again-{n}\" type=\"password\" name=\"{name_in_html}\" autocomplete=\"off\"></p>\n"
            );
        } else {
            hidden +=
                &format!("<input type=\"hidden\" name=\"{name_in_html}\" value=\"{}\">\n", escape(&value));
        }
    }
    hidden + &retype
}

/// Whether a field is named like something that no page should repeat, not even hidden.
fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "passwd", "passphrase", "passcode", "secret"].iter().any(|word| name.contains(word))
        || matches!(name.as_str(), "pass" | "pwd" | "pin" | "otp" | "totp" | "cvc" | "cvv")
}

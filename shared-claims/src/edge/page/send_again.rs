//! After a form was sent without a valid login.

use url::{Url, form_urlencoded};

use super::Page;
use super::escape::escape;
use crate::edge::MAX_FORM_BYTES;

/// `form` is its body, or nothing if it could not be kept.
pub(in crate::edge) fn send_again(action: &Url, login_url: &Url, form: Option<&[u8]>) -> Page {
    let login_url = escape(login_url.as_str());
    let Some(form) = form else {
        return Page {
            title: "Log in to send this",
            content: format!(
                "<p>You are not logged in, or your login has ended. What you sent was not processed, and it could not be kept \
                 here: only forms of this service of at most {} KB can.</p>\n\
                 <p><a class=\"button\" href=\"{login_url}\" target=\"_blank\">Log in (opens a new tab)</a></p>\n\
                 <p>Then come back to this tab, go back one page with your browser, where what you typed is usually \
                 still there, and send it again.</p>\n",
                MAX_FORM_BYTES / 1024
            ),
        };
    };
    let mut fields = String::new();
    let mut retype = String::new();
    for (n, (name, value)) in form_urlencoded::parse(form).enumerate() {
        let name_in_html = escape(&name);
        if is_secret(&name) {
            retype += &format!(
                "<p><label for=\"again-{n}\">Type this again: {name_in_html}</label>\n\
                 <input id=\"again-{n}\" type=\"password\" name=\"{name_in_html}\" autocomplete=\"off\"></p>\n"
            );
        } else {
            fields +=
                &format!("<input type=\"hidden\" name=\"{name_in_html}\" value=\"{}\">\n", escape(&value));
        }
    }
    Page {
        title: "Log in to send this",
        content: format!(
            "<p>You are not logged in, or your login has ended. What you typed is not lost: it was not processed, and waits \
             on this page.</p>\n<ol>\n\
             <li><a href=\"{login_url}\" target=\"_blank\">Log in (opens a new tab)</a></li>\n\
             <li>Come back to this tab and send it again.</li>\n</ol>\n\
             <form method=\"post\" action=\"{}\" accept-charset=\"utf-8\">\n{fields}{retype}\
             <button type=\"submit\">Send again</button>\n</form>\n",
            escape(action.as_str())
        ),
    }
}

/// Whether a field is named like something that no page should repeat, not even hidden.
fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "passwd", "passphrase", "passcode", "secret"].iter().any(|word| name.contains(word))
        || matches!(name.as_str(), "pass" | "pwd" | "pin" | "otp" | "totp" | "cvc" | "cvv")
}

//! After a form was sent without a valid login.

use url::{Url, form_urlencoded};

use super::Page;
use super::escape::escape;
use crate::edge::MAX_FORM_BYTES;
use crate::edge::language::Language;

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
    language: Language,
    action: &Url,
    login_url: &Url,
    frame_url: Option<&Url>,
    kept: Kept<'_>,
) -> Page {
    let login = [("login", login_url.as_str())];
    let (why, how) = match frame_url {
        Some(frame_url) => (
            language.say("kept-why-ended", &[]),
            format!(
                "<p>{}</p>\n<iframe src=\"{}\" title=\"{}\"></iframe>\n<p>{}</p>\n",
                language.say("kept-login", &[]),
                escape(frame_url.as_str()),
                language.say("kept-frame", &[]),
                language.say("kept-new-tab", &login),
            ),
        ),
        None => (
            language.say("kept-why-stale", &[]),
            format!("<p>{}</p>\n", language.say("kept-password", &login)),
        ),
    };
    let (became, rest) = match kept {
        Kept::Fields([]) => (language.say("kept-button", &[]), form_again(language, action, &[])),
        Kept::Fields(form) => (language.say("kept-fields", &[]), form_again(language, action, form)),
        Kept::NoFiles => (language.say("kept-no-files", &[]), go_back(language)),
        Kept::Nothing => {
            let kilobytes = (MAX_FORM_BYTES / 1024).to_string();
            (language.say("kept-nothing", &[("kilobytes", &kilobytes)]), go_back(language))
        }
    };
    Page {
        language,
        frames: frame_url.is_some(),
        title: language.say("kept-title", &[]),
        content: format!("<p>{why} {became}</p>\n{how}{rest}"),
    }
}

fn form_again(language: Language, action: &Url, form: &[u8]) -> String {
    format!(
        "<form method=\"post\" action=\"{}\" accept-charset=\"utf-8\">\n{}\
         <button type=\"submit\">{}</button>\n</form>\n",
        escape(action.as_str()),
        fields(language, form),
        language.say("kept-send", &[]),
    )
}

fn go_back(language: Language) -> String {
    format!("<p>{}</p>\n", language.say("kept-go-back", &[]))
}

/// Everything but passwords is handed back unseen; those are asked for again.
fn fields(language: Language, form: &[u8]) -> String {
    let (mut hidden, mut retype) = (String::new(), String::new());
    for (n, (name, value)) in form_urlencoded::parse(form).enumerate() {
        let name_in_html = escape(&name);
        if is_secret(&name) {
            retype += &format!(
                "<p><label for=\"again-{n}\">{}</label>\n\
                 <input id=\"again-{n}\" type=\"password\" name=\"{name_in_html}\" autocomplete=\"off\"></p>\n",
                language.say("kept-type-again", &[("field", &name)])
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

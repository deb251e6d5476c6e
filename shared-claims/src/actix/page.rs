//! The pages: one quiet design, no script, every text escaped.

use std::borrow::Cow;
use std::sync::OnceLock;

use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};
use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::STANDARD};
use url::{Url, form_urlencoded};

use super::body::MAX_FORM_BYTES;
use crate::SharedLogin;

const STYLE: &str = include_str!("page.css");

/// Title and content of a page.
pub(super) struct Page {
    title: &'static str,
    content: String,
}

/// The page as an answer, with a content security policy of its own.
pub(super) fn respond(mut answer: HttpResponseBuilder, login: &SharedLogin, page: Page) -> HttpResponse {
    let Page { title, content } = page;
    answer
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy(login)))
        .body(format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
             </head>\n<body>\n<main>\n<h1>{title}</h1>\n{content}</main>\n</body>\n</html>\n"
        ))
}

/// `form-action` names the sub-domains too: Chromium applies it to redirects after a form, and what is sent again may well
/// be answered with one. `img-src` is for the icon that browsers ask every site for.
fn policy(login: &SharedLogin) -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes())));
    let settings = login.settings();
    let (scheme, domain) = (settings.auth.scheme(), settings.cookie_domain());
    let port = if settings.auth.port().is_some() || settings.service.port().is_some() { ":*" } else { "" };
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; form-action 'self' {scheme}://{domain}{port} \
         {scheme}://*.{domain}{port}; frame-ancestors 'none'; base-uri 'none'"
    )
}

/// After a form was sent without a valid login. `form` is its body, or nothing if it could not be kept.
pub(super) fn send_again(action: &Url, login_url: &Url, form: Option<&[u8]>) -> Page {
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

/// Logged in, without the right.
pub(super) fn forbidden(login: &SharedLogin) -> Page {
    Page {
        title: "Not for this account",
        content: format!(
            "<p>You are logged in, but your account may not use this page. If it should, ask whoever runs this \
             service.</p>\n<p><a href=\"{}\">Back to the front page</a> or <a href=\"{}\">your account</a></p>\n",
            escape(login.page_url("/").as_str()),
            escape(&login.settings().auth_url()),
        ),
    }
}

/// Two people's cookies. The button asks for this same address with the clearing query.
pub(super) fn conflict(address: &Url, clear: &str) -> Page {
    let mut fields = String::new();
    for (name, value) in address.query_pairs() {
        fields +=
            &format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(&name), escape(&value));
    }
    let mut action = address.clone();
    action.set_query(None);
    Page {
        title: "Two logins at once",
        content: format!(
            "<p>Your browser sent login cookies that contradict each other. This happens when another site of this domain \
             sets a cookie that it should not. Nobody was let in.</p>\n<p>Clearing the cookies of this domain logs you \
             out everywhere on it; then you can log in again and come back here.</p>\n\
             <form method=\"get\" action=\"{}\">\n{fields}<input type=\"hidden\" name=\"{clear}\" value=\"1\">\n\
             <button type=\"submit\">Clear cookies and log in</button>\n</form>\n",
            escape(action.as_str())
        ),
    }
}

/// No keys yet.
pub(super) fn no_keys() -> Page {
    Page {
        title: "Just a moment",
        content:
            "<p>This service cannot check logins at the moment. Nothing is wrong with your account.</p>\n\
                  <p>Reload this page in a few seconds.</p>\n"
                .to_owned(),
    }
}

/// A change asked for by another site.
pub(super) fn cross_site(login: &SharedLogin) -> Page {
    Page {
        title: "Sent from elsewhere",
        content: format!(
            "<p>This was not sent by a page of this service, so nothing was changed.</p>\n\
             <p><a href=\"{}\">Open the front page</a> and try again from there.</p>\n",
            escape(login.page_url("/").as_str())
        ),
    }
}

/// Whether a field is named like something that no page should repeat, not even hidden.
fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "passwd", "passphrase", "passcode", "secret"].iter().any(|word| name.contains(word))
        || matches!(name.as_str(), "pass" | "pwd" | "pin" | "otp" | "totp" | "cvc" | "cvv")
}

/// For text and for attribute values in double quotes. Line ends are kept from a parser that would unify them.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'', '\r', '\n']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\r' => escaped.push_str("&#13;"),
            '\n' => escaped.push_str("&#10;"),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

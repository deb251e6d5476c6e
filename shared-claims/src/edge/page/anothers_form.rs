//! After a form was sent by another person of the same browser than the one who filled it in.

use url::Url;

use super::Page;
use super::escape::escape;
use super::send_again::{Kept, became, fields, go_back};
use crate::Settings;
use crate::edge::language::Language;
use crate::edge::links;

/// Asks whose it is. Of the two addresses, the first lets nobody but the one who filled it in send the form without this question, the
/// second nobody but the one who is logged in now, as `email`.
pub(in crate::edge) fn anothers_form(
    language: Language,
    (theirs, mine): (&Url, &Url),
    email: &str,
    settings: &Settings,
    kept: Kept<'_>,
) -> Page {
    let now = [("email", email)];
    let logout = links::logout(settings);
    let how = language.say("anothers-else", &[("logout", logout.as_str())]);
    let rest = match kept {
        Kept::Fields(form) => format!(
            "<form method=\"post\" action=\"{}\" accept-charset=\"utf-8\">\n{}\
             <p><button type=\"submit\" formaction=\"{}\">{}</button></p>\n<p>{how}</p>\n\
             <p><button type=\"submit\">{}</button></p>\n</form>\n",
            escape(theirs.as_str()),
            fields(language, form),
            escape(mine.as_str()),
            language.say("anothers-send", &now),
            language.say("anothers-send-else", &[]),
        ),
        Kept::NoFiles | Kept::Nothing => format!("<p>{how}</p>\n{}", go_back(language)),
    };
    Page {
        language,
        frames: false,
        title: language.say("anothers-title", &[]),
        content: format!("<p>{} {}</p>\n{rest}", language.say("anothers-why", &now), became(language, kept)),
    }
}

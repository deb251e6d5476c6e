//! Page for a form that is sent by another person of the same browser than the one who filled it
//! in.

use url::Url;

use super::Page;
use super::kept_form::{KeptForm, fields, form_tag, go_back, kept_form_notice};
use crate::Settings;
use crate::web::accept_language::Language;
use crate::web::escape::escape;
use crate::web::urls;

/// Asks whose form it is. The first address accepts it only from the person who filled it in, the
/// second only from `email`, who is logged in now.
pub(in crate::web) fn other_users_form(
    language: Language,
    (theirs, mine): (&Url, &Url),
    email: &str,
    settings: &Settings,
    kept: &KeptForm,
) -> Page {
    let now = [("email", email)];
    let logout = urls::logout(settings);
    let how = language.say("anothers-else", &[("logout", logout.as_str())]);
    let rest = match kept {
        KeptForm::Entries(form) => format!(
            "{}{}\
             <p><button class=\"button\" type=\"submit\" formaction=\"{}\">{}</button></p>\n<p>{how}</p>\n\
             <p><button class=\"button\" type=\"submit\">{}</button></p>\n</form>\n",
            form_tag(theirs, form.encoding()),
            fields(language, form),
            escape(mine.as_str()),
            language.say("anothers-send", &now),
            language.say("anothers-send-else", &[]),
        ),
        KeptForm::NoFiles | KeptForm::Nothing => format!("<p>{how}</p>\n{}", go_back(language)),
    };
    Page::new(
        language,
        "anothers-title",
        format!("<p>{} {}</p>\n{rest}", language.say("anothers-why", &now), kept_form_notice(language, kept)),
    )
}

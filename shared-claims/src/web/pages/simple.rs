//! Simple pages: those that say one thing.

use url::Url;

use super::Page;
use crate::Settings;
use crate::web::accept_language::Language;
use crate::web::escape::escape;
use crate::web::urls;

/// As long as `Retry-After` says beside it.
const RELOAD_SECONDS: u32 = 5;

/// Logged in as `name`, without the right.
pub(in crate::web) fn forbidden(language: Language, name: Option<&str>, settings: &Settings) -> Page {
    let content =
        format!("<p>{}</p>\n{}", language.say("forbidden-why", &[]), front_button(language, settings));
    Page::new(language, "forbidden-title", content).for_user(name).with_status()
}

/// No keys yet. The page opens itself anew, where that sends nothing twice.
pub(in crate::web) fn no_keys(language: Language, is_form: bool) -> Page {
    let what_to_do = language.say(if is_form { "keys-send-again" } else { "keys-reload" }, &[]);
    let content = format!("<p>{}</p>\n<p>{what_to_do}</p>\n", language.say("keys-why", &[]));
    let page = Page::new(language, "keys-title", content).with_status();
    if is_form { page } else { page.reloading(RELOAD_SECONDS) }
}

/// For a prefetch. Nobody sees it, unless a browser shows what it prefetched.
pub(in crate::web) fn not_in_advance(language: Language, address: &Url) -> Page {
    Page::new(
        language,
        "early-title",
        format!(
            "<p>{}</p>\n<p><a class=\"button\" href=\"{}\">{}</a></p>\n",
            language.say("early-why", &[]),
            escape(address.as_str()),
            language.say("early-open", &[])
        ),
    )
}

/// For a change that another site requested.
pub(in crate::web) fn cross_site(language: Language, settings: &Settings) -> Page {
    let content =
        format!("<p>{}</p>\n{}", language.say("foreign-why", &[]), front_button(language, settings));
    Page::new(language, "foreign-title", content).with_status()
}

/// For more cookies than servers accept.
pub(in crate::web) fn too_many_cookies(language: Language, cleanup: &Url) -> Page {
    Page::new(
        language,
        "cookies-title",
        format!(
            "<p>{}</p>\n<p>{}</p>\n<p><a class=\"button\" href=\"{}\">{}</a></p>\n",
            language.say("cookies-why", &[]),
            language.say("cookies-what-to-do", &[]),
            escape(cleanup.as_str()),
            language.say("cookies-clean-up", &[])
        ),
    )
    .with_status()
}

fn front_button(language: Language, settings: &Settings) -> String {
    let front = urls::page(settings, "/");
    format!(
        "<p><a class=\"button button-quiet\" href=\"{}\">{}</a></p>\n",
        escape(front.as_str()),
        language.say("frame-front", &[])
    )
}

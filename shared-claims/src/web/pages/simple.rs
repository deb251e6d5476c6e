//! Simple pages: those that say one thing.

use url::Url;

use super::Page;
use crate::Settings;
use crate::web::accept_language::Language;
use crate::web::escape::escape;
use crate::web::urls;

/// For a person who lacks the right.
pub(in crate::web) fn forbidden(language: Language, settings: &Settings) -> Page {
    let front = urls::page(settings, "/");
    let values = [("front", front.as_str()), ("account", &settings.auth_url())];
    Page {
        language,
        frames: false,
        title: language.say("forbidden-title", &[]),
        content: format!(
            "<p>{}</p>\n<p>{}</p>\n",
            language.say("forbidden-why", &[]),
            language.say("forbidden-links", &values),
        ),
    }
}

/// For requests before any keys are loaded.
pub(in crate::web) fn no_keys(language: Language) -> Page {
    Page {
        language,
        frames: false,
        title: language.say("keys-title", &[]),
        content: format!(
            "<p>{}</p>\n<p>{}</p>\n",
            language.say("keys-why", &[]),
            language.say("keys-reload", &[])
        ),
    }
}

/// For a prefetch. Nobody sees it, unless a browser shows what it prefetched.
pub(in crate::web) fn not_in_advance(language: Language, address: &Url) -> Page {
    Page {
        language,
        frames: false,
        title: language.say("early-title", &[]),
        content: format!(
            "<p>{}</p>\n<p><a class=\"button\" href=\"{}\">{}</a></p>\n",
            language.say("early-why", &[]),
            escape(address.as_str()),
            language.say("early-open", &[])
        ),
    }
}

/// For a change that another site requested.
pub(in crate::web) fn cross_site(language: Language, settings: &Settings) -> Page {
    let front = urls::page(settings, "/");
    Page {
        language,
        frames: false,
        title: language.say("foreign-title", &[]),
        content: format!(
            "<p>{}</p>\n<p>{}</p>\n",
            language.say("foreign-why", &[]),
            language.say("foreign-front", &[("front", front.as_str())])
        ),
    }
}

/// For more cookies than servers accept.
pub(in crate::web) fn too_many_cookies(language: Language, cleanup: &Url) -> Page {
    Page {
        language,
        frames: false,
        title: language.say("cookies-title", &[]),
        content: format!(
            "<p>{}</p>\n<p>{}</p>\n<p><a class=\"button\" href=\"{}\">{}</a></p>\n",
            language.say("cookies-why", &[]),
            language.say("cookies-what-to-do", &[]),
            escape(cleanup.as_str()),
            language.say("cookies-clean-up", &[])
        ),
    }
}

//! Pages that say one thing.

use url::Url;

use super::Page;
use crate::Settings;
use crate::web::accept_language::Language;
use crate::web::escape::escape;
use crate::web::urls;

/// Logged in, without the right.
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

/// No keys yet.
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

/// Shown to nobody, but by a browser that shows what it has fetched in advance.
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

/// A change asked for by another site.
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

/// More cookies than servers take.
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

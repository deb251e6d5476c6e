//! The end of a loop: what keeps the login from holding here, as far as it can be seen from here, and what to do.

use std::borrow::Cow;

use super::Page;
use super::escape::escape;
use super::texts::Values;
use crate::cookie::{self, Candidates};
use crate::edge::asked::Asked;
use crate::edge::decide::MANY_COOKIES;
use crate::edge::decision::{Facts, LoopCause};
use crate::edge::language::Language;
use crate::edge::links;
use crate::edge::utc::utc;
use crate::{Rejection, Settings};

/// Names the cause, and shows nothing of the token but its times.
pub(in crate::edge) fn going_in_circles(
    cause: &LoopCause,
    asked: &Asked<'_>,
    settings: &Settings,
    facts: &Facts,
) -> Page {
    let language = asked.language();
    let say = |key| language.say(key, &[]);
    let Told { why, what_to_do, .. } = told(language, cause, asked, settings, facts);
    Page {
        language,
        frames: false,
        title: say("loop-title"),
        content: format!(
            "<p>{}</p>\n<h2>{}</h2>\n{why}<h2>{}</h2>\n<ul>\n{what_to_do}</ul>\n\
             <p><a class=\"button\" href=\"{}\">{}</a></p>\n<p>{}</p>\n",
            say("loop-intro"),
            say("loop-why"),
            say("loop-what-to-do"),
            escape(links::this_page(asked, settings).as_str()),
            say("loop-try-again"),
            language.say("loop-cause", &[("code", cause.code())]),
        ),
    }
}

/// In HTML.
struct Told {
    language: Language,
    why: String,
    what_to_do: String,
}

impl Told {
    fn why(language: Language, key: &'static str, values: Values<'_>) -> Self {
        let why = format!("<p>{}</p>\n", language.say(key, values));
        Self { language, why, what_to_do: String::new() }
    }

    fn advise(mut self, key: &'static str, values: Values<'_>) -> Self {
        self.what_to_do += &format!("<li>{}</li>\n", self.language.say(key, values));
        self
    }
}

fn told(
    language: Language,
    cause: &LoopCause,
    asked: &Asked<'_>,
    settings: &Settings,
    facts: &Facts,
) -> Told {
    let why = |key, values: Values<'_>| Told::why(language, key, values);
    let auth = [("auth", &*settings.auth_url())];
    match cause {
        LoopCause::NoCookie => no_cookie(language, asked, settings),
        LoopCause::NotFresh => {
            why("stale-why", &[]).advise("stale-log-out", &[]).advise("stale-operator", &[])
        }
        LoopCause::Refused(cause) if cause.is_about_time() => clocks(language, cause, facts),
        LoopCause::Refused(Rejection::UnknownKey(kid)) => {
            why("key-why", &[("key", kid)]).advise("key-wait", &[]).advise("key-operator", &auth)
        }
        LoopCause::Refused(Rejection::WrongIssuer) => why("issuer-why", &auth).advise("issuer-operator", &[]),
        LoopCause::Refused(Rejection::WrongAudience) => {
            why("audience-why", &[("domain", settings.cookie_domain())]).advise("audience-operator", &[])
        }
        LoopCause::Refused(cause) => why("refused-why", &[("code", cause.code()), ("what", &what(cause))])
            .advise("refused-delete", &[])
            .advise("refused-operator", &[]),
    }
}

/// The part, the header or the claim that a cause is about.
fn what(cause: &Rejection) -> Cow<'static, str> {
    match cause {
        Rejection::TooLarge => crate::MAX_TOKEN_BYTES.to_string().into(),
        Rejection::NotBase64(part) | Rejection::NotJson(part) | Rejection::DuplicateMember(part) => {
            part.to_string().into()
        }
        Rejection::HeaderMissing(name)
        | Rejection::HeaderValue(name)
        | Rejection::MissingClaim(name)
        | Rejection::BadClaim(name) => (*name).into(),
        _ => "".into(),
    }
}

/// From most to least telling.
fn no_cookie(language: Language, asked: &Asked<'_>, settings: &Settings) -> Told {
    let name = ("name", settings.access_cookie());
    let domain = ("domain", settings.cookie_domain());
    let mut told = Told::why(language, "cookie-why", &[]);
    let count = asked.cookie_count();
    if count > MANY_COOKIES {
        let (count, cleanup) = (count.to_string(), links::cleanup(asked, settings));
        told = told.advise("cookie-crowded-out", &[("count", &count), domain, ("cleanup", cleanup.as_str())]);
    }
    if is_other_host(asked, settings) {
        let there = links::this_page(asked, settings);
        let values = [("service", &*settings.service_url()), ("there", there.as_str())];
        told = told.advise("cookie-other-host", &values);
    }
    if let Some(other) = other_name(asked, settings) {
        told = told.advise("cookie-other-name", &[("other", other), name]);
    } else if asked.has_cookie(settings.hint_cookie()) {
        told = told.advise("cookie-hint-came", &[domain, name]);
    } else {
        let host = ("host", settings.service.host_str().unwrap_or_default());
        told = told.advise("cookie-allow", &[domain]).advise("cookie-domain", &[domain, host]);
    }
    if settings.service.scheme() == "http" && settings.has_secure_cookies() {
        told = told.advise("cookie-http", &[]);
    }
    told
}

/// Proxies may name the host as they like, so this is a hint for the person and decides nothing.
fn is_other_host(asked: &Asked<'_>, settings: &Settings) -> bool {
    let Some(host) = asked.only("host") else { return false };
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name);
    !name.eq_ignore_ascii_case(settings.service.host_str().unwrap_or_default())
}

/// The usual name of the login cookie, if that is what came.
fn other_name<'n>(asked: &Asked<'_>, settings: &Settings) -> Option<&'n str> {
    let arrived = |name: &&str| {
        *name != settings.access_cookie()
            && cookie::candidates(asked.cookies(), name) != Candidates::Few(Vec::new())
    };
    [crate::DEFAULT_ACCESS_COOKIE, "sso_access"].into_iter().find(arrived)
}

/// Both clocks, side by side.
fn clocks(language: Language, cause: &Rejection, facts: &Facts) -> Told {
    let is_late = *cause == Rejection::Expired;
    let why = if is_late { "clocks-ended" } else { "clocks-future" };
    let mut told = Told::why(language, why, &[]).advise("clocks-operator", &[]);
    if let Some(token) = facts.token {
        told.why += &format!(
            "<dl>\n<dt>{}</dt><dd>{}</dd>\n<dt>{}</dt><dd>{}</dd>\n<dt>{}</dt><dd>{}</dd>\n</dl>\n",
            language.say("clocks-made", &[]),
            utc(token.issued),
            language.say("clocks-ends", &[]),
            utc(token.expires),
            language.say("clocks-now", &[]),
            utc(facts.now)
        );
        if is_late {
            told = told.advise("clocks-old-cookie", &[]);
        }
    }
    told
}

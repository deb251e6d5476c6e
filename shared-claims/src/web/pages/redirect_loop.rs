//! Page that ends a redirect loop: it says why the login is not accepted here, and what to do.

use std::borrow::Cow;

use super::Page;
use crate::cookie::{self, Candidates};
use crate::web::accept_language::Language;
use crate::web::context::Context;
use crate::web::datetime::format_utc;
use crate::web::decide::MANY_COOKIES;
use crate::web::decision::LoopCause;
use crate::web::escape::escape;
use crate::web::i18n::Values;
use crate::web::request::RequestInfo;
use crate::web::urls;
use crate::{Rejection, Settings};

/// Names the cause. Of the token it shows only the times.
pub(in crate::web) fn redirect_loop(
    cause: &LoopCause,
    request: &RequestInfo<'_>,
    settings: &Settings,
    context: &Context,
) -> Page {
    let language = request.language();
    let say = |key| language.say(key, &[]);
    let Explanation { why, what_to_do, .. } = page_or_problem(language, cause, request, settings, context);
    Page::new(
        language,
        "loop-title",
        format!(
            "<p>{}</p>\n<h2>{}</h2>\n{why}<h2>{}</h2>\n<ul>\n{what_to_do}</ul>\n\
             <p><a class=\"button\" href=\"{}\">{}</a></p>\n<p>{}</p>\n",
            say("loop-intro"),
            say("loop-why"),
            say("loop-what-to-do"),
            escape(urls::requested_url(request, settings).as_str()),
            say("loop-try-again"),
            language.say("loop-cause", &[("code", cause.code())]),
        ),
    )
}

/// The explanation, as HTML.
struct Explanation {
    language: Language,
    why: String,
    what_to_do: String,
}

impl Explanation {
    fn why(language: Language, key: &'static str, values: Values<'_>) -> Self {
        let why = format!("<p>{}</p>\n", language.say(key, values));
        Self { language, why, what_to_do: String::new() }
    }

    fn advise(mut self, key: &'static str, values: Values<'_>) -> Self {
        self.what_to_do += &format!("<li>{}</li>\n", self.language.say(key, values));
        self
    }
}

fn page_or_problem(
    language: Language,
    cause: &LoopCause,
    request: &RequestInfo<'_>,
    settings: &Settings,
    context: &Context,
) -> Explanation {
    let why = |key, values: Values<'_>| Explanation::why(language, key, values);
    let auth = [("auth", &*settings.auth_url())];
    match cause {
        LoopCause::NoCookie => no_cookie(language, request, settings),
        LoopCause::NotFresh => {
            why("stale-why", &[]).advise("stale-log-out", &[]).advise("stale-operator", &[])
        }
        LoopCause::Refused(cause) if cause.is_about_time() => clocks(language, cause, context),
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

/// The part, the header or the claim that a rejection is about.
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

/// The most likely cause comes first.
fn no_cookie(language: Language, request: &RequestInfo<'_>, settings: &Settings) -> Explanation {
    let name = ("name", settings.access_cookie());
    let domain = ("domain", settings.cookie_domain());
    let mut page_or_problem = Explanation::why(language, "cookie-why", &[]);
    let count = request.cookie_count();
    if count > MANY_COOKIES {
        let (count, cleanup) = (count.to_string(), urls::cleanup(request, settings));
        page_or_problem = page_or_problem
            .advise("cookie-crowded-out", &[("count", &count), domain, ("cleanup", cleanup.as_str())]);
    }
    if is_other_host(request, settings) {
        let there = urls::requested_url(request, settings);
        let values = [("service", &*settings.service_url()), ("there", there.as_str())];
        page_or_problem = page_or_problem.advise("cookie-other-host", &values);
    }
    if let Some(other) = other_name(request, settings) {
        page_or_problem = page_or_problem.advise("cookie-other-name", &[("other", other), name]);
    } else if request.has_cookie(settings.hint_cookie()) {
        page_or_problem = page_or_problem.advise("cookie-hint-came", &[domain, name]);
    } else {
        let host = ("host", settings.service.host_str().unwrap_or_default());
        page_or_problem =
            page_or_problem.advise("cookie-allow", &[domain]).advise("cookie-domain", &[domain, host]);
    }
    if settings.service.scheme() == "http" && settings.has_secure_cookies() {
        page_or_problem = page_or_problem.advise("cookie-http", &[]);
    }
    page_or_problem
}

/// Whether the `Host` is another than that of `SERVICE_URL`. Proxies may change it, so it is a hint
/// for the person and decides nothing.
fn is_other_host(request: &RequestInfo<'_>, settings: &Settings) -> bool {
    let Some(host) = request.only("host") else { return false };
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name);
    !name.eq_ignore_ascii_case(settings.service.host_str().unwrap_or_default())
}

/// The default name of the login cookie, if a cookie of that name came.
fn other_name<'n>(request: &RequestInfo<'_>, settings: &Settings) -> Option<&'n str> {
    let arrived = |name: &&str| {
        *name != settings.access_cookie()
            && cookie::candidates(request.cookies(), name) != Candidates::Few(Vec::new())
    };
    [crate::DEFAULT_ACCESS_COOKIE, crate::protocol::cookie::ACCESS].into_iter().find(arrived)
}

/// Shows both clocks, side by side.
fn clocks(language: Language, cause: &Rejection, context: &Context) -> Explanation {
    let is_late = *cause == Rejection::Expired;
    let why = if is_late { "clocks-ended" } else { "clocks-future" };
    let mut page_or_problem = Explanation::why(language, why, &[]).advise("clocks-operator", &[]);
    if let Some(token) = context.token {
        page_or_problem.why += &format!(
            "<dl>\n<dt>{}</dt><dd>{}</dd>\n<dt>{}</dt><dd>{}</dd>\n<dt>{}</dt><dd>{}</dd>\n</dl>\n",
            language.say("clocks-made", &[]),
            format_utc(token.issued),
            language.say("clocks-ends", &[]),
            format_utc(token.expires),
            language.say("clocks-now", &[]),
            format_utc(context.now)
        );
        if is_late {
            page_or_problem = page_or_problem.advise("clocks-old-cookie", &[]);
        }
    }
    page_or_problem
}

//! The end of a loop: what keeps the login from holding here, as far as it can be seen from here, and what to do.

use super::Page;
use super::escape::escape;
use crate::cookie::{self, Candidates};
use crate::edge::asked::Asked;
use crate::edge::decision::{Facts, LoopCause};
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
    let Told { why, what_to_do } = told(cause, asked, settings, facts);
    let what_to_do: String = what_to_do.into_iter().map(|item| format!("<li>{item}</li>\n")).collect();
    Page {
        frames: false,
        title: "Logging in does not work here",
        content: format!(
            "<p>You came back from the login several times and are still not logged in here. This page ends that, so that it \
             does not go on for ever.</p>\n<h2>Why</h2>\n{why}<h2>What to do</h2>\n<ul>\n{what_to_do}</ul>\n\
             <p><a class=\"button\" href=\"{}\">Try again</a></p>\n<p>Cause: <code>{}</code></p>\n",
            escape(links::this_page(asked, settings).as_str()),
            cause.code()
        ),
    }
}

/// In HTML.
struct Told {
    why: String,
    what_to_do: Vec<String>,
}

impl Told {
    fn new(why: &str, what_to_do: &[&str]) -> Self {
        Self {
            why: format!("<p>{why}</p>\n"),
            what_to_do: what_to_do.iter().map(|item| (*item).to_owned()).collect(),
        }
    }
}

fn told(cause: &LoopCause, asked: &Asked<'_>, settings: &Settings, facts: &Facts) -> Told {
    let auth = escape(&settings.auth_url()).into_owned();
    let domain = escape(settings.cookie_domain());
    match cause {
        LoopCause::NoCookie => no_cookie(asked, settings),
        LoopCause::NotFresh => Told::new(
            "You are logged in, but this page needs a fresh login, and the one that you came back with is not.",
            &[
                "Log out and log in again, then try again.",
                "Operator: auth-service must ask for the password again when it is given <code>max_age</code>, and the clocks \
                 of the two servers must agree.",
            ],
        ),
        LoopCause::Refused(cause) if cause.is_about_time() => clocks(cause, facts),
        LoopCause::Refused(Rejection::UnknownKey(kid)) => Told::new(
            &format!(
                "The login is signed with a key that this service does not know: <code>{}</code>.",
                escape(kid)
            ),
            &[
                "Try again in a minute: keys are fetched anew.",
                &format!(
                    "Operator: this service must have the keys that {auth} signs with. The log says whether they can be fetched; \
                     <code>AUTH_JWKS</code> says from where. A file has to be replaced when keys change."
                ),
            ],
        ),
        LoopCause::Refused(Rejection::WrongIssuer) => Told::new(
            &format!("The login was not made by the auth service that this service trusts, {auth}."),
            &[
                "Operator: <code>AUTH_URL</code> must be the same, letter by letter, here and on auth-service.",
            ],
        ),
        LoopCause::Refused(Rejection::WrongAudience) => Told::new(
            &format!("The login was not made for the domain of this service, {domain}."),
            &["Operator: <code>COOKIE_DOMAIN</code> must be the same here and on auth-service."],
        ),
        LoopCause::Refused(cause) => Told::new(
            &format!("The login cookie that arrived does not hold here: {}.", escape(&cause.to_string())),
            &[
                "Delete the cookies of this site in your browser, and try again.",
                "Operator: the log has this cause. A cookie that auth-service did not make was set by something else on this \
                 domain; one that it made is refused if the versions of the two services do not go together.",
            ],
        ),
    }
}

/// From most to least telling.
fn no_cookie(asked: &Asked<'_>, settings: &Settings) -> Told {
    let name = escape(settings.access_cookie()).into_owned();
    let domain = escape(settings.cookie_domain()).into_owned();
    let service = settings.service_url();
    let mut told = Told::new(
        "Your browser came from the login without the login cookie: it did not keep it, or did not send it.",
        &[],
    );
    let mut advise = |item: String| told.what_to_do.push(item);
    if is_other_host(asked, settings) {
        let there = links::this_page(asked, settings);
        advise(format!(
            "The request names another host than {0}, and the cookie does not reach others. If your address bar does too, open \
             <a href=\"{1}\">{0}</a> instead.",
            escape(&service),
            escape(there.as_str())
        ));
    }
    if let Some(other) = other_name(asked, settings) {
        advise(format!(
            "Operator: a cookie named <code>{other}</code> arrived, while this service reads <code>{name}</code>. Set \
             <code>ACCESS_COOKIE_NAME</code> to one name on both services."
        ));
    } else if asked.has_cookie(settings.hint_cookie()) {
        advise(format!(
            "Operator: another cookie of {domain} did arrive, so the browser keeps them. Does auth-service name the login cookie \
             <code>{name}</code> (<code>ACCESS_COOKIE_NAME</code>)?"
        ));
    } else {
        advise(format!("Allow cookies for {domain} in your browser, and switch off what blocks them."));
        advise(format!(
            "Operator: auth-service must set its cookies for <code>{domain}</code>: <code>COOKIE_DOMAIN</code> must be the same on \
             both services, and <code>{}</code> below it.",
            escape(settings.service.host_str().unwrap_or_default())
        ));
    }
    if settings.service.scheme() == "http" && settings.has_secure_cookies() {
        advise(
            "This service is reached by http, and some browsers (Safari) keep no <code>Secure</code> cookie then, not even on \
             localhost. Take another browser, or https; or, in development, set <code>COOKIE_SECURE=false</code> on auth-service \
             and <code>ACCESS_COOKIE_NAME=sso_access</code> here."
                .to_owned(),
        );
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
fn clocks(cause: &Rejection, facts: &Facts) -> Told {
    let why = match cause {
        Rejection::Expired => "The login had already ended when it arrived here.",
        _ => "The login was made in the future, by the clock of this service.",
    };
    let mut told = Told::new(
        why,
        &["Operator: the clocks of the two servers differ by more than five seconds. Run NTP on both."],
    );
    if let Some(token) = facts.token {
        told.why += &format!(
            "<dl>\n<dt>Made at, by the clock of auth-service</dt><dd>{}</dd>\n<dt>Ends at, by the same clock</dt><dd>{}</dd>\n\
             <dt>Now, by the clock of this service</dt><dd>{}</dd>\n</dl>\n",
            utc(token.issued),
            utc(token.expires),
            utc(facts.now)
        );
        if *cause == Rejection::Expired {
            told.what_to_do.push(
                "If it was made long before you logged in, your browser kept an old cookie and refused the new one: delete the \
                 cookies of this site, allow new ones, and try again."
                    .to_owned(),
            );
        }
    }
    told
}

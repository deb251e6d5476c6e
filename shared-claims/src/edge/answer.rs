//! The answers to requests that go no further. None tells why a token was refused, but for the end of a loop.

use url::Url;

use super::asked::Asked;
use super::decision::{Facts, Instead};
use super::fetch_metadata::RequestKind;
use super::links;
use super::page::{self, Kept, Page, Why};
use super::problem::Problem;
use super::set_cookie;
use super::trip;
use crate::Settings;

const RETRY_AFTER_SECONDS: u32 = 5;

/// For whoever follows the challenge of a `401`.
pub const NO_BEARER: &str = "This needs a login, which is a cookie: a token in the Authorization header is not looked at. Send the person to login_url.";

/// An answer, for a framework to send.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// All headers but those that a server sets itself. Names are in lower case; `set-cookie` may occur several times.
    pub headers: Vec<(&'static str, String)>,
    /// The body, in the type of the header `content-type`; empty without that header.
    pub body: String,
}

impl Answer {
    /// What all these answers have in common: they depend on who asks and how, and are not to be kept.
    fn new(status: u16) -> Self {
        let mut answer = Self { status, headers: Vec::new(), body: String::new() };
        answer.add("cache-control", "no-store");
        answer.add(
            "vary",
            "Accept, Accept-Language, Cookie, Origin, Sec-Fetch-Dest, Sec-Fetch-Mode, Sec-Fetch-Site",
        );
        answer.add("x-content-type-options", "nosniff");
        // Not no-referrer: pages with that post their forms with "Origin: null".
        answer.add("referrer-policy", "same-origin");
        answer
    }

    fn redirect(to: &Url) -> Self {
        let mut answer = Self::new(303);
        answer.add("location", to.as_str());
        answer
    }

    /// RFC 9110, section 15.5.2, wants a challenge, and there is none for cookies. No token is taken from an `Authorization` header yet.
    fn unauthorized() -> Self {
        let mut answer = Self::new(401);
        answer.add("www-authenticate", "Bearer");
        answer
    }

    /// With the access cookie deleted, if it can never hold.
    fn clearing(mut self, clear: bool, asked: &Asked<'_>, settings: &Settings) -> Self {
        if clear {
            set_cookie::delete_access(asked, settings)
                .into_iter()
                .for_each(|line| self.add("set-cookie", line));
        }
        self
    }

    pub(super) fn add(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.push((name, value.into()));
    }
}

/// Puts what happens instead of the handler into words. `form` is the body of a posted form, for what [`Instead::shows_form`]: give
/// it where [`Asked::can_be_sent_again`] said so and at most [`MAX_FORM_BYTES`](super::MAX_FORM_BYTES) came.
pub fn answer(
    instead: &Instead,
    asked: &Asked<'_>,
    settings: &Settings,
    facts: &Facts,
    form: Option<&[u8]>,
) -> Answer {
    match instead {
        Instead::SendToLogin { clear, max_age } => {
            let (login, line) =
                trip::begin(asked, settings, links::login_and_back(asked, settings, *max_age));
            let mut answer = Answer::redirect(&login);
            line.into_iter().for_each(|line| answer.add("set-cookie", line));
            answer.clearing(*clear, asked, settings)
        }
        Instead::LogInBeside { clear, max_age } => {
            let login = links::fresh_login(settings, *max_age, links::DONE);
            let frame = max_age.is_none().then(|| links::frame(settings));
            let here = links::this_page(asked, settings);
            page::log_in_beside(asked.language(), &here, &login, frame.as_ref())
                .into(Answer::unauthorized(), asked, settings)
                .clearing(*clear, asked, settings)
        }
        Instead::Silent { clear } => {
            round_trip(asked, settings, set_cookie::ASKED, set_cookie::ASKED_SECONDS)
                .clearing(*clear, asked, settings)
        }
        // Silent too: if the session is over, the token that still holds is better than a login form.
        Instead::RefreshAhead { remember } => round_trip(asked, settings, set_cookie::AHEAD, *remember),
        Instead::StripMarker => Answer::redirect(&links::this_page(asked, settings)),
        Instead::Loop { cause, clear } => {
            let detail = "The login was renewed several times, and still does not hold here. The cause is what cause says.";
            let mut problem = Problem::new("login_loop", "Logging in does not work", detail);
            problem.more.push(("cause", cause.code().into()));
            let page = page::going_in_circles(cause, asked, settings, facts);
            told(asked, settings, Answer::unauthorized(), page, problem).clearing(*clear, asked, settings)
        }
        Instead::KeepForm { max_age } => {
            let author = asked.author(facts.author.as_deref(), settings);
            let why = if max_age.is_some() { Why::Stale } else { Why::Ended };
            kept(asked, settings, (why, *max_age), author.as_deref(), Kept::of(form, asked))
        }
        Instead::AnothersForm { email, mark } => {
            let detail = "Another account was logged in here when this page was opened. Nothing was done; open the page again.";
            let problem = Problem::new("another_account", "Made by another account", detail);
            let author = asked.author(None, settings);
            let [theirs, mine] =
                [author.as_deref(), Some(mark)].map(|mark| links::form_of(asked, settings, mark));
            let kept = Kept::of(form, asked);
            let page = page::anothers_form(asked.language(), (&theirs, &mine), email, settings, kept);
            told(asked, settings, Answer::new(409), page, problem)
        }
        Instead::Refuse401 { max_age: None } => {
            // A script's own address is no page to come back to; the page it runs on is.
            let detail = match asked.has("authorization") {
                true => NO_BEARER,
                false => "This needs a login: send the person to login_url.",
            };
            let problem = Problem::new("login_required", "Log in first", detail);
            with_login(problem, settings, &links::page_before(asked, settings)).into(Answer::unauthorized())
        }
        Instead::Refuse401 { max_age } => {
            // Renewing does not help, so there is no renew_url.
            let detail =
                "This needs a fresh login: send the person to login_url, which asks for the password again.";
            let next = links::page_before(asked, settings);
            Problem::new("fresh_login_required", "Log in again first", detail)
                .with("login_url", &links::fresh_login(settings, *max_age, next.as_str()))
                .into(Answer::unauthorized())
        }
        // Browsers keep only what succeeds, and ask again at the click.
        Instead::NotInAdvance => {
            let detail = "This depends on who asks, and nobody has asked yet: it is not handed out to a prefetch or prerender.";
            let problem = Problem::new("not_in_advance", "Not in advance", detail);
            let here = links::this_page(asked, settings);
            told(asked, settings, Answer::new(403), page::not_in_advance(asked.language(), &here), problem)
        }
        Instead::Forbidden => {
            let detail = "You are logged in, but your account may not use this.";
            let problem = Problem::new("forbidden", "Not for this account", detail);
            told(asked, settings, Answer::new(403), page::forbidden(asked.language(), settings), problem)
        }
        Instead::Conflict => {
            let detail = "The browser sent login cookies of different accounts. Clear the cookies of this domain and log in again.";
            let problem = Problem::new("cookie_conflict", "Conflicting cookies", detail);
            let problem = with_login(problem, settings, &links::this_page(asked, settings));
            let page = match asked.kind() {
                RequestKind::PostedForm => {
                    let author = asked.author(None, settings);
                    let clear = links::clearing_form(asked, settings, author.as_deref(), 0);
                    page::conflict_of_a_form(asked.language(), &clear, Kept::of(form, asked))
                }
                _ => page::conflict(asked.language(), &links::this_page(asked, settings), links::CLEAR),
            };
            told(asked, settings, Answer::new(409), page, problem)
        }
        Instead::Clear => cleared(asked, settings),
        Instead::ClearAndKeepForm => cleared_before_a_form(asked, settings, form),
        Instead::NoKeys => {
            let mut answer = Answer::new(503);
            answer.add("retry-after", RETRY_AFTER_SECONDS.to_string());
            let detail = "Logins cannot be checked at the moment. Try again in a few seconds.";
            let problem = Problem::new("keys_unavailable", "Try again shortly", detail);
            told(asked, settings, answer, page::no_keys(asked.language()), problem)
        }
        Instead::CrossSite => {
            let detail = "This was not sent by a page of this service. Open the page itself and try again.";
            let problem = Problem::new("cross_site_request", "Sent from elsewhere", detail);
            told(asked, settings, Answer::new(403), page::cross_site(asked.language(), settings), problem)
        }
        Instead::TooManyCookies { .. } => {
            let cleanup = links::cleanup(asked, settings);
            let detail = "The browser sent too many cookies of this domain. Send the person to cookies_url, where they can be deleted.";
            let problem =
                Problem::new("too_many_cookies", "Too many cookies", detail).with("cookies_url", &cleanup);
            told(
                asked,
                settings,
                Answer::new(431),
                page::too_many_cookies(asked.language(), &cleanup),
                problem,
            )
        }
    }
}

/// The developer forgot something, which is for the log alone to say.
pub fn not_set_up() -> Answer {
    Problem::new("internal_error", "Internal error", "This service is not set up completely.")
        .into(Answer::new(500))
}

/// By the login and back, once in so many seconds.
fn round_trip(asked: &Asked<'_>, settings: &Settings, cookie: &str, seconds: i64) -> Answer {
    let mut answer = Answer::redirect(&links::silent(settings, &links::this_page(asked, settings)));
    answer.add("set-cookie", set_cookie::remember(settings, cookie, seconds));
    answer
}

fn told(asked: &Asked<'_>, settings: &Settings, answer: Answer, page: Page, problem: Problem) -> Answer {
    if asked.wants_page() { page.into(answer, asked, settings) } else { problem.into(answer) }
}

fn with_login(problem: Problem, settings: &Settings, next: &Url) -> Problem {
    problem.with("login_url", &links::login(settings, Some(next))).with("renew_url", &links::renew(settings))
}

/// The page that keeps a form until its sender is logged in.
fn kept(
    asked: &Asked<'_>,
    settings: &Settings,
    (why, max_age): (Why, Option<u32>),
    author: Option<&str>,
    kept: Kept<'_>,
) -> Answer {
    // In a tab of its own, where there is nothing to come back to: the form waits in this one.
    let login = links::fresh_login(settings, max_age, links::DONE);
    // A session that was renewed is no proof of who sits there.
    let frame = max_age.is_none().then(|| links::frame(settings));
    let marked = author.map(|mark| links::form_of(asked, settings, Some(mark)));
    let to = (&links::this_page(asked, settings), marked.as_ref());
    page::send_again(asked.language(), why, to, &login, frame.as_ref(), kept).into(
        Answer::unauthorized(),
        asked,
        settings,
    )
}

/// Clears the same cookies, and keeps the form. It travels along to as many answers as that takes.
fn cleared_before_a_form(asked: &Asked<'_>, settings: &Settings, form: Option<&[u8]>) -> Answer {
    let author = asked.author(None, settings);
    let (lines, next) = set_cookie::delete_access_from(asked, settings, links::clearing_round(asked));
    let mut answer = match next {
        Some(round) => {
            let mut answer = Answer::new(307);
            answer.add("location", links::clearing_form(asked, settings, author.as_deref(), round));
            answer
        }
        None => kept(asked, settings, (Why::Cleared, None), author.as_deref(), Kept::of(form, asked)),
    };
    lines.into_iter().for_each(|line| answer.add("set-cookie", line));
    answer
}

/// Clears the access cookie on every scope that reaches this page: nothing tells the planted one (RFC 6265bis, section 8.6). Others of the
/// domain are not ours to take, as `Clear-Site-Data` would. More scopes than one answer can carry take several, each of which leads to the
/// next.
fn cleared(asked: &Asked<'_>, settings: &Settings) -> Answer {
    let page = links::this_page(asked, settings);
    let (lines, next) = set_cookie::delete_access_from(asked, settings, links::clearing_round(asked));
    let onward = match next {
        Some(round) => links::clearing(page, round),
        None if asked.can_be_come_back_to(settings) => links::login(settings, Some(&page)),
        None => links::login(settings, Some(&links::page(settings, "/"))),
    };
    let mut answer = Answer::redirect(&onward);
    lines.into_iter().for_each(|line| answer.add("set-cookie", line));
    answer
}

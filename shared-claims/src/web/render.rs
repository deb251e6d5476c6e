//! Rendering of a denial as a response. None says why a token was refused, except the page that
//! ends a redirect loop.

use url::Url;

use super::context::Context;
use super::decision::Denial;
use super::fetch_metadata::RequestKind;
#[cfg(any(feature = "actix", feature = "axum"))]
use super::log::ORIGIN_UNCHECKED;
use super::pages::{self, KeptForm, Page, Why};
use super::redirect_loop;
use super::request::RequestInfo;
use super::response::Response;
use super::set_cookie;
use super::urls;
use crate::Settings;
use crate::problem::Problem;
use crate::protocol::{self, code};

const RETRY_AFTER_SECONDS: u32 = 5;

/// The detail for a client that follows the challenge of a `401`.
pub const NO_BEARER: &str = "This needs a login, which is a cookie: a token in the Authorization header is not looked at. Send the person to login_url.";

impl Response {
    /// Deletes the access cookie if it can never verify.
    fn clearing(mut self, clear: bool, request: &RequestInfo<'_>, settings: &Settings) -> Self {
        if clear {
            set_cookie::delete_access(request, settings)
                .into_iter()
                .for_each(|line| self.add("set-cookie", line));
        }
        self
    }

    fn with_problem(mut self, problem: &Problem<'_>) -> Self {
        self.add("content-type", Problem::MEDIA_TYPE);
        self.body = problem.to_json(self.status);
        self
    }
}

/// Renders a denial as a response.
///
/// `form` is the body of a posted form, for what [`Denial::shows_form`]. Pass it if
/// [`RequestInfo::can_be_resubmitted`] said so and it has at most
/// [`MAX_FORM_BYTES`](super::MAX_FORM_BYTES).
pub fn render(
    denial: &Denial,
    request: &RequestInfo<'_>,
    settings: &Settings,
    context: &Context,
    form: Option<&[u8]>,
) -> Response {
    render_with(denial, request, settings, context, &KeptForm::of(form, request))
}

/// As [`render`], for a form that was read already.
pub(super) fn render_with(
    denial: &Denial,
    request: &RequestInfo<'_>,
    settings: &Settings,
    context: &Context,
    form: &KeptForm,
) -> Response {
    match denial {
        Denial::RedirectToLogin { clear, max_age } => {
            let (login, line) =
                redirect_loop::begin(request, settings, urls::login_and_return(request, settings, *max_age));
            let mut answer = Response::redirect(&login);
            line.into_iter().for_each(|line| answer.add("set-cookie", line));
            answer.clearing(*clear, request, settings)
        }
        Denial::OfferLogin { clear, max_age } => {
            let login = urls::fresh_login(settings, *max_age, protocol::path::LOGIN_DONE);
            let frame = urls::frame(settings, *max_age);
            let here = urls::requested_url(request, settings);
            pages::login_offer(request.language(), &here, &login, &frame)
                .into(Response::unauthorized(), request, settings)
                .clearing(*clear, request, settings)
        }
        Denial::Silent { clear } => {
            round_trip(request, settings, protocol::cookie::ASKED, set_cookie::ASKED_SECONDS)
                .clearing(*clear, request, settings)
        }
        // Silent: if the session is over, the token that is still valid is better than a login
        // form.
        Denial::RefreshAhead { remember } => {
            round_trip(request, settings, protocol::cookie::REFRESHED_AHEAD, *remember)
        }
        Denial::StripLoopMarker => Response::redirect(&urls::requested_url(request, settings)),
        Denial::Loop { cause, clear } => {
            let detail = "The login was renewed several times, and still does not hold here. The cause is what cause says.";
            let problem = Problem::new(code::LOGIN_LOOP, "Logging in does not work", detail)
                .with("cause", cause.code());
            let page = pages::redirect_loop(cause, request, settings, context);
            page_or_problem(request, settings, Response::unauthorized(), page, problem)
                .clearing(*clear, request, settings)
        }
        Denial::KeepForm { max_age } => {
            let form_owner = request.form_owner(context.form_owner.as_deref(), settings);
            let why = if max_age.is_some() { Why::Stale } else { Why::Ended };
            kept(request, settings, (why, *max_age), form_owner.as_deref(), form)
        }
        Denial::OtherUsersForm { email, mark } => {
            let detail = "Another account was logged in here when this page was opened. Nothing was done; open the page again.";
            let problem = Problem::new(code::ANOTHER_ACCOUNT, "Made by another account", detail);
            let form_owner = request.form_owner(None, settings);
            let [theirs, mine] =
                [form_owner.as_deref(), Some(mark)].map(|mark| urls::form_action(request, settings, mark));
            let page = pages::other_users_form(request.language(), (&theirs, &mine), email, settings, form);
            page_or_problem(request, settings, Response::new(409), page, problem)
        }
        Denial::Unauthorized { max_age: None } => {
            // A script's own address is no page to come back to; the page it runs on is.
            let detail = match request.has("authorization") {
                true => NO_BEARER,
                false => "This needs a login: send the person to login_url.",
            };
            let problem = Problem::new(code::LOGIN_REQUIRED, "Log in first", detail);
            let problem = with_login(problem, settings, &urls::referring_page(request, settings));
            Response::unauthorized().with_problem(&problem)
        }
        Denial::Unauthorized { max_age } => {
            // Renewing does not help, so there is no renew_url.
            let detail =
                "This needs a fresh login: send the person to login_url, which asks for the password again.";
            let next = urls::referring_page(request, settings);
            let problem = Problem::new(code::FRESH_LOGIN_REQUIRED, "Log in again first", detail)
                .with("login_url", urls::fresh_login(settings, *max_age, next.as_str()));
            Response::unauthorized().with_problem(&problem)
        }
        // Browsers keep only what succeeds, and ask again at the click.
        Denial::Prefetch => {
            let detail = "This depends on who asks, and nobody has asked yet: it is not handed out to a prefetch or prerender.";
            let problem = Problem::new(code::NOT_IN_ADVANCE, "Not in advance", detail);
            let here = urls::requested_url(request, settings);
            page_or_problem(
                request,
                settings,
                Response::new(403),
                pages::not_in_advance(request.language(), &here),
                problem,
            )
        }
        Denial::Forbidden { name } => {
            let detail = "You are logged in, but your account may not use this.";
            let problem = Problem::new(code::FORBIDDEN, "Not for this account", detail);
            page_or_problem(
                request,
                settings,
                Response::new(403),
                pages::forbidden(request.language(), name.as_deref(), settings),
                problem,
            )
        }
        Denial::Conflict => {
            let detail = "The browser sent login cookies of different accounts. Clear the cookies of this domain and log in again.";
            let problem = Problem::new(code::COOKIE_CONFLICT, "Conflicting cookies", detail);
            let problem = with_login(problem, settings, &urls::requested_url(request, settings));
            let page = match request.kind() {
                RequestKind::PostedForm => {
                    let form_owner = request.form_owner(None, settings);
                    let clear = urls::clearing_form(request, settings, form_owner.as_deref(), 0);
                    pages::form_conflict(request.language(), &clear, form)
                }
                _ => pages::conflict(
                    request.language(),
                    &urls::requested_url(request, settings),
                    protocol::parameter::CLEAR,
                ),
            };
            page_or_problem(request, settings, Response::new(409), page, problem)
        }
        Denial::Clear => cookies_cleared(request, settings),
        Denial::ClearCookiesAndKeepForm => cookies_cleared_form_kept(request, settings, form),
        Denial::NoKeys => {
            let mut answer = Response::new(503);
            answer.add("retry-after", RETRY_AFTER_SECONDS.to_string());
            let detail = "Logins cannot be checked at the moment. Try again in a few seconds.";
            let problem = Problem::new(code::KEYS_UNAVAILABLE, "Try again shortly", detail);
            page_or_problem(
                request,
                settings,
                answer,
                pages::no_keys(request.language(), request.kind() == RequestKind::PostedForm),
                problem,
            )
        }
        Denial::CrossSite => {
            let detail = "This was not sent by a page of this service. Open the page itself and try again.";
            let problem = Problem::new(code::CROSS_SITE_REQUEST, "Sent from elsewhere", detail);
            page_or_problem(
                request,
                settings,
                Response::new(403),
                pages::cross_site(request.language(), settings),
                problem,
            )
        }
        Denial::TooManyCookies { .. } => {
            let cleanup = urls::cleanup(request, settings);
            let detail = "The browser sent too many cookies of this domain. Send the person to cookies_url, where they can be deleted.";
            let problem = Problem::new(code::TOO_MANY_COOKIES, "Too many cookies", detail)
                .with("cookies_url", cleanup.clone());
            page_or_problem(
                request,
                settings,
                Response::new(431),
                pages::too_many_cookies(request.language(), &cleanup),
                problem,
            )
        }
    }
}

/// The developer forgot something, which is for the log alone to say.
pub fn not_configured() -> Response {
    let detail = "This service is not set up completely.";
    Response::new(500).with_problem(&Problem::new("internal_error", "Internal error", detail))
}

/// The developer forgot the origin check. `add` is the line that is missing. In development, where
/// URLs are `http`, the answer shows it; elsewhere it is for the log alone.
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) fn origin_unchecked(settings: &Settings, add: &str) -> Response {
    if settings.service.scheme() != "http" {
        return not_configured();
    }
    let detail = format!("{ORIGIN_UNCHECKED}: {add}");
    Response::new(500).with_problem(&Problem::new("internal_error", "Internal error", &detail))
}

/// A redirect to the login and back, at most once in this many seconds.
fn round_trip(request: &RequestInfo<'_>, settings: &Settings, cookie: &str, seconds: i64) -> Response {
    let mut answer = Response::redirect(&urls::silent(settings, &urls::requested_url(request, settings)));
    answer.add("set-cookie", set_cookie::remember(settings, cookie, seconds));
    answer
}

fn page_or_problem(
    request: &RequestInfo<'_>,
    settings: &Settings,
    answer: Response,
    page: Page,
    problem: Problem<'_>,
) -> Response {
    if request.wants_page() { page.into(answer, request, settings) } else { answer.with_problem(&problem) }
}

fn with_login<'a>(problem: Problem<'a>, settings: &Settings, next: &Url) -> Problem<'a> {
    problem.with("login_url", urls::login(settings, Some(next))).with("renew_url", urls::renew(settings))
}

/// The page that keeps a form until its sender is logged in.
fn kept(
    request: &RequestInfo<'_>,
    settings: &Settings,
    (why, max_age): (Why, Option<u32>),
    form_owner: Option<&str>,
    kept: &KeptForm,
) -> Response {
    // The login opens in a tab of its own, with nothing to come back to: the form waits in this
    // one.
    let login = urls::fresh_login(settings, max_age, protocol::path::LOGIN_DONE);
    let frame = urls::frame(settings, max_age);
    let marked = form_owner.map(|mark| urls::form_action(request, settings, Some(mark)));
    let to = (&urls::requested_url(request, settings), marked.as_ref());
    pages::kept_form(request.language(), why, to, &login, &frame, kept).into(
        Response::unauthorized(),
        request,
        settings,
    )
}

/// Clears the cookies and keeps the form, which is carried through as many responses as that takes.
fn cookies_cleared_form_kept(request: &RequestInfo<'_>, settings: &Settings, form: &KeptForm) -> Response {
    let form_owner = request.form_owner(None, settings);
    let (lines, next) = set_cookie::delete_access_from(request, settings, urls::clearing_round(request));
    let mut answer = match next {
        Some(round) => {
            let mut answer = Response::new(307);
            answer.add("location", urls::clearing_form(request, settings, form_owner.as_deref(), round));
            answer
        }
        None => {
            let form = form.clone().passed_on();
            kept(request, settings, (Why::Cleared, None), form_owner.as_deref(), &form)
        }
    };
    lines.into_iter().for_each(|line| answer.add("set-cookie", line));
    answer
}

/// Deletes the access cookie on every scope that reaches this page, because nothing distinguishes
/// the planted one (RFC 6265bis, section 8.6). Other cookies of the domain stay, unlike with
/// `Clear-Site-Data`. If one response cannot carry all scopes, each response redirects to the next.
fn cookies_cleared(request: &RequestInfo<'_>, settings: &Settings) -> Response {
    let page = urls::requested_url(request, settings);
    let (lines, next) = set_cookie::delete_access_from(request, settings, urls::clearing_round(request));
    let onward = match next {
        Some(round) => urls::clearing(page, round),
        None if request.fits_in_redirect(settings) => urls::login(settings, Some(&page)),
        None => urls::login(settings, Some(&urls::page(settings, "/"))),
    };
    let mut answer = Response::redirect(&onward);
    lines.into_iter().for_each(|line| answer.add("set-cookie", line));
    answer
}

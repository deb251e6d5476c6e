//! Authorization decision: what happens to a request. It is a pure function: everything that it
//! depends on is an argument.

use super::context::Context;
use super::decision::{Decision, Denial, LoopCause, Requirement};
use super::fetch_metadata::RequestKind;
use super::log::log_cross_site;
use super::origin_check::Initiator;
use super::request::RequestInfo;
use super::urls;
use crate::protocol::{
    self,
    cookie::{ASKED, REFRESHED_AHEAD},
};
use crate::{Claims, Identity, LEEWAY_SECONDS, Rejection, Settings};

/// Decides whether the handler runs, and what happens otherwise.
pub fn decide(
    request: &RequestInfo<'_>,
    identity: Identity,
    requirement: Requirement,
    settings: &Settings,
    context: &Context,
) -> Decision {
    if is_personal_prefetch(request, &identity, requirement, settings) {
        return Decision::Deny(Denial::Prefetch);
    }
    // This applies to everybody, logged in or not: deleting the cookies may take several responses,
    // and the last one to go may be the planted one.
    if request.clears_cookies_of_form(settings) {
        return Decision::Deny(Denial::ClearCookiesAndKeepForm);
    }
    let denial = match identity {
        ref person @ Identity::Person(ref claims) if request.is_other_users_form(person, settings) => {
            Denial::OtherUsersForm { email: claims.user_email.clone(), mark: claims.form_mark() }
        }
        Identity::Person(claims) if !(requirement.may)(&claims) => {
            Denial::Forbidden { name: Some(claims.full_name()) }
        }
        Identity::Person(claims) if is_stale(&claims, requirement, context) => {
            require_fresh_login(request, requirement, settings)
        }
        Identity::Person(claims) => match login_round_trip(request, &claims, settings, context) {
            Some(login_round_trip) => login_round_trip,
            None => return Decision::Serve(claims),
        },
        Identity::Nobody(cause) if requirement.allows_anonymous => {
            if !should_log_in_silently(request, settings) || !context.reachable {
                return Decision::ServeAnonymous;
            }
            Denial::Silent { clear: is_permanent(cause.as_ref(), context) }
        }
        _ if requirement.allows_anonymous => return Decision::ServeAnonymous,
        Identity::Conflict if is_clear_button(request) => Denial::Clear,
        Identity::Conflict => Denial::Conflict,
        Identity::NoKeys => Denial::NoKeys,
        Identity::Nobody(cause) => refuse(request, requirement, cause, settings, context),
    };
    Decision::Deny(denial)
}

/// Whether this is a prefetch of a page that depends on who asks. A page that is open to all is
/// served if nothing hints at a person.
fn is_personal_prefetch(
    request: &RequestInfo<'_>,
    identity: &Identity,
    requirement: Requirement,
    settings: &Settings,
) -> bool {
    let is_for_anybody = requirement.allows_anonymous
        && matches!(identity, Identity::Nobody(None))
        && !request.has_cookie(settings.hint_cookie());
    is_safe(request) && request.is_prefetch() && !is_for_anybody
}

/// The denial for somebody who must log in. A page that comes back from the login for the third
/// time is not sent there again.
fn refuse(
    request: &RequestInfo<'_>,
    requirement: Requirement,
    cause: Option<Rejection>,
    settings: &Settings,
    context: &Context,
) -> Denial {
    let clear = is_permanent(cause.as_ref(), context);
    match request.kind() {
        // A renewed login may be fresh enough. The next request decides.
        RequestKind::PostedForm => Denial::KeepForm { max_age: None },
        _ if request.is_confirmed_loop(settings) => {
            let cause = cause.map_or(LoopCause::NoCookie, LoopCause::Refused);
            Denial::Loop { cause, clear }
        }
        RequestKind::Navigation if !context.has_keys => Denial::NoKeys,
        RequestKind::Navigation if !request.fits_in_redirect(settings) => {
            Denial::OfferLogin { clear, max_age: None }
        }
        RequestKind::Navigation => Denial::RedirectToLogin { clear, max_age: requirement.max_age },
        RequestKind::Other => Denial::Unauthorized { max_age: None },
    }
}

/// The denial for somebody who must reauthenticate.
fn require_fresh_login(request: &RequestInfo<'_>, requirement: Requirement, settings: &Settings) -> Denial {
    let max_age = requirement.max_age;
    match request.kind() {
        RequestKind::PostedForm => Denial::KeepForm { max_age },
        _ if request.is_confirmed_loop(settings) => Denial::Loop { cause: LoopCause::NotFresh, clear: false },
        RequestKind::Navigation if !request.fits_in_redirect(settings) => {
            Denial::OfferLogin { clear: false, max_age }
        }
        RequestKind::Navigation => Denial::RedirectToLogin { clear: false, max_age },
        RequestKind::Other => Denial::Unauthorized { max_age },
    }
}

/// Whether the authentication is too old. If clocks differ, auth-service must be the stricter of
/// the two: if only it found the login fresh, it would send the person back without asking.
fn is_stale(claims: &Claims, requirement: Requirement, context: &Context) -> bool {
    requirement
        .max_age
        .is_some_and(|max_age| context.now - claims.auth_time > i64::from(max_age) + LEEWAY_SECONDS)
}

/// A redirect for somebody who may read the page: to the login and back, or to the address without
/// our parameters.
fn login_round_trip(
    request: &RequestInfo<'_>,
    claims: &Claims,
    settings: &Settings,
    context: &Context,
) -> Option<Denial> {
    let due = refresh_ahead(request, claims, settings, context).filter(|_| context.reachable);
    match due {
        // Do not refresh ahead when the loop marker is present. Serve the page, marker and all.
        Some(_) if request.has_loop_marker() => None,
        Some(remember) => Some(Denial::RefreshAhead { remember }),
        // A form without an action is sent to the page's address, and would be taken for the button
        // that clears cookies.
        None => (may_visit_login(request, settings)
            && (request.has_loop_marker() || has_clear_parameter(request)))
        .then_some(Denial::StripLoopMarker),
    }
}

/// Whether a token was refused for a reason that neither time nor a new key can change. Such a
/// cookie is deleted.
fn is_permanent(cause: Option<&Rejection>, context: &Context) -> bool {
    match cause {
        None => false,
        Some(Rejection::UnknownKey(_)) => context.keys_are_current,
        Some(cause) => !cause.is_about_time(),
    }
}

/// Whether the decision depends on [`Context::reachable`] or [`Context::keys_are_current`]. Finding
/// those out may cost a request to auth-service.
pub fn needs_reachability(
    request: &RequestInfo<'_>,
    identity: &Identity,
    requirement: Requirement,
    settings: &Settings,
    context: &Context,
) -> bool {
    match identity {
        Identity::Person(claims) => {
            (requirement.may)(claims)
                && !is_stale(claims, requirement, context)
                && refresh_ahead(request, claims, settings, context).is_some()
        }
        Identity::Nobody(_) if requirement.allows_anonymous => should_log_in_silently(request, settings),
        Identity::Nobody(Some(Rejection::UnknownKey(_))) => request.wants_page(),
        Identity::Nobody(_) | Identity::Conflict | Identity::NoKeys => false,
    }
}

/// Whether an open page sends the browser to the login silently: a cookie hints at a session, and
/// the login was not asked recently.
fn should_log_in_silently(request: &RequestInfo<'_>, settings: &Settings) -> bool {
    request.has_cookie(settings.hint_cookie())
        && !request.has_loop_marker()
        && may_visit_login(request, settings)
        && !request.has_cookie(&settings.own_cookie(ASKED))
}

/// Whether the decision depends on [`Context::has_keys`], and none are loaded yet: a person would
/// be sent to the login. [`KeySource::ready`](crate::KeySource::ready) waits for the first fetch.
pub fn needs_keys(
    request: &RequestInfo<'_>,
    identity: &Identity,
    requirement: Requirement,
    context: &Context,
) -> bool {
    !context.has_keys
        && !requirement.allows_anonymous
        && matches!(identity, Identity::Nobody(_))
        && request.kind() == RequestKind::Navigation
}

/// Whether this page may be redirected to the login, and the way back leads to the same address.
fn may_visit_login(request: &RequestInfo<'_>, settings: &Settings) -> bool {
    request.is_page_in_tab() && request.fits_in_redirect(settings)
}

/// How long to remember the redirect that renews this token before it expires, if it is due.
///
/// It is due during the last part of a token's life, never longer than half of it: otherwise a
/// service with short tokens would redirect every click. It is not repeated within that part
/// either, because to a service whose clock is ahead every token seems old. The cookie outlasts the
/// token, so that no token is renewed twice.
fn refresh_ahead(
    request: &RequestInfo<'_>,
    claims: &Claims,
    settings: &Settings,
    context: &Context,
) -> Option<i64> {
    let old = i64::from(settings.refresh_ahead).min((claims.exp - claims.iat) / 2);
    let due = old > 0 && claims.exp - context.now < old && may_visit_login(request, settings);
    (due && !request.has_cookie(&settings.own_cookie(REFRESHED_AHEAD))).then_some(old + LEEWAY_SECONDS)
}

/// Refuses a change that comes neither from this service's own pages nor from those of
/// `TRUSTED_ORIGINS`. `None` means that it may go on.
pub fn check_origin(request: &RequestInfo<'_>, settings: &Settings) -> Option<Denial> {
    if is_safe(request) {
        return None;
    }
    match request.initiator(settings) {
        Initiator::SameOrigin | Initiator::Trusted => None,
        other => {
            log_cross_site(request, other);
            Some(Denial::CrossSite)
        }
    }
}

/// The most bytes in all `Cookie` headers together, 16 KB. Every host of a domain can set cookies
/// for it. Many servers accept heads of 8 KB, and few accept more than this.
pub const MAX_COOKIE_BYTES: usize = 16 * 1024;

/// More cookies than this may push others out. Chromium and Firefox keep some 180 for a domain and
/// everything below it, and then drop the least recently used, `__Host-` cookies too.
pub const MANY_COOKIES: usize = 100;

/// Refuses a request with more than [`MAX_COOKIE_BYTES`] of cookies. `None` means that it may go
/// on.
pub fn check_cookie_size(request: &RequestInfo<'_>) -> Option<Denial> {
    let bytes = request.cookies().iter().map(|header| header.len()).sum();
    (bytes > MAX_COOKIE_BYTES).then_some(Denial::TooManyCookies { bytes })
}

/// Whether a request changes nothing: its method is safe (RFC 9110, section 9.2.1), and it opens no
/// WebSocket.
pub fn is_safe(request: &RequestInfo<'_>) -> bool {
    matches!(request.method(), "GET" | "HEAD" | "OPTIONS") && !request.is_upgrade()
}

impl RequestInfo<'_> {
    /// Whether the body may be kept and offered again: it is a form that our own page sent, or a
    /// trusted one. A foreign page's form must not be shown under our name.
    pub fn can_be_resubmitted(&self, settings: &Settings) -> bool {
        let can_be_shown = self.is_urlencoded() || self.is_multipart() || self.is_empty();
        let is_by_ours = matches!(self.initiator(settings), Initiator::SameOrigin | Initiator::Trusted);
        self.kind() == RequestKind::PostedForm && can_be_shown && is_by_ours
    }

    /// Whether this is our own page's button that clears cookies and keeps the form meanwhile. The
    /// form itself is not carried out.
    pub fn clears_cookies_of_form(&self, settings: &Settings) -> bool {
        let is_own_page = self.initiator(settings) == Initiator::SameOrigin;
        self.kind() == RequestKind::PostedForm && is_own_page && has_clear_parameter(self)
    }
}

/// Whether this is the button that clears cookies. Only our own page can press it.
fn is_clear_button(request: &RequestInfo<'_>) -> bool {
    request.kind() == RequestKind::Navigation && request.is_same_origin() && has_clear_parameter(request)
}

fn has_clear_parameter(request: &RequestInfo<'_>) -> bool {
    urls::parameter(request, protocol::parameter::CLEAR)
        .is_some_and(|value| value == "1" || value.starts_with("1-"))
}

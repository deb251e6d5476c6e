//! Authorization decision: what happens to a request. Pure: whatever it depends on is an argument.

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

/// Who gets through, and what happens to the others.
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
    // Whoever is left by then: a cookie that was planted may be the last one of a sweep that takes
    // several answers.
    if request.clears_cookies_of_form(settings) {
        return Decision::Deny(Denial::ClearCookiesAndKeepForm);
    }
    let denial = match identity {
        ref person @ Identity::Person(ref claims) if request.is_other_users_form(person, settings) => {
            Denial::OtherUsersForm { email: claims.user_email.clone(), mark: claims.form_mark() }
        }
        Identity::Person(claims) if !(requirement.may)(&claims) => Denial::Forbidden,
        Identity::Person(claims) if is_stale(&claims, requirement, context) => {
            require_fresh_login(request, requirement, settings)
        }
        Identity::Person(claims) => match login_detour(request, &claims, settings, context) {
            Some(login_detour) => login_detour,
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

/// Whether nobody has asked yet for a page that depends on who asks. A page that is open to all is
/// handed out where nothing hints at a person.
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

/// Somebody who must log in. A page that was at the login and comes back for the third time goes
/// there no more.
fn refuse(
    request: &RequestInfo<'_>,
    requirement: Requirement,
    cause: Option<Rejection>,
    settings: &Settings,
    context: &Context,
) -> Denial {
    let clear = is_permanent(cause.as_ref(), context);
    match request.kind() {
        // A renewed login may be fresh enough: whether it is, the next request tells.
        RequestKind::PostedForm => Denial::KeepForm { max_age: None },
        _ if request.is_confirmed_loop(settings) => {
            let cause = cause.map_or(LoopCause::NoCookie, LoopCause::Refused);
            Denial::Loop { cause, clear }
        }
        RequestKind::Navigation if !request.fits_in_redirect(settings) => {
            Denial::OfferLogin { clear, max_age: None }
        }
        RequestKind::Navigation => Denial::RedirectToLogin { clear, max_age: requirement.max_age },
        RequestKind::Other => Denial::Unauthorized { max_age: None },
    }
}

/// Somebody who must prove again who they are.
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

/// Where clocks differ, auth-service must be the stricter of the two: it would send back unasked
/// who seems fresh to it alone.
fn is_stale(claims: &Claims, requirement: Requirement, context: &Context) -> bool {
    requirement
        .max_age
        .is_some_and(|max_age| context.now - claims.auth_time > i64::from(max_age) + LEEWAY_SECONDS)
}

/// Where somebody who may read the page goes first.
fn login_detour(
    request: &RequestInfo<'_>,
    claims: &Claims,
    settings: &Settings,
    context: &Context,
) -> Option<Denial> {
    let due = refresh_ahead(request, claims, settings, context).filter(|_| context.reachable);
    match due {
        // The way back from three round trips is no way into the fourth, be it under an ugly
        // address.
        Some(_) if request.has_loop_marker() => None,
        Some(remember) => Some(Denial::RefreshAhead { remember }),
        // A form without an address of its own would be sent with the order to clear, and not be done.
        None => (may_visit_login(request, settings)
            && (request.has_loop_marker() || has_clear_parameter(request)))
        .then_some(Denial::StripLoopMarker),
    }
}

/// Whether a token was refused for a reason that no time and no new key will change. Such a cookie
/// is deleted.
fn is_permanent(cause: Option<&Rejection>, context: &Context) -> bool {
    match cause {
        None => false,
        Some(Rejection::UnknownKey(_)) => context.keys_are_current,
        Some(cause) => !cause.is_about_time(),
    }
}

/// Whether the decision depends on [`Context::reachable`] or [`Context::keys_are_current`], which
/// costs something to learn.
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

/// Whether an open page asks the login who is there: somebody hinted at a session, and was not
/// asked a moment ago.
fn should_log_in_silently(request: &RequestInfo<'_>, settings: &Settings) -> bool {
    request.has_cookie(settings.hint_cookie())
        && !request.has_loop_marker()
        && may_visit_login(request, settings)
        && !request.has_cookie(&settings.own_cookie(ASKED))
}

/// Whether this page may go round by the login, and comes back to where it was.
fn may_visit_login(request: &RequestInfo<'_>, settings: &Settings) -> bool {
    request.is_page_in_tab() && request.fits_in_redirect(settings)
}

/// For how long to remember the round trip that renews this token before it ends, if it is time for
/// one.
///
/// Never for more than half of a token's life: services with short tokens would send people round
/// with every click. And never twice within the time that a token is taken to be old: a service
/// whose clock is ahead takes every token to be old. The memory outlasts the token, so that none is
/// renewed twice.
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

/// Whether a request may change something: only this service's own pages may, and those of
/// `TRUSTED_ORIGINS`. `None` is yes.
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

/// Of all `Cookie` headers together. A domain's cookies are everybody's to set; many servers take
/// heads of 8 KB, few more than this.
pub const MAX_COOKIE_BYTES: usize = 16 * 1024;

/// More cookies than this crowd others out. Chromium and Firefox keep some 180 for a domain and all
/// below it, and then throw away those used least, `__Host-` cookies too.
pub const MANY_COOKIES: usize = 100;

/// Whether a request's cookies are few enough to be read, whoever set them. `None` is yes.
pub fn check_cookie_size(request: &RequestInfo<'_>) -> Option<Denial> {
    let bytes = request.cookies().iter().map(|header| header.len()).sum();
    (bytes > MAX_COOKIE_BYTES).then_some(Denial::TooManyCookies { bytes })
}

/// Whether a request changes nothing: its method is safe (RFC 9110, section 9.2.1), and it opens no
/// WebSocket or the like.
pub fn is_safe(request: &RequestInfo<'_>) -> bool {
    matches!(request.method(), "GET" | "HEAD" | "OPTIONS") && !request.is_upgrade()
}

impl RequestInfo<'_> {
    /// Whether the body is worth keeping until the decision: a form that our own page sent, or a
    /// trusted one. Offering to send again what a foreign page made up would lend it our name.
    pub fn can_be_resubmitted(&self, settings: &Settings) -> bool {
        let can_be_shown = self.is_urlencoded() || self.is_empty();
        let is_by_ours = matches!(self.initiator(settings), Initiator::SameOrigin | Initiator::Trusted);
        self.kind() == RequestKind::PostedForm && can_be_shown && is_by_ours
    }

    /// Whether this is the button of our own page that clears cookies and keeps the form meanwhile.
    /// What is sent by it is never done.
    pub fn clears_cookies_of_form(&self, settings: &Settings) -> bool {
        let is_ours = self.initiator(settings) == Initiator::SameOrigin;
        self.kind() == RequestKind::PostedForm && is_ours && has_clear_parameter(self)
    }
}

/// Nobody but our own page can press it.
fn is_clear_button(request: &RequestInfo<'_>) -> bool {
    request.kind() == RequestKind::Navigation && request.is_same_origin() && has_clear_parameter(request)
}

fn has_clear_parameter(request: &RequestInfo<'_>) -> bool {
    urls::parameter(request, protocol::parameter::CLEAR)
        .is_some_and(|value| value == "1" || value.starts_with("1-"))
}

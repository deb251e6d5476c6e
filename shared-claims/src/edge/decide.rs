//! What happens to a request. Pure: whatever it depends on is an argument.

use super::asked::Asked;
use super::decision::{Decision, Facts, Instead, LoopCause, Need};
use super::fetch_metadata::RequestKind;
use super::links;
use super::log::log_foreign;
use super::sender::Sender;
use super::set_cookie::{AHEAD, ASKED};
use crate::{Claims, Identity, LEEWAY_SECONDS, Rejection, Settings};

/// Who gets through, and what happens to the others.
pub fn decide(
    asked: &Asked<'_>,
    identity: Identity,
    need: Need,
    settings: &Settings,
    facts: &Facts,
) -> Decision {
    if is_too_early(asked, &identity, need, settings) {
        return Decision::Instead(Instead::NotInAdvance);
    }
    // Whoever is left by then: a cookie that was planted may be the last one of a sweep that takes several answers.
    if asked.clears_before_a_form(settings) {
        return Decision::Instead(Instead::ClearAndKeepForm);
    }
    let instead = match identity {
        ref person @ Identity::Person(ref claims) if asked.is_anothers(person, settings) => {
            Instead::AnothersForm { email: claims.user_email.clone(), mark: claims.form_mark() }
        }
        Identity::Person(claims) if !(need.may)(&claims) => Instead::Forbidden,
        Identity::Person(claims) if is_stale(&claims, need, facts) => ask_again(asked, need, settings),
        Identity::Person(claims) => match detour(asked, &claims, settings, facts) {
            Some(detour) => detour,
            None => return Decision::Serve(claims),
        },
        Identity::Nobody(cause) if need.nobody_will_do => {
            if !is_worth_asking(asked, settings) || !facts.reachable {
                return Decision::ServeNobody;
            }
            Instead::Silent { clear: is_hopeless(cause.as_ref(), facts) }
        }
        _ if need.nobody_will_do => return Decision::ServeNobody,
        Identity::Conflict if is_clear_button(asked) => Instead::Clear,
        Identity::Conflict => Instead::Conflict,
        Identity::NoKeys => Instead::NoKeys,
        Identity::Nobody(cause) => refuse(asked, need, cause, settings, facts),
    };
    Decision::Instead(instead)
}

/// Whether nobody has asked yet for a page that depends on who asks. A page that is open to all is handed out where nothing
/// hints at a person.
fn is_too_early(asked: &Asked<'_>, identity: &Identity, need: Need, settings: &Settings) -> bool {
    let is_for_anybody = need.nobody_will_do
        && matches!(identity, Identity::Nobody(None))
        && !asked.has_cookie(settings.hint_cookie());
    is_harmless(asked) && asked.is_in_advance() && !is_for_anybody
}

/// Somebody who must log in. A page that was at the login and comes back for the third time goes there no more.
fn refuse(
    asked: &Asked<'_>,
    need: Need,
    cause: Option<Rejection>,
    settings: &Settings,
    facts: &Facts,
) -> Instead {
    let clear = is_hopeless(cause.as_ref(), facts);
    match asked.kind() {
        // A renewed login may be fresh enough: whether it is, the next request tells.
        RequestKind::PostedForm => Instead::KeepForm { max_age: None },
        _ if asked.is_back_from_a_loop(settings) => {
            let cause = cause.map_or(LoopCause::NoCookie, LoopCause::Refused);
            Instead::Loop { cause, clear }
        }
        RequestKind::Navigation if !asked.can_be_come_back_to(settings) => {
            Instead::LogInBeside { clear, max_age: None }
        }
        RequestKind::Navigation => Instead::SendToLogin { clear, max_age: need.max_age },
        RequestKind::Other => Instead::Refuse401 { max_age: None },
    }
}

/// Somebody who must prove again who they are.
fn ask_again(asked: &Asked<'_>, need: Need, settings: &Settings) -> Instead {
    let max_age = need.max_age;
    match asked.kind() {
        RequestKind::PostedForm => Instead::KeepForm { max_age },
        _ if asked.is_back_from_a_loop(settings) => {
            Instead::Loop { cause: LoopCause::NotFresh, clear: false }
        }
        RequestKind::Navigation if !asked.can_be_come_back_to(settings) => {
            Instead::LogInBeside { clear: false, max_age }
        }
        RequestKind::Navigation => Instead::SendToLogin { clear: false, max_age },
        RequestKind::Other => Instead::Refuse401 { max_age },
    }
}

/// Where clocks differ, auth-service must be the stricter of the two: it would send back unasked who seems fresh to it alone.
fn is_stale(claims: &Claims, need: Need, facts: &Facts) -> bool {
    need.max_age.is_some_and(|max_age| facts.now - claims.auth_time > i64::from(max_age) + LEEWAY_SECONDS)
}

/// Where somebody who may read the page goes first.
fn detour(asked: &Asked<'_>, claims: &Claims, settings: &Settings, facts: &Facts) -> Option<Instead> {
    let due = refresh_ahead(asked, claims, settings, facts).filter(|_| facts.reachable);
    match due {
        // The way back from three round trips is no way into the fourth, be it under an ugly address.
        Some(_) if asked.has_loop_marker() => None,
        Some(remember) => Some(Instead::RefreshAhead { remember }),
        None => (may_go_round(asked, settings) && asked.has_loop_marker()).then_some(Instead::StripMarker),
    }
}

/// Whether a token was refused for a reason that no time and no new key will change. Such a cookie is deleted.
fn is_hopeless(cause: Option<&Rejection>, facts: &Facts) -> bool {
    match cause {
        None => false,
        Some(Rejection::UnknownKey(_)) => facts.keys_are_current,
        Some(cause) => !cause.is_about_time(),
    }
}

/// Whether the decision depends on [`Facts::reachable`] or [`Facts::keys_are_current`], which costs something to learn.
pub fn depends_on_contact(
    asked: &Asked<'_>,
    identity: &Identity,
    need: Need,
    settings: &Settings,
    facts: &Facts,
) -> bool {
    match identity {
        Identity::Person(claims) => {
            (need.may)(claims)
                && !is_stale(claims, need, facts)
                && refresh_ahead(asked, claims, settings, facts).is_some()
        }
        Identity::Nobody(_) if need.nobody_will_do => is_worth_asking(asked, settings),
        Identity::Nobody(Some(Rejection::UnknownKey(_))) => asked.wants_page(),
        Identity::Nobody(_) | Identity::Conflict | Identity::NoKeys => false,
    }
}

/// Whether an open page asks the login who is there: somebody hinted at a session, and was not asked a moment ago.
fn is_worth_asking(asked: &Asked<'_>, settings: &Settings) -> bool {
    asked.has_cookie(settings.hint_cookie())
        && !asked.has_loop_marker()
        && may_go_round(asked, settings)
        && !asked.has_cookie(&settings.own_cookie(ASKED))
}

/// Whether this page may go round by the login, and comes back to where it was.
fn may_go_round(asked: &Asked<'_>, settings: &Settings) -> bool {
    asked.is_page_about_to_be_read() && asked.can_be_come_back_to(settings)
}

/// For how long to remember the round trip that renews this token before it ends, if it is time for one.
///
/// Never for more than half of a token's life: services with short tokens would send people round with every click. And
/// never twice within the time that a token is taken to be old: a service whose clock is ahead takes every token to be old.
/// The memory outlasts the token, so that none is renewed twice.
fn refresh_ahead(asked: &Asked<'_>, claims: &Claims, settings: &Settings, facts: &Facts) -> Option<i64> {
    let old = i64::from(settings.refresh_ahead).min((claims.exp - claims.iat) / 2);
    let due = old > 0 && claims.exp - facts.now < old && may_go_round(asked, settings);
    (due && !asked.has_cookie(&settings.own_cookie(AHEAD))).then_some(old + LEEWAY_SECONDS)
}

/// Whether a request may change something: only this service's own pages may, and those of `TRUSTED_ORIGINS`. `None` is yes.
pub fn guard(asked: &Asked<'_>, settings: &Settings) -> Option<Instead> {
    if is_harmless(asked) {
        return None;
    }
    match asked.sender(settings) {
        Sender::Us | Sender::Trusted => None,
        other => {
            log_foreign(asked, other);
            Some(Instead::CrossSite)
        }
    }
}

/// Of all `Cookie` headers together. A domain's cookies are everybody's to set; many servers take heads of 8 KB, few more than
/// this.
pub const MAX_COOKIE_BYTES: usize = 16 * 1024;

/// More cookies than this crowd others out. Chromium and Firefox keep some 180 for a domain and all below it, and then throw away those used
/// least, `__Host-` cookies too.
pub const MANY_COOKIES: usize = 100;

/// Whether a request's cookies are few enough to be read, whoever set them. `None` is yes.
pub fn weigh(asked: &Asked<'_>) -> Option<Instead> {
    let bytes = asked.cookies().iter().map(|header| header.len()).sum();
    (bytes > MAX_COOKIE_BYTES).then_some(Instead::TooManyCookies { bytes })
}

/// Whether a request changes nothing: its method is safe (RFC 9110, section 9.2.1), and it opens no WebSocket or the like.
pub fn is_harmless(asked: &Asked<'_>) -> bool {
    matches!(asked.method(), "GET" | "HEAD" | "OPTIONS") && !asked.is_upgrade()
}

impl Asked<'_> {
    /// Whether the body is worth keeping until the decision: a form that our own page sent, or a trusted one. Offering to send again what a
    /// foreign page made up would lend it our name.
    pub fn can_be_sent_again(&self, settings: &Settings) -> bool {
        let can_be_shown = self.is_urlencoded() || self.is_empty();
        let is_by_ours = matches!(self.sender(settings), Sender::Us | Sender::Trusted);
        self.kind() == RequestKind::PostedForm && can_be_shown && is_by_ours
    }

    /// Whether this is the button of our own page that clears cookies and keeps the form meanwhile. What is sent by it is never done.
    pub fn clears_before_a_form(&self, settings: &Settings) -> bool {
        let is_ours = self.sender(settings) == Sender::Us;
        self.kind() == RequestKind::PostedForm && is_ours && asks_to_clear(self)
    }
}

/// Nobody but our own page can press it.
fn is_clear_button(asked: &Asked<'_>) -> bool {
    asked.kind() == RequestKind::Navigation && asked.is_same_origin() && asks_to_clear(asked)
}

fn asks_to_clear(asked: &Asked<'_>) -> bool {
    links::parameter(asked, links::CLEAR).is_some_and(|value| value == "1" || value.starts_with("1-"))
}

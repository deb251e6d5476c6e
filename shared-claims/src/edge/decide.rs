//! What happens to a request. Pure: whatever it depends on is an argument.

use std::time::{SystemTime, UNIX_EPOCH};

use super::asked::{Asked, Kind};
use super::links;
use super::log::log_foreign;
use super::sender::Sender;
use crate::{Claims, Identity, Settings};

/// Whom a handler runs for.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    nobody_will_do: bool,
    may: fn(&Claims) -> bool,
}

impl Need {
    /// Everybody, logged in or not.
    pub fn visitor() -> Self {
        Self { nobody_will_do: true, may: |_| true }
    }

    /// Whoever is logged in.
    pub fn user() -> Self {
        Self { nobody_will_do: false, may: |_| true }
    }

    /// Whoever is logged in and has a right.
    pub fn right(may: fn(&Claims) -> bool) -> Self {
        Self { nobody_will_do: false, may }
    }

    /// Whether the decision may become [`Instead::KeepForm`], as far as the identity is known by now.
    pub fn may_keep_form(&self, so_far: &Identity) -> bool {
        !self.nobody_will_do && !matches!(so_far, Identity::Person(_))
    }
}

/// What is true at the moment, beyond the request and the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The time, in seconds since 1970.
    pub now: i64,
}

impl Facts {
    /// The facts by the clock.
    #[expect(clippy::disallowed_methods, reason = "adapters ask the clock here, once for a request")]
    pub fn now() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { now: i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX) }
    }
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The handler runs for this person.
    Serve(Box<Claims>),
    /// The handler runs for nobody. Only where [`Need::visitor`] says that this will do.
    ServeNobody,
    /// The handler does not run.
    Instead(Instead),
}

/// What is answered instead of what the handler would have said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Instead {
    /// To the login, and back to this address.
    SendToLogin,
    /// A page that keeps what was typed until the person is logged in.
    KeepForm,
    /// A problem for a script, with the addresses of the login.
    Refuse401,
    /// Logged in, without the right.
    Forbidden,
    /// Cookies of two people: a page that explains and offers to clear them.
    Conflict,
    /// The cookies are cleared, as that page offered.
    Clear,
    /// No keys yet. A redirect to the login would come back at once, and go in circles.
    NoKeys,
    /// A change asked for by another site.
    CrossSite,
}

/// Who gets through, and what happens to the others.
pub fn decide(
    asked: &Asked<'_>,
    identity: Identity,
    need: Need,
    _settings: &Settings,
    _facts: &Facts,
) -> Decision {
    let instead = match identity {
        Identity::Person(claims) if (need.may)(&claims) => return Decision::Serve(claims),
        Identity::Person(_) => Instead::Forbidden,
        _ if need.nobody_will_do => return Decision::ServeNobody,
        Identity::Conflict if is_clear_button(asked) => Instead::Clear,
        Identity::Conflict => Instead::Conflict,
        Identity::NoKeys => Instead::NoKeys,
        Identity::Nobody(_) => match asked.kind() {
            Kind::Navigation => Instead::SendToLogin,
            Kind::PostedForm => Instead::KeepForm,
            Kind::Other => Instead::Refuse401,
        },
    };
    Decision::Instead(instead)
}

/// Whether a request may change something: only this service's own pages may. `None` is yes.
pub fn guard(asked: &Asked<'_>, settings: &Settings) -> Option<Instead> {
    if is_safe(asked.method()) {
        return None;
    }
    match asked.sender(settings) {
        Sender::Us => None,
        other => {
            log_foreign(asked, other);
            Some(Instead::CrossSite)
        }
    }
}

/// Whether a method changes nothing (RFC 9110, section 9.2.1).
pub fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS")
}

impl Asked<'_> {
    /// Whether the body is worth keeping until the decision: a form that our own page sent. Offering to send again what a
    /// foreign page made up would lend it our name.
    pub fn can_be_sent_again(&self, settings: &Settings) -> bool {
        self.kind() == Kind::PostedForm && self.is_urlencoded() && self.sender(settings) == Sender::Us
    }
}

/// Nobody but our own page can press it.
fn is_clear_button(asked: &Asked<'_>) -> bool {
    asked.kind() == Kind::Navigation
        && asked.is_same_origin()
        && links::has_parameter(asked, links::CLEAR, |value| value == "1")
}

//! The words of the decision: what is needed, what is true, what happens.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::{Claims, Identity, Rejection};

/// Whom a handler runs for.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    pub(super) nobody_will_do: bool,
    pub(super) may: fn(&Claims) -> bool,
    pub(super) max_age: Option<u32>,
}

impl Need {
    /// Everybody, logged in or not.
    pub fn visitor() -> Self {
        Self { nobody_will_do: true, ..Self::user() }
    }

    /// Whoever is logged in.
    pub fn user() -> Self {
        Self { nobody_will_do: false, may: |_| true, max_age: None }
    }

    /// Whoever is logged in and has a right.
    pub fn right(may: fn(&Claims) -> bool) -> Self {
        Self { may, ..Self::user() }
    }

    /// Whoever proved who they are in so many seconds.
    pub fn fresh(max_age: u32) -> Self {
        Self { max_age: Some(max_age), ..Self::user() }
    }

    /// Whether the decision may become [`Instead::KeepForm`] or [`Instead::Conflict`], as far as the identity is known by now. It may become
    /// [`Instead::AnothersForm`] where [`Asked::is_anothers`](super::Asked::is_anothers) says so, and [`Instead::ClearAndKeepForm`] where
    /// [`Asked::clears_before_a_form`](super::Asked::clears_before_a_form) does.
    pub fn may_keep_form(&self, so_far: &Identity) -> bool {
        !self.nobody_will_do && (self.max_age.is_some() || !matches!(so_far, Identity::Person(_)))
    }
}

/// What is true at the moment, beyond the request and the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The time, in seconds since 1970.
    pub now: i64,
    /// Whether auth-service answered lately, as [`KeySource::reachable`](crate::KeySource::reachable) tells. Browsers are
    /// sent there without need only if so. Matters only where [`depends_on_contact`](super::depends_on_contact) says so.
    pub reachable: bool,
    /// Whether a key that is not among ours exists nowhere. Matters where `reachable` does.
    pub keys_are_current: bool,
    /// What the refused token says of its times, if its times are why. For the page that ends a loop.
    pub token: Option<Times>,
    /// Who is logged in and sends a form: their [`form_mark`](Claims::form_mark). For the page that keeps it.
    pub author: Option<String>,
}

/// When a token was made and when it ends, by the clock of auth-service, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// `iat`.
    pub issued: i64,
    /// `exp`.
    pub expires: i64,
}

impl Facts {
    /// The facts by the clock, with auth-service taken to be reachable.
    #[expect(clippy::disallowed_methods, reason = "adapters ask the clock here, once for a request")]
    pub fn now() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::at(i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX))
    }

    /// The facts at a moment in seconds since 1970, with auth-service taken to be reachable.
    pub fn at(now: i64) -> Self {
        Self { now, reachable: true, keys_are_current: false, token: None, author: None }
    }
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// The handler runs for this person.
    Serve(Box<Claims>),
    /// The handler runs for nobody. Only where [`Need::visitor`] says that this will do.
    ServeNobody,
    /// The handler does not run.
    Instead(Instead),
}

impl Instead {
    /// Whether the page holds the form that was sent, if [`answer`](super::answer()) is given it.
    pub fn shows_form(&self) -> bool {
        matches!(
            self,
            Self::KeepForm { .. } | Self::AnothersForm { .. } | Self::Conflict | Self::ClearAndKeepForm
        )
    }
}

/// What is answered instead of what the handler would have said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Instead {
    /// To the login, and back to this address.
    SendToLogin {
        /// The cookie can never hold, and is deleted on every scope.
        clear: bool,
        /// The person must have proved who they are in so many seconds, or prove it again.
        max_age: Option<u32>,
    },
    /// The address is too long for a redirect to take it along: a page that stays, and offers the login beside it.
    LogInBeside {
        /// As above.
        clear: bool,
        /// As above.
        max_age: Option<u32>,
    },
    /// To the login and back for a page that is open to all: there probably is a session, and nobody sees a form if not.
    Silent {
        /// As above.
        clear: bool,
    },
    /// To the login and back although the token still holds: so that a form just rendered has minutes, not seconds.
    RefreshAhead {
        /// For how many seconds the browser remembers that it was sent round.
        remember: i64,
    },
    /// To the same address without the marker of a loop: all is well now.
    StripMarker,
    /// Three round trips by the login did not help: an end, with the cause as far as it can be seen from here.
    Loop {
        /// What keeps the login from holding here.
        cause: LoopCause,
        /// As above.
        clear: bool,
    },
    /// A page that keeps what was typed until the person is logged in.
    KeepForm {
        /// Logged in, but must prove again who they are: no older than so many seconds.
        max_age: Option<u32>,
    },
    /// Somebody else made this, who was logged in in the same browser: a page that keeps it and asks, or a problem for a script.
    AnothersForm {
        /// Who is logged in now.
        email: String,
        /// Their [`form_mark`](Claims::form_mark).
        mark: String,
    },
    /// A problem for a script, with the addresses of the login.
    Refuse401 {
        /// As above.
        max_age: Option<u32>,
    },
    /// A browser asks before anybody has clicked, and the page depends on who asks.
    NotInAdvance,
    /// Logged in, without the right.
    Forbidden,
    /// Cookies of two people: a page that explains and offers to clear them.
    Conflict,
    /// The cookies are cleared, as that page offered.
    Clear,
    /// The same for a form that was sent with such cookies: they are cleared, and a page keeps it until the person is logged in.
    ClearAndKeepForm,
    /// No keys yet. A redirect to the login would come back at once, and go in circles.
    NoKeys,
    /// A change asked for by another site.
    CrossSite,
    /// More cookies than servers take: a page that leads to where auth-service deletes those of others.
    TooManyCookies {
        /// Of all `Cookie` headers.
        bytes: usize,
    },
}

/// Why somebody who comes from the login is still not logged in here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoopCause {
    /// No access cookie arrived.
    NoCookie,
    /// One arrived and was refused.
    Refused(Rejection),
    /// The login holds, and the proof of who the person is stays too old.
    NotFresh,
}

impl LoopCause {
    /// The name of the cause, as stable as [`Rejection::code`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCookie => "no_cookie",
            Self::Refused(rejection) => rejection.code(),
            Self::NotFresh => "not_fresh",
        }
    }
}

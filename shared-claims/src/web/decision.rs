//! Types of the decision: the requirement of a handler, and the outcome.

use crate::{Claims, Identity, Rejection};

/// Whom a handler runs for.
#[derive(Debug, Clone, Copy)]
pub struct Requirement {
    pub(super) allows_anonymous: bool,
    pub(super) may: fn(&Claims) -> bool,
    pub(super) max_age: Option<u32>,
}

impl Requirement {
    /// Everybody, logged in or not.
    pub fn visitor() -> Self {
        Self { allows_anonymous: true, ..Self::user() }
    }

    /// Whoever is logged in.
    pub fn user() -> Self {
        Self { allows_anonymous: false, may: |_| true, max_age: None }
    }

    /// Whoever is logged in and has a right.
    pub fn right(may: fn(&Claims) -> bool) -> Self {
        Self { may, ..Self::user() }
    }

    /// Whoever proved who they are in so many seconds.
    pub fn fresh(max_age: u32) -> Self {
        Self { max_age: Some(max_age), ..Self::user() }
    }

    /// Whether the decision may become [`Denial::KeepForm`] or [`Denial::Conflict`], as far as the
    /// identity is known by now. It may become
    /// [`Denial::OtherUsersForm`] where [`RequestInfo::is_other_users_form`](super::RequestInfo::is_other_users_form) says so, and [`Denial::ClearCookiesAndKeepForm`] where
    /// [`RequestInfo::clears_cookies_of_form`](super::RequestInfo::clears_cookies_of_form) does.
    pub fn may_keep_form(&self, so_far: &Identity) -> bool {
        !self.allows_anonymous && (self.max_age.is_some() || !matches!(so_far, Identity::Person(_)))
    }
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// The handler runs for this person.
    Serve(Box<Claims>),
    /// The handler runs for nobody. Only where [`Requirement::visitor`] says that this will do.
    ServeAnonymous,
    /// The handler does not run.
    Deny(Denial),
}

impl Denial {
    /// Whether the page holds the form that was sent, if [`render`](super::render()) is given it.
    pub fn shows_form(&self) -> bool {
        matches!(
            self,
            Self::KeepForm { .. }
                | Self::OtherUsersForm { .. }
                | Self::Conflict
                | Self::ClearCookiesAndKeepForm
        )
    }
}

/// What is answered instead of what the handler would have said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// To the login, and back to this address.
    RedirectToLogin {
        /// The cookie can never hold, and is deleted on every scope.
        clear: bool,
        /// The person must have proved who they are in so many seconds, or prove it again.
        max_age: Option<u32>,
    },
    /// The address is too long for a redirect to take it along: a page that stays, and offers the
    /// login beside it.
    OfferLogin {
        /// As above.
        clear: bool,
        /// As above.
        max_age: Option<u32>,
    },
    /// To the login and back for a page that is open to all: there probably is a session, and
    /// nobody sees a form if not.
    Silent {
        /// As above.
        clear: bool,
    },
    /// To the login and back although the token still holds: so that a form just rendered has
    /// minutes, not seconds.
    RefreshAhead {
        /// For how many seconds the browser remembers that it was sent round.
        remember: i64,
    },
    /// To the same address without the marker of a loop, or the order to clear cookies: all is well now.
    StripLoopMarker,
    /// Three round trips by the login did not help: an end, with the cause as far as it can be seen
    /// from here.
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
    /// Somebody else made this, who was logged in in the same browser: a page that keeps it and
    /// asks, or a problem for a script.
    OtherUsersForm {
        /// Who is logged in now.
        email: String,
        /// Their [`form_mark`](Claims::form_mark).
        mark: String,
    },
    /// A problem for a script, with the addresses of the login.
    Unauthorized {
        /// As above.
        max_age: Option<u32>,
    },
    /// A browser asks before anybody has clicked, and the page depends on who asks.
    Prefetch,
    /// Logged in, without the right.
    Forbidden,
    /// Cookies of two people: a page that explains and offers to clear them.
    Conflict,
    /// The cookies are cleared, as that page offered.
    Clear,
    /// The same for a form that was sent with such cookies: they are cleared, and a page keeps it
    /// until the person is logged in.
    ClearCookiesAndKeepForm,
    /// No keys yet. A redirect to the login would come back at once, and go in circles.
    NoKeys,
    /// A change asked for by another site.
    CrossSite,
    /// More cookies than servers take: a page that leads to where auth-service deletes those of
    /// others.
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

//! Types of the decision: a handler's requirement, and the outcome.

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

    /// A person who is logged in.
    pub fn user() -> Self {
        Self { allows_anonymous: false, may: |_| true, max_age: None }
    }

    /// A person with a right.
    pub fn right(may: fn(&Claims) -> bool) -> Self {
        Self { may, ..Self::user() }
    }

    /// A person who authenticated within this many seconds.
    pub fn fresh(max_age: u32) -> Self {
        Self { max_age: Some(max_age), ..Self::user() }
    }

    /// Whether the form's body may be needed, as far as the identity is known: for
    /// [`Denial::KeepForm`] or [`Denial::Conflict`]. It may also be needed for
    /// [`Denial::OtherUsersForm`], where
    /// [`RequestInfo::is_other_users_form`](super::RequestInfo::is_other_users_form) says so, and
    /// for [`Denial::ClearCookiesAndKeepForm`], where
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
    /// The handler runs without a person. Only with [`Requirement::visitor`].
    ServeAnonymous,
    /// The handler does not run.
    Deny(Denial),
}

impl Denial {
    /// Whether the page shows the form that was sent, if [`render`](super::render()) gets its body.
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

/// Why the handler does not run, and what is answered instead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Denial {
    /// Redirect to the login, and back to this address.
    RedirectToLogin {
        /// The cookie can never verify, and is deleted on every scope.
        clear: bool,
        /// The greatest age of the authentication in seconds, if the handler requires one.
        max_age: Option<u32>,
    },
    /// The address is too long for a redirect. The response is a page that links to the login in
    /// another tab.
    OfferLogin {
        /// As for `RedirectToLogin`.
        clear: bool,
        /// As for `RedirectToLogin`.
        max_age: Option<u32>,
    },
    /// Redirect to the login and back for a page that is open to all: a session probably exists,
    /// and nobody sees a form if not.
    Silent {
        /// As for `RedirectToLogin`.
        clear: bool,
    },
    /// Redirect to the login and back although the token is still valid, so that a form on the page
    /// has minutes left, not seconds.
    RefreshAhead {
        /// How many seconds the browser remembers that it was redirected.
        remember: i64,
    },
    /// Redirect to the same address without the loop marker and the order to clear cookies.
    StripLoopMarker,
    /// A redirect loop: three round trips to the login did not help. A page names the cause, as far
    /// as this service can see it.
    Loop {
        /// Why the login is not accepted here.
        cause: LoopCause,
        /// As for `RedirectToLogin`.
        clear: bool,
    },
    /// A page that keeps the form until the person is logged in.
    KeepForm {
        /// The greatest age of the authentication in seconds, if the person is logged in and must
        /// reauthenticate.
        max_age: Option<u32>,
    },
    /// The form belongs to another person of the same browser. A page keeps it and asks; a script
    /// gets a problem.
    OtherUsersForm {
        /// The address of the person who is logged in now.
        email: String,
        /// Their [`form_mark`](Claims::form_mark).
        mark: String,
    },
    /// A problem for a script, with the addresses to log in and to renew at.
    Unauthorized {
        /// As for `RedirectToLogin`.
        max_age: Option<u32>,
    },
    /// A prefetch of a page that depends on who asks.
    Prefetch,
    /// Logged in, without the right.
    Forbidden {
        /// What the person is called, where that is known.
        name: Option<String>,
    },
    /// Cookies of two people. A page explains it and offers to clear them.
    Conflict,
    /// The cookies are cleared, as that page offered.
    Clear,
    /// The cookies are cleared, and a page keeps the form that was sent with them until the person
    /// is logged in.
    ClearCookiesAndKeepForm,
    /// No keys are loaded yet. A redirect to the login would come straight back, in a loop, or lead
    /// to an auth-service that does not answer.
    NoKeys,
    /// A change that another site requested.
    CrossSite,
    /// More cookies than servers accept. A page links to where auth-service deletes other sites'
    /// cookies.
    TooManyCookies {
        /// The bytes of all `Cookie` headers.
        bytes: usize,
    },
}

/// Why a person who comes from the login is still not logged in here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoopCause {
    /// No access cookie arrived.
    NoCookie,
    /// One arrived and was refused.
    Refused(Rejection),
    /// The token is valid, and its authentication stays too old.
    NotFresh,
}

impl LoopCause {
    /// The stable code of the cause, like [`Rejection::code`].
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCookie => "no_cookie",
            Self::Refused(rejection) => rejection.code(),
            Self::NotFresh => "not_fresh",
        }
    }
}

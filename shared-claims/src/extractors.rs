//! Extractors: handler arguments that require a login. The modules `actix` and `axum` implement
//! their framework's trait for these types.
//!
//! Their fields are private, so that a value proves that a request was let in. In tests,
//! `for_tests` makes one (feature `testing`).

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::web::Requirement;
use crate::{Claims, Role};

/// Requires a login. Everybody else gets a response without the handler being run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User(Claims);

/// The user if there is one, for pages that are open to all. A refused token counts as none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaybeUser(Option<Claims>);

/// Requires `user_is_staff`. Others get `403`, or are asked to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff(Claims);

/// Requires `user_is_superuser`. Others get `403`, or are asked to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superuser(Claims);

/// Requires a [`Role`]. Others get `403`, or are asked to log in.
///
/// ```
/// # #[cfg(feature = "actix")] {
/// use shared_claims::{Role, actix::HasRole};
///
/// struct Editor;
///
/// impl Role for Editor {
///     const NAME: &str = "editor";
/// }
///
/// async fn publish(editor: HasRole<Editor>) -> String {
///     format!("published by {}", editor.full_name())
/// }
/// # }
/// ```
pub struct HasRole<R>(Claims, PhantomData<fn() -> R>);

/// Requires a login whose authentication is at most this many seconds old (`auth_time`). Others
/// reauthenticate and come back.
///
/// Use it for what is worth asking again: a payment, a change of the e-mail address, a deletion. If
/// a form is sent to such a handler, require the same on the page with the form. Otherwise people
/// fill in the form first and reauthenticate afterwards.
///
/// ```
/// # #[cfg(feature = "actix")] {
/// use shared_claims::actix::{Fresh, JustLoggedIn};
///
/// async fn pay(user: JustLoggedIn) -> String {
///     format!("paid by {}", user.full_name())
/// }
///
/// async fn close_account(user: Fresh<60>) -> String {
///     format!("closed that of {}", user.full_name())
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh<const SECONDS: u32>(Claims);

/// Requires an authentication in the last ten minutes.
pub type JustLoggedIn = Fresh<600>;

/// What a framework's module needs from each extractor.
pub(crate) trait AuthExtractor: Sized + Send + 'static {
    /// The requirement that the decision checks.
    fn requirement() -> Requirement;

    /// Builds the extractor. `None` if the claims do not satisfy it.
    fn of(claims: Option<Claims>) -> Option<Self>;
}

macro_rules! auth_extractor {
    ($name:ty [$($parameter:tt)*], $requirement:expr, $wrap:expr) => {
        impl<$($parameter)*> Deref for $name {
            type Target = Claims;

            fn deref(&self) -> &Claims {
                &self.0
            }
        }

        impl<$($parameter)*> $name {
            /// Returns the claims.
            pub fn into_claims(self) -> Claims {
                self.0
            }

            /// Builds one without a request, for a test that calls a handler directly. Nothing is
            /// checked.
            #[cfg(feature = "testing")]
            pub fn for_tests(claims: Claims) -> Self {
                let wrap: fn(Claims) -> Self = $wrap;
                wrap(claims)
            }
        }

        impl<$($parameter)*> AuthExtractor for $name {
            fn requirement() -> Requirement {
                $requirement
            }

            fn of(claims: Option<Claims>) -> Option<Self> {
                claims.map($wrap)
            }
        }
    };
}

auth_extractor!(User [], Requirement::user(), User);
auth_extractor!(Staff [], Requirement::right(|claims| claims.user_is_staff), Staff);
auth_extractor!(Superuser [], Requirement::right(|claims| claims.user_is_superuser), Superuser);
auth_extractor!(HasRole<R> [R: Role], Requirement::right(|claims| claims.has_role(R::NAME)), |claims| HasRole(claims, PhantomData));
auth_extractor!(Fresh<SECONDS> [const SECONDS: u32], Requirement::fresh(SECONDS), Fresh);

impl MaybeUser {
    /// Returns the claims.
    pub fn into_claims(self) -> Option<Claims> {
        self.0
    }

    /// Builds one without a request, for a test that calls a handler directly. Nothing is checked.
    #[cfg(feature = "testing")]
    pub fn for_tests(claims: Option<Claims>) -> Self {
        Self(claims)
    }
}

impl Deref for MaybeUser {
    type Target = Option<Claims>;

    fn deref(&self) -> &Option<Claims> {
        &self.0
    }
}

impl AuthExtractor for MaybeUser {
    fn requirement() -> Requirement {
        Requirement::visitor()
    }

    fn of(claims: Option<Claims>) -> Option<Self> {
        Some(Self(claims))
    }
}

/// Calls a macro for each extractor.
macro_rules! for_each_extractor {
    ($extractor:ident) => {
        $extractor!(crate::extractors::User []);
        $extractor!(crate::extractors::MaybeUser []);
        $extractor!(crate::extractors::Staff []);
        $extractor!(crate::extractors::Superuser []);
        $extractor!(crate::extractors::HasRole<R> [R: crate::Role]);
        $extractor!(crate::extractors::Fresh<SECONDS> [const SECONDS: u32]);
    };
}

pub(crate) use for_each_extractor;

impl<R: Role> fmt::Debug for HasRole<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HasRole").field(&R::NAME).field(&self.0).finish()
    }
}

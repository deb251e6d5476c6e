//! Extractors: the arguments by which a handler says whom it runs for. One set of types for all
//! frameworks, each of which has a module that implements its own trait for them.
//!
//! Their fields are private, so that a value proves that the crate let its owner in: nothing but a
//! request makes one, and in tests `for_tests`, behind the feature `testing`.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::web::Requirement;
use crate::{Claims, Role};

/// Somebody who is logged in. Others never reach the handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User(Claims);

/// Somebody, or nobody: for pages that are open to all. A token that does not hold is nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaybeUser(Option<Claims>);

/// Somebody with `user_is_staff`. Others get `403`, or are asked to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff(Claims);

/// Somebody with `user_is_superuser`. Others get `403`, or are asked to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superuser(Claims);

/// Somebody with a [`Role`]. Others get `403`, or are asked to log in.
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

/// Somebody who proved who they are no more than so many seconds ago. Others log in again, and come
/// back.
///
/// For what is worth a question: a payment, an address for mail, a deletion. Where a form is sent
/// to it, ask for it on the page with the form, too: then nobody fills in a form first and proves
/// who they are afterwards.
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

/// Somebody who proved who they are in the last ten minutes.
pub type JustLoggedIn = Fresh<600>;

/// What the module of a framework has to know of each of them.
pub(crate) trait AuthExtractor: Sized + Send + 'static {
    /// Whom the handler runs for.
    fn requirement() -> Requirement;

    /// What the handler gets, of somebody or of nobody; `None` if that is not who it runs for.
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
            /// The claims, to keep.
            pub fn into_claims(self) -> Claims {
                self.0
            }

            /// As a handler gets it, for a test that calls the handler itself. Nothing is checked.
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
    /// The claims, to keep.
    pub fn into_claims(self) -> Option<Claims> {
        self.0
    }

    /// As a handler gets it, for a test that calls the handler itself. Nothing is checked.
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

/// Hands an extractor to each of them.
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

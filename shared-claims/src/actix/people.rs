//! The extractors.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::extract::{Extraction, admit};
use crate::edge::Need;
use crate::{Claims, Role};

/// Somebody who is logged in. Others never reach the handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User(pub Claims);

/// Somebody, or nobody: for pages that are open to all. A token that does not hold is nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaybeUser(pub Option<Claims>);

/// Somebody with `user_is_staff`. Others get `403`, or are asked to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff(pub Claims);

/// Somebody with `user_is_superuser`. Others get `403`, or are asked to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superuser(pub Claims);

/// Somebody with a [`Role`]. Others get `403`, or are asked to log in.
///
/// ```
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
/// ```
pub struct HasRole<R>(pub Claims, PhantomData<fn() -> R>);

/// Somebody who proved who they are no more than so many seconds ago. Others log in again, and come back.
///
/// For what is worth a question: a payment, an address for mail, a deletion. Where a form is sent to it, ask for it on the
/// page with the form, too: then nobody fills in a form first and proves who they are afterwards.
///
/// ```
/// use shared_claims::actix::{Fresh, JustLoggedIn};
///
/// async fn pay(user: JustLoggedIn) -> String {
///     format!("paid by {}", user.full_name())
/// }
///
/// async fn close_account(user: Fresh<60>) -> String {
///     format!("closed that of {}", user.full_name())
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh<const SECONDS: u32>(pub Claims);

/// Somebody who proved who they are in the last ten minutes.
pub type JustLoggedIn = Fresh<600>;

macro_rules! admits {
    ($name:ty [$($parameter:tt)*], $need:expr, $wrap:expr) => {
        impl<$($parameter)*> Deref for $name {
            type Target = Claims;

            fn deref(&self) -> &Claims {
                &self.0
            }
        }

        impl<$($parameter)*> FromRequest for $name {
            type Error = actix_web::Error;
            type Future = Extraction<Self>;

            fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
                admit(req, payload, $need, |claims| claims.map($wrap))
            }
        }
    };
}

admits!(User [], Need::user(), User);
admits!(Staff [], Need::right(|claims| claims.user_is_staff), Staff);
admits!(Superuser [], Need::right(|claims| claims.user_is_superuser), Superuser);
admits!(HasRole<R> [R: Role], Need::right(|claims| claims.has_role(R::NAME)), |claims| HasRole(claims, PhantomData));
admits!(Fresh<SECONDS> [const SECONDS: u32], Need::fresh(SECONDS), Fresh);

impl Deref for MaybeUser {
    type Target = Option<Claims>;

    fn deref(&self) -> &Option<Claims> {
        &self.0
    }
}

impl FromRequest for MaybeUser {
    type Error = actix_web::Error;
    type Future = Extraction<Self>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        admit(req, payload, Need::visitor(), |claims| Some(Self(claims)))
    }
}

impl<R: Role> fmt::Debug for HasRole<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HasRole").field(&R::NAME).field(&self.0).finish()
    }
}

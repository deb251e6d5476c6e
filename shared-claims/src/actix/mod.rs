//! Integration for actix-web: extractors, responses to who may not come in, and CSRF protection.
//!
//! Wrap the `App` in a [`SharedLoginMiddleware`] and name what a handler needs among its arguments:
//!
//! | argument | who gets through |
//! |---|---|
//! | [`User`] | whoever is logged in |
//! | [`Staff`] | whoever has `user_is_staff` |
//! | [`Superuser`] | whoever has `user_is_superuser` |
//! | [`HasRole<Editor>`](HasRole) | whoever has that role |
//! | [`Fresh<600>`](Fresh) | whoever proved who they are in the last 600 seconds |
//! | [`MaybeUser`] | everybody; it says who it is, if anybody |
//!
//! `Option<User>` is `None` for whoever would have got an answer instead; nothing is renewed for
//! them. [`MaybeUser`] does better.
//!
//! Everybody else gets an answer that the handler never sees:
//!
//! | request | answer |
//! |---|---|
//! | a page that a person opens: in a tab, in a frame of the domain, behind a service worker, to save it | `303` to the login, which comes back to the same address |
//! | a posted form | `401`, a page that keeps what was typed, renews the login and sends it again |
//! | anything else | `401` problem+json (RFC 9457) with `login_url` and `renew_url`. Its challenge is `Bearer`, as HTTP wants one; no token in an `Authorization` header is looked at |
//! | a change, or a WebSocket, that a page of another site asks for, behind the middleware | `403` |
//! | logged in without the right | `403` |
//! | logged in, but not freshly enough | as above, to a login that asks for the password again; a script is told `fresh_login_required` |
//! | logged in, but the form was made for another account of the same browser | `409`, a page that keeps it and asks; a script is told `another_account` |
//! | cookies of two people at once | `409`, with a button that clears them, and no other cookie of the domain |
//! | back from the login for the third time, and still nobody | `401`, a page that names the cause; no redirect |
//! | more than 16 KB of cookies, behind the middleware | `431`, a page that leads to where auth-service deletes those of others |
//! | asked before anybody has clicked (prefetch, prerender) | `403`: the click itself asks again |
//! | no keys loaded yet | `503` with `Retry-After`; a redirect would go in circles |
//!
//! Behind [`MaybeUser`], a page opened in a tab by nobody goes by the login and back if a cookie of
//! the domain hints at a session, so that it knows the person also when the token has ended. Nobody
//! sees a form, and a hint that is wrong costs one such detour in five minutes.
//!
//! A page opened in a tab within the last minute of a token (`REFRESH_AHEAD`) goes by the login and
//! back first, which renews it without a form: so that what is typed into the page can be sent.
//! Once for a token, and nothing but such pages.
//!
//! Neither detour is taken while auth-service does not answer.
//!
//! auth-service counts how often it sends a browser to one address in quick succession, and marks
//! the third time and all that follow with `sso_loop` in the query. A short-lived cookie of this
//! service (`__Host-sso_sent`) says whether that is true: it holds a secret that the browser took
//! along to the login and brings back as `sso_trip`, and without it a link with the marker is a
//! link without one. Whoever is logged in by then goes on without the marker; all others get the
//! page. A cookie that can never hold (a wrong signature, say, and not one that has merely ended)
//! is deleted on every scope on the way to the login, so that it cannot come between a good one and
//! this service.
//!
//! No other answer tells why a token was refused; the log does, as an event of `tracing` whose
//! field `reason` is
//! [`Rejection::code`](crate::Rejection::code).
//!
//! What typed fields are kept: those of an `application/x-www-form-urlencoded` form of at most 64
//! KiB, sent by a page of this very service (the browser says so): a form that somebody else's page
//! sent here is not offered to be sent again. Values of fields that are named like passwords are
//! never repeated; they get an empty field to be typed again. Of a `multipart/form-data` form
//! nothing is kept, and the page says so. A page of auth-service in a frame of that page renews the
//! login, without a script; where the session is over it offers to log in in a new tab.
//!
//! Scripts renew the login by [`script`], which the service hands out.
//!
//! A page's query may contain `sso_clear=1` only where this crate put it: it is the button of the
//! `409` page, and is honoured at such a conflict alone, and only when the browser says that the
//! click was on a page of this service.

mod extract;
mod request;
mod response;
mod same_origin;
mod script;
mod shared_body;

pub use crate::extractors::{Fresh, HasRole, JustLoggedIn, MaybeUser, Staff, Superuser, User};
pub use same_origin::{SameOrigin, SharedLoginMiddleware};
pub use script::script;

//! Integration for actix-web: extractors, middleware against CSRF, and the responses to everybody
//! who is refused.
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
//! `Option<User>` is `None` for everybody whom [`User`] would refuse. No login is renewed for them,
//! so prefer [`MaybeUser`].
//!
//! Everybody else gets a response without the handler being run:
//!
//! | request | answer |
//! |---|---|
//! | a page that a person opens: in a tab, in a frame of the domain, behind a service worker, to save it | `303` to the login, which comes back to the same address |
//! | a posted form | `401`, a page that keeps what was typed, renews the login and sends it again |
//! | anything else | `401` problem+json (RFC 9457) with `login_url` and `renew_url`. Its challenge is `Bearer`, as HTTP wants one; no token in an `Authorization` header is looked at |
//! | a change, or a WebSocket, that a page of another site asks for, behind the middleware | `403` |
//! | a change, or a WebSocket, whose origin nothing checked: the middleware is missing | `500`; the log says what to add |
//! | logged in without the right | `403` |
//! | logged in, but not freshly enough | as above, to a login that asks for the password again; a script is told `fresh_login_required` |
//! | logged in, but the form was made for another account of the same browser | `409`, a page that keeps it and asks; a script is told `another_account` |
//! | cookies of two people at once | `409`, with a button that clears them, and no other cookie of the domain |
//! | back from the login for the third time, and still nobody | `401`, a page that names the cause; no redirect |
//! | more than 16 KB of cookies, behind the middleware | `431`, a page that leads to where auth-service deletes those of others |
//! | asked before anybody has clicked (prefetch, prerender) | `403`: the click itself asks again |
//! | no keys loaded yet | `503` with `Retry-After`; a redirect would go in circles |
//!
//! A page with [`MaybeUser`] renews an expired login too. If the page is opened in a tab without a
//! valid token, and a cookie of the domain hints at a session, the browser is redirected to the
//! login and back. Nobody sees a form. A wrong hint costs one such redirect in five minutes.
//!
//! A page that is opened in a tab during the last minute of a token (`REFRESH_AHEAD`) is redirected
//! to the login and back first. This renews the token without a form, so that what is typed into
//! the page can still be sent. It happens once for each token, and only for such pages.
//!
//! Neither redirect happens while auth-service does not answer.
//!
//! Redirect loops end in a page. auth-service counts how often it sends a browser to one address in
//! quick succession, and marks the third time and all that follow with `sso_loop` in the query. A
//! short-lived cookie of this service (`__Host-sso_sent`) proves the mark: it holds a secret that
//! the browser takes along to the login and brings back as `sso_trip`. Without the secret, the mark
//! is ignored. A browser that is logged in by then is redirected to the address without the mark;
//! all others get the page. A cookie that can never verify (because of a wrong signature, for
//! example, and not because it has expired) is deleted on every scope on the way to the login, so
//! that it cannot shadow a good one.
//!
//! No other response says why a token was refused. The log does, in a `tracing` event whose field
//! `reason` is [`Rejection::code`](crate::Rejection::code).
//!
//! The page that keeps a form keeps the fields of an `application/x-www-form-urlencoded` form of at
//! most 64 KiB. The form must come from a page of this service, as the browser says: a form that
//! somebody else's page sent is never offered to be sent again. Values of fields that are named
//! like passwords are not repeated; the page asks for them again. A `multipart/form-data` form is
//! kept up to 16 MiB: its fields, and the names of its files, which the page asks to choose again.
//! That needs the middleware. A frame of auth-service in that page renews the login
//! without a script. Where the session is over, the frame offers to log in in a new tab.
//!
//! Scripts renew the login by [`script`], which the service serves.
//!
//! The query parameter `sso_clear=1` belongs to this crate: it is the button of the `409` page. It
//! is honoured only when there is such a conflict, and only when the browser says that the click
//! was on a page of this service.

mod extract;
mod request;
mod response;
mod same_origin;
mod script;
mod shared_body;

pub use crate::extractors::{Fresh, HasRole, JustLoggedIn, MaybeUser, Staff, Superuser, User};
pub use same_origin::{SameOrigin, SharedLoginMiddleware};
pub use script::script;

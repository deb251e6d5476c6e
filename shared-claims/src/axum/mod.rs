//! Integration for axum: extractors, a tower layer against CSRF, and the responses to everybody who
//! is refused.
//!
//! Add a [`SharedLoginLayer`] to the outermost router and name what a handler needs among its
//! arguments:
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
//! ```no_run
//! use axum::{Router, routing::get};
//! use shared_claims::{SharedLogin, axum::{SharedLoginLayer, User}};
//!
//! async fn private(user: User) -> String {
//!     format!("Hello {}, your data is filed under {}", user.full_name(), user.user_uuid)
//! }
//!
//! # fn make() -> Result<Router, shared_claims::SettingsError> {
//! let login = SharedLogin::from_env()?;
//! let app: Router = Router::new().route("/private", get(private)).layer(SharedLoginLayer::new(login));
//! # Ok(app)
//! # }
//! ```
//!
//! Everybody else gets a response without the handler being run. It is the same as with actix, byte
//! by byte: both modules are thin layers over [`web`](crate::web), and the documentation of the
//! module `actix` has the table.

mod drain;
mod extract;
mod kept_form;
mod layer;
mod request;
mod response;

pub use crate::extractors::{Fresh, HasRole, JustLoggedIn, MaybeUser, Staff, Superuser, User};
pub use layer::{SharedLoginLayer, WithSharedLogin};
pub use response::script;

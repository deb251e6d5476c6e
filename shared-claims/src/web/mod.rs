//! Web logic for any framework: it decides who gets through, and renders the response to everybody
//! else.
//!
//! The frameworks' modules are thin layers over three steps. You can use these directly for a
//! framework without a module:
//!
//! 1. [`RequestInfo`] is the request: its method, its target and its headers.
//! 2. [`decide`] says what happens. It is a pure function: everything it depends on is an argument.
//! 3. [`render`] makes a [`Response`] of a denial: a status, headers and a body.
//!
//! ```
//! use shared_claims::web::{Context, Decision, RequestInfo, Requirement, decide, render};
//! # #[cfg(feature = "testing")] {
//! # let login = shared_claims::testing::TestIssuer::new().login();
//!
//! let headers = vec![("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
//! let request = RequestInfo::new("GET", "/private?page=2", &headers);
//! let identity = login.try_identify(request.cookies());
//! let context = Context::about(&request, &identity, &login);
//! match decide(&request, identity, Requirement::user(), login.settings(), &context) {
//!     Decision::Serve(claims) => println!("hello {}", claims.user_email),
//!     Decision::ServeAnonymous => println!("hello stranger"),
//!     Decision::Deny(denial) => {
//!         let response = render(&denial, &request, login.settings(), &context, None);
//!         assert_eq!(response.status, 303);
//!     }
//!     // A decision that this program does not know lets nobody in.
//!     _ => println!("500"),
//! }
//! # }
//! ```

mod accept;
mod accept_language;
mod context;
mod cors;
mod datetime;
mod decide;
mod decision;
#[cfg(any(feature = "actix", feature = "axum"))]
mod deferred_page;
mod escape;
mod fetch_metadata;
mod form_entries;
mod form_owner;
mod i18n;
mod initials;
mod log;
mod multipart_reader;
mod origin_check;
mod origin_checked;
mod pages;
mod prefetch;
mod query_encoding;
mod redirect_loop;
mod render;
mod request;
mod response;
mod script;
mod service_host;
mod set_cookie;
mod style;
mod texts;
mod theme;
mod upgrade;
pub(crate) mod urls;
mod warned;

use std::time::Duration;

pub use context::{Context, Times};
pub use cors::{cors, preflight};
pub use decide::{
    MANY_COOKIES, MAX_COOKIE_BYTES, check_cookie_size, check_origin, decide, is_safe, needs_keys,
    needs_reachability,
};
pub use decision::{Decision, Denial, LoopCause, Requirement};
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) use deferred_page::{DeferredPage, PageBody};
pub use fetch_metadata::{Reader, RequestKind};
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) use form_entries::FormEntries;
pub use form_owner::Served;
pub use initials::initials;
pub use log::{log_denial, log_identity, warn_of_foreign_key, warn_of_other_host};
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) use log::{log_not_registered, log_origin_unchecked};
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) use multipart_reader::MultipartReader;
pub use origin_checked::OriginChecked;
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) use render::origin_unchecked;
pub use render::{NO_BEARER, not_configured, render};
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) use request::Lookup;
pub use request::{Headers, RequestInfo};
pub use response::Response;
pub use script::{SCRIPT, script};
pub use style::{STYLE, stylesheet};
pub use texts::{TextValue, Texts, TextsError, Translation};
pub use theme::{Shades, Theme};
pub(crate) use warned::Warned;

/// The largest form that is kept: 64 KiB, without the bytes of its files.
pub const MAX_FORM_BYTES: usize = 64 * 1024;

/// How long a form that is to be kept may take to arrive: 10 seconds.
pub const FORM_TIMEOUT: Duration = Duration::from_secs(10);

/// How much of an unread body is read and dropped, so that its sender can read the response: 16
/// MiB. A form with files is kept up to the same size.
pub const MAX_DISCARDED_BYTES: usize = 16 * 1024 * 1024;

/// How long such a body may take to arrive: 30 seconds.
pub const DISCARD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a request waits for keys that are being fetched: 2 seconds.
pub const KEYS_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a request waits to learn whether auth-service can be reached: 1 second.
pub const REACHABILITY_TIMEOUT: Duration = Duration::from_secs(1);

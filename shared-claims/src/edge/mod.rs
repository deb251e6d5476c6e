//! What happens at the edge of a service, for any framework: who gets through, and what everybody else is answered.
//!
//! The modules for frameworks are thin layers over three steps, which also serve where there is no such module:
//!
//! 1. [`Asked`] is the request: its method, its target and its headers.
//! 2. [`decide`] says what happens. It is a pure function: everything it depends on is an argument.
//! 3. [`answer`] puts a decision other than "serve" into a status, headers and a body.
//!
//! ```
//! use shared_claims::edge::{Asked, Decision, Facts, Need, answer, decide};
//! # #[cfg(feature = "testing")] {
//! # let login = shared_claims::testing::TestIssuer::new().login();
//!
//! let headers = vec![("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
//! let asked = Asked::new("GET", "/private?page=2", &headers);
//! let identity = login.identify_now(asked.cookies());
//! let facts = Facts::about(&asked, &identity, &login);
//! match decide(&asked, identity, Need::user(), login.settings(), &facts) {
//!     Decision::Serve(claims) => println!("hello {}", claims.user_email),
//!     Decision::ServeNobody => println!("hello stranger"),
//!     Decision::Instead(instead) => {
//!         let answer = answer(&instead, &asked, login.settings(), &facts, None);
//!         assert_eq!(answer.status, 303);
//!     }
//!     // A decision that this program does not know lets nobody in.
//!     _ => println!("500"),
//! }
//! # }
//! ```

mod accept;
mod answer;
mod asked;
mod author;
mod cors;
mod decide;
mod decision;
mod fetch_metadata;
mod in_advance;
mod language;
mod learn;
pub(crate) mod links;
mod log;
mod page;
mod problem;
mod script;
mod sender;
mod set_cookie;
mod sparing;
mod trip;
mod upgrade;
mod utc;

use std::time::Duration;

pub use answer::{Answer, NO_BEARER, answer, not_set_up};
#[cfg(any(feature = "actix", feature = "axum"))]
pub(crate) use asked::Lookup;
pub use asked::{Asked, Headers};
pub use author::Served;
pub use cors::{cors, preflight};
pub use decide::{MANY_COOKIES, MAX_COOKIE_BYTES, decide, depends_on_contact, guard, is_harmless, weigh};
pub use decision::{Decision, Facts, Instead, LoopCause, Need, Times};
pub use fetch_metadata::{Reader, RequestKind};
pub use log::{log_identity, log_instead};

pub use script::{SCRIPT, script};

/// The largest form that is kept.
pub const MAX_FORM_BYTES: usize = 64 * 1024;

/// How long a form may take to arrive, if it is to be kept.
pub const PATIENCE_FOR_FORMS: Duration = Duration::from_secs(10);

/// How much of a body that nobody wants is read and dropped, so that its sender gets to read the answer.
pub const MAX_DISCARDED_BYTES: usize = 16 * 1024 * 1024;

/// How long such a body may take to arrive.
pub const PATIENCE_FOR_THE_REST: Duration = Duration::from_secs(30);

/// How long a request waits for keys that are being fetched.
pub const PATIENCE_FOR_KEYS: Duration = Duration::from_secs(2);

/// How long a request waits for a sign of life of auth-service, before it does without.
pub const PATIENCE_FOR_CONTACT: Duration = Duration::from_secs(1);

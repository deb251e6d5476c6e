//! HTTP: the middleware around every request, cookies, the client's address, and the allowed
//! destinations of redirects.

pub mod access_log;
pub mod browser_keys;
pub mod cookie_header;
pub mod cookies;
pub mod destinations;
pub mod draining;
pub mod foreign_cookies;
pub mod host;
pub mod known_browser;
pub mod next;
pub mod prefetch;
mod real_ip;
pub mod redirect;
pub mod request_id;
pub mod request_size;
pub mod route_policy;
pub mod same_origin;
pub mod security_headers;

pub use access_log::access_log;
pub use browser_keys::BrowserKeys;
pub use cookie_header::OwnCookie;
pub use cookies::Cookies;
pub use destinations::Destinations;
pub use draining::{Draining, close_connections};
pub use foreign_cookies::{ForeignCookies, TooMany};
pub use next::{Next, NextQuery};
pub use redirect::see_other;
pub use request_id::RequestId;
pub use route_policy::{RoutePolicies, RoutePolicy};
pub use security_headers::RunsScript;

//! Host names: the cookie domain, the origins below it, and `localhost`.

mod cookie_domain;
mod name;
mod origin;

pub use cookie_domain::{CookieDomain, CookieDomainError};
pub use name::{is_host_name, is_localhost};
pub use origin::{OriginError, parse_origin, parse_origins};

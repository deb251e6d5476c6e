//! Sessions: their rows, refresh tokens and their rotation, access tokens, and revocation.

mod access_token;
mod amr;
mod current;
mod device;
mod end_reason;
mod issue;
mod purge;
mod refresh_token;
mod renew;
mod revoke;
#[cfg(feature = "postgres")]
mod rotate_at_once;
mod rotation;
mod service;
mod session;
mod store_rotation;

pub use amr::{Amr, AuthMethod};
pub use current::Current;
pub use device::{DeviceKind, device};
pub use end_reason::EndReason;
pub use issue::TokenIssuer;
pub use refresh_token::{RefreshKey, RefreshToken};
pub use renew::Renewal;
pub use rotation::{Rotation, Verdict};
pub use service::Sessions;
pub use session::{Session, SessionId};

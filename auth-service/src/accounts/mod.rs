//! People, passwords and sessions: what registration, login, logout and the commands have in common.

mod access_token;
mod authenticate;
mod current;
mod device;
mod email;
mod hash_pool;
mod hashers;
mod name;
mod password;
mod password_advice;
mod prove;
mod refresh_token;
mod renew;
mod roles;
mod session;
mod sign_in;
mod user;

pub use access_token::claims;
pub use authenticate::{Authenticated, authenticate};
pub use current::Current;
pub use device::device;
pub use email::{Email, InvalidEmail};
pub use hash_pool::{Checked, HashPool, NotDone};
pub use hashers::PasswordHash;
pub use name::{InvalidName, PersonName};
pub use password::{NewPassword, Password, PasswordProblem};
pub use prove::Proven;
pub use refresh_token::{RefreshKey, RefreshToken};
pub use renew::Renewal;
pub use roles::{InvalidRole, Role, Roles, TooManyRoles};
pub use session::{Ended, Session, SessionId};
pub use sign_in::SignedIn;
pub use user::{NewUser, RegistrationRefused, User, UserId};

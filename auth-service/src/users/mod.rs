//! Users: the accounts, and the value types in their rows.

mod email;
mod name;
mod password_hash;
mod right;
mod roles;
mod user;

pub use email::{Email, InvalidEmail};
pub use name::{InvalidName, PersonName, is_never_seen};
pub use password_hash::PasswordHash;
pub use right::Right;
pub use roles::{InvalidRole, Role, Roles, TooManyRoles};
pub use user::{CreateUserError, NewUser, User, UserId, UserPage};

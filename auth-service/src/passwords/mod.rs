//! Passwords: the policy for new ones, password hashes, and the hash pool, which limits concurrent
//! hashing.

mod advice;
mod dummy_hash;
mod famous;
mod hash_lane;
mod hash_pool;
mod hash_queue;
mod hash_threads;
mod hashers;
mod password;
mod requester;
mod verification;

pub use dummy_hash::DummyHashes;
pub use hash_pool::HashPool;
pub use hash_threads::HashPoolError;
pub use hashers::{HASH_LIMITS, HashForm};
pub use password::{MAX_CHARS, NewPassword, Password, PasswordProblem};
pub use requester::{AccountMark, AccountMarks, Requester};
pub use verification::PasswordVerification;

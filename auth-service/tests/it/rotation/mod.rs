//! The rules of rotation, proven: every history of a small model is explored, and the same
//! histories are run against the real service.
//!
//! - **Liveness**: without a thief no one is ever logged out, whatever is lost, late or reordered.
//! - **Safety**: if two parties hold a session, and each has got a token of its own, the second to
//!   renew is refused.

mod changed_rules;
mod explore;
mod histories;
mod login;
mod proofs;
mod rules;
mod world;

//! The rules of renewal, proven: every history of a small world is explored, and the same histories are lived through with
//! the real service.
//!
//! - **Liveness**: without a thief nobody is ever logged out, whatever is lost, late or reordered.
//! - **Safety**: of two who hold a session, the second to renew is refused, once each of them got a token of their own.

mod changed_rules;
mod explore;
mod histories;
mod login;
mod proofs;
mod rules;
mod world;

//! Proofs that somebody reads the mail of an address: a link and a six-digit code for each letter.
//!
//! A link works in any browser (ASVS 6.4.1: single use, limited in time, stored as a hash). A code
//! works in the browser that asked alone, so that mail can be read on a phone and the code typed on
//! a laptop (ASVS 6.5.5: ten minutes). Both are used up by one guarded update.

mod code;
mod link;
mod presented;
mod proof;
mod purpose;

pub use code::ProofKeys;
pub use link::LinkToken;
pub use presented::Presented;
pub use proof::{CodeOutcome, IssuedProof, Proof, ProofId};
pub use purpose::Purpose;

//! The outbox: what is to be delivered after a transaction, and is not lost if the process dies.
//!
//! A delivery is a row that is written in the caller's transaction. Workers of any instance claim
//! the rows that are due, deliver them, and settle them. Letters are the only kind so far; nothing
//! here knows what a letter is.

mod backoff;
mod claim;
mod delivery;
mod limit;
mod sealed_payload;

pub use backoff::Setback;
pub use delivery::{Delivery, DeliveryId, DeliveryKind, DeliveryState, NewDelivery};
pub use limit::Limit;
pub use sealed_payload::PayloadKeys;

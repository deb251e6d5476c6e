//! Mail: letters are posted into the outbox, and carried from there to the mail server.
//!
//! `postbox.rs` writes a letter in the caller's transaction. `worker.rs` claims what is due, and
//! has `sender.rs` draw it and hand it to the server of `SMTP_URL` by `transport.rs`. `backlog.rs`
//! tells when letters wait long.

pub mod backlog;
mod folder;
mod message;
mod postbox;
mod sender;
mod test_letter;
mod transport;
mod worker;

pub use folder::StoredLetter;
pub use postbox::{Addressee, Postbox};
pub use sender::{Draft, Sender};
pub use test_letter::TestLetter;
pub use transport::Transport;
pub use worker::MailWorker;

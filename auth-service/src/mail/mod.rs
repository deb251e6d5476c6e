//! Mail: letters are posted into the outbox, and carried from there to the mail server.
//!
//! `postbox.rs` writes a letter in the caller's transaction. `worker.rs` draws what is due, and
//! hands it to the server of `SMTP_URL` by `transport.rs`.

mod message;
mod postbox;
mod test_letter;
mod transport;
mod worker;

pub use postbox::{Addressee, Postbox};
pub use test_letter::TestLetter;
pub use transport::Transport;
pub use worker::MailWorker;

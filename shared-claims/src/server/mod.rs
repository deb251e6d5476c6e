//! Where a service written with actix-web listens, and who is at the other end.
//!
//! `LISTEN` is an address and a port, or a socket in the file system for a proxy on the same machine: whoever may open that
//! file may connect, and nobody else, whatever the network looks like.

mod listen;
mod peer;
mod socket_file;

pub use listen::{Listen, ListenError, Listener};
pub use peer::Peer;
pub use socket_file::SocketFile;

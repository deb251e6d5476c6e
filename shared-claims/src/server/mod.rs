//! Server for services on actix-web: the listener, the peer address, and limits for slow and
//! hostile clients.
//!
//! `LISTEN` is an address and a port, or a socket in the file system for a proxy on the same
//! machine: whoever may open that file may connect, and nobody else, whatever the network looks
//! like.
//!
//! [`BoundedServer`] takes the place of [`actix_web::HttpServer`], which lets whoever reaches the port hold a connection for ever and make a
//! worker spin: see [`Limits`] for what ends here, and when.

mod bounded;
mod connection;
mod connection_registry;
mod cookie_filter;
mod exchange;
mod folder_lock;
mod limits;
mod listen;
mod open_files;
mod peer;
mod socket_file;
mod stall_timeout;
mod stream;

pub use bounded::BoundedServer;
pub use limits::Limits;
pub use listen::{Listen, ListenError, Listener};
pub use peer::Peer;
pub use socket_file::SocketFile;

//! HTTP server for services on actix-web: the listener, the peer's address, and limits for slow and
//! hostile clients.
//!
//! `LISTEN` is an address and a port, or a Unix domain socket for a proxy on the same machine. The
//! socket's file mode decides who can connect, whatever the network looks like.
//!
//! [`BoundedServer`] replaces [`actix_web::HttpServer`], with which a client can hold a connection
//! for ever and keep a worker busy. [`Limits`] says what is limited, and how.

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

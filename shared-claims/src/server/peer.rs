//! Peer: the other end of a connection.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A network address.
    Address(IpAddr),
    /// A process on this machine that may open the socket file: the proxy. It has no address.
    UnixSocket,
}

impl Peer {
    /// The peer that sent a request.
    ///
    /// A [`BoundedServer`](super::BoundedServer) knows it. With another server it is the peer's
    /// address. `None` means a peer that must not be trusted.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let noted = request.conn_data::<Self>().copied();
        noted.or_else(|| request.peer_addr().map(|address| Self::Address(address.ip())))
    }
}

//! Peer address: who is at the other end of a connection.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Somebody with an address.
    Address(IpAddr),
    /// Somebody on this machine who may open the socket's file: the proxy. They have no address.
    UnixSocket,
}

impl Peer {
    /// Who sent a request.
    ///
    /// A [`BoundedServer`](super::BoundedServer) knows; elsewhere it is whoever has an address, and
    /// `None` is nobody to believe.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let noted = request.conn_data::<Self>().copied();
        noted.or_else(|| request.peer_addr().map(|address| Self::Address(address.ip())))
    }
}

//! Who is at the other end of a connection.

use std::any::Any;
use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use tokio::net::{TcpStream, UnixStream};

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Somebody with an address.
    Address(IpAddr),
    /// Somebody on this machine who may open the socket's file: the proxy. They have no address.
    UnixSocket,
}

impl Peer {
    /// Notes who it is when a connection begins: for [`HttpServer::on_connect`](actix_web::HttpServer::on_connect).
    pub fn note(io: &dyn Any, connection: &mut Extensions) {
        if io.is::<UnixStream>() {
            connection.insert(Self::UnixSocket);
        } else if let Some(address) = io.downcast_ref::<TcpStream>().and_then(|io| io.peer_addr().ok()) {
            connection.insert(Self::Address(address.ip()));
        }
    }

    /// Who sent a request.
    ///
    /// `None` is nobody to believe: a TCP connection that was reset has no address either, though its request can still be read.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let noted = request.conn_data::<Self>().copied();
        noted.or_else(|| request.peer_addr().map(|address| Self::Address(address.ip())))
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn connected() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (client, listener.accept().await.unwrap().0)
    }

    fn noted(io: &dyn Any) -> Option<Peer> {
        let mut connection = Extensions::new();
        Peer::note(io, &mut connection);
        connection.get::<Peer>().copied()
    }

    #[tokio::test]
    async fn who_comes_by_tcp_has_an_address_and_who_comes_by_a_file_has_none() {
        let (_client, server) = connected().await;
        assert_eq!(noted(&server), Some(Peer::Address([127, 0, 0, 1].into())));
        let (one, _other) = UnixStream::pair().unwrap();
        assert_eq!(noted(&one), Some(Peer::UnixSocket));
    }

    /// T5: a connection that was reset has no address any more. What it sent can be read all the same, and must not pass for the proxy's.
    #[tokio::test]
    async fn a_connection_that_was_reset_is_nobodys_and_not_the_proxys() {
        let (client, server) = connected().await;
        client.try_write(b"GET / HTTP/1.1\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n").unwrap();
        server.readable().await.unwrap();
        client.set_zero_linger().unwrap();
        drop(client);
        while server.peer_addr().is_ok() {
            tokio::task::yield_now().await;
        }
        assert_eq!(noted(&server), None);
        let mut start = [0; 3];
        assert!(
            server.try_read(&mut start).is_ok_and(|_| &start == b"GET"),
            "it could not be read: then all is well anyway"
        );
    }
}

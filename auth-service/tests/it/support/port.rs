//! A port for a process that the test starts, when the process cannot say which one it was given.

use std::net::SocketAddr;

use tokio::net::TcpSocket;

/// A port on 127.0.0.1 that belongs to this test until drop.
///
/// A socket is bound to it and does not listen. So the system gives the port to nobody who asks for
/// any free one, and a process that asks for this one may listen there: both allow the address to be
/// used again (`SO_REUSEADDR`). Before that, and after it, connections are refused.
pub struct ReservedPort {
    pub address: SocketAddr,
    _bound: TcpSocket,
}

impl ReservedPort {
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self { address: socket.local_addr().unwrap(), _bound: socket }
    }
}

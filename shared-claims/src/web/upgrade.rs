//! Protocol upgrades: WebSockets (RFC 6455; over HTTP/2 and HTTP/3, RFC 8441 and RFC 9220).

use super::request::RequestInfo;

impl RequestInfo<'_> {
    /// Whether this opens a connection that reads and writes, such as a WebSocket. It comes as
    /// `GET`, and no browser keeps the pages of other sites from opening one, nor from reading what
    /// it says: only the check of its origin does.
    ///
    /// `Upgrade: h2c` is none: it is HTTP still, and programs send it with any request. A proxy
    /// that asks before it passes one on may have taken `Upgrade` away; then the other headers of
    /// the handshake tell.
    pub fn is_upgrade(&self) -> bool {
        let names_a_protocol = |value: &[u8]| {
            let names = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
            names.into_iter().any(|name| !name.is_empty() && !name.eq_ignore_ascii_case(b"h2c"))
        };
        self.method() == "CONNECT"
            || self.all("upgrade").into_iter().any(names_a_protocol)
            || self.has("sec-websocket-key")
            || self.has("sec-websocket-version")
    }
}

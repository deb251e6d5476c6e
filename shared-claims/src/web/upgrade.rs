//! Protocol upgrades: WebSockets (RFC 6455; over HTTP/2 and HTTP/3, RFC 8441 and RFC 9220).

use super::request::RequestInfo;

impl RequestInfo<'_> {
    /// Whether this opens a two-way connection, such as a WebSocket. It arrives as `GET`, and no
    /// browser keeps other sites' pages from opening one or from reading it: only the origin check
    /// does.
    ///
    /// `Upgrade: h2c` does not count: that is still HTTP, and programs send it with any request. A
    /// proxy may have removed `Upgrade` before asking; then the other headers of the handshake
    /// tell.
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

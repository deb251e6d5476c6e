//! The proxies whose forwarded client addresses we trust.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use shared_claims::server::Peer;

use super::ConfigError;

/// The addresses and networks from which `X-Forwarded-For` is trusted. Empty by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Parses `10.0.0.7, 172.16.0.0/12, fd00::/8`.
    pub fn parse(text: Option<&str>) -> Result<Self, ConfigError> {
        let entries = text.unwrap_or("").split([',', ' ']).filter(|entry| !entry.is_empty());
        let networks: Option<_> = entries.map(network).collect();
        networks.map(Self).ok_or_else(|| {
            ConfigError::new(
                "TRUSTED_PROXIES",
                "must list addresses or networks such as 10.0.0.7 or 172.16.0.0/12",
            )
        })
    }

    /// Whether `address` is a trusted proxy.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether `peer` is a trusted proxy, or connects to our Unix socket, which only the proxy can
    /// open.
    pub fn trust(&self, peer: Peer) -> bool {
        match peer {
            Peer::Address(address) => self.contain(address),
            Peer::UnixSocket => true,
        }
    }

    /// The client's address. It is `peer`, unless that is a trusted proxy. Then it is the last
    /// forwarded address that is not a trusted proxy, read from the right, because clients control
    /// the left end (ASVS 15.3.4). A proxy at our Unix socket has no address, so without a
    /// forwarded address the client has none either.
    pub fn client<'a>(
        &self,
        peer: Peer,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
    ) -> Option<IpAddr> {
        let mut client = match peer {
            Peer::Address(address) => Some(address.to_canonical()),
            Peer::UnixSocket => None,
        };
        let hops = forwarded.flat_map(|header| header.split(',')).collect::<Vec<_>>();
        for hop in hops.into_iter().rev() {
            if client.is_some_and(|client| !self.contain(client)) {
                break;
            }
            match address(hop.trim()) {
                Some(address) => client = Some(address.to_canonical()),
                // An unreadable entry was not written by a trusted proxy.
                None => break,
            }
        }
        client
    }
}

/// Parses `10.0.0.7`, `fd00::/8`, `[::1]`. An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) becomes
/// the IPv4 address, as client addresses do.
fn network(text: &str) -> Option<IpNet> {
    /// `::ffff:0:0/96`
    const MAPPED_BITS: u8 = 96;
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let network = bare.parse::<IpNet>().or_else(|_| bare.parse::<IpAddr>().map(IpNet::from)).ok()?;
    match (network, network.addr().to_canonical()) {
        (IpNet::V6(_), IpAddr::V4(mapped)) => {
            let bits = network.prefix_len().checked_sub(MAPPED_BITS)?;
            IpNet::new(mapped.into(), bits).ok()
        }
        _ => Some(network),
    }
}

/// Parses an address in a proxy's form: bare or with a port, and with brackets around IPv6.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let with_port = || text.parse::<SocketAddr>().map(|address| address.ip());
    bare.unwrap_or(text).parse().or_else(|_| with_port()).ok()
}

impl std::fmt::Display for TrustedProxies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.as_slice() {
            [] => f.write_str("(none)"),
            networks => f.write_str(&networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hostile::tried;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn lists_of_addresses_and_networks_are_taken_and_nothing_else() {
        for text in ["10.0.0.7", "10.0.0.7, 172.16.0.0/12", "fd00::/8 ::1", ""] {
            assert!(TrustedProxies::parse(Some(text)).is_ok(), "{text}");
        }
        for text in ["proxy", "10.0.0.0/33", "10.0.0.7:80", "*", "10.0.0"] {
            assert!(TrustedProxies::parse(Some(text)).is_err(), "{text}");
        }
    }

    /// T5
    #[test]
    fn only_a_trusted_proxy_says_where_a_request_came_from() {
        let proxies = TrustedProxies::parse(Some("10.0.0.0/8,::1")).unwrap();
        for (peer, forwarded, client) in [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
            ("::ffff:10.0.0.1", "2001:db8::7", "2001:db8::7"),
            ("::1", "10.0.0.3", "10.0.0.3"),
        ] {
            let peer = Peer::Address(ip(peer));
            assert_eq!(
                proxies.client(peer, [forwarded].into_iter()),
                Some(ip(client)),
                "{peer:?} {forwarded}"
            );
        }
        let proxy = Peer::Address(ip("10.0.0.1"));
        let several = proxies.client(proxy, ["1.1.1.1", "198.51.100.1, 10.9.9.9"].into_iter());
        assert_eq!(several, Some(ip("198.51.100.1")));
        assert_eq!(TrustedProxies::default().client(proxy, ["1.1.1.1"].into_iter()), Some(ip("10.0.0.1")));
    }

    /// T5: some load balancers append the client's port.
    #[test]
    fn a_port_and_brackets_hide_nobody() {
        let proxies = TrustedProxies::parse(Some("10.0.0.0/8,[::1]")).unwrap();
        for (peer, forwarded, client) in [
            ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
            ("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
            ("10.0.0.1", "[2001:db8::7]", "2001:db8::7"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.1:4711, 10.0.0.2:80", "198.51.100.1"),
            ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "[::ffff:198.51.100.1]:4711", "198.51.100.1"),
            ("::1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, 10.0.0.2:port", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1, [10.0.0.2", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
        ] {
            let seen = proxies.client(Peer::Address(ip(peer)), [forwarded].into_iter());
            assert_eq!(seen, Some(ip(client)), "{peer} {forwarded}");
        }
    }

    /// T5: dual-stack sockets show IPv4 addresses in this form, and operators copy it from a log.
    #[test]
    fn an_ipv4_address_within_ipv6_is_the_ipv4_address() {
        for (text, inside, outside) in [
            ("::ffff:10.0.0.7", "10.0.0.7", "10.0.0.8"),
            ("::ffff:10.0.0.0/104", "10.9.9.9", "11.0.0.1"),
            ("::ffff:a00:7/128", "10.0.0.7", "10.0.0.8"),
            ("[::ffff:10.0.0.7]", "::ffff:10.0.0.7", "::ffff:10.0.0.8"),
        ] {
            let proxies = TrustedProxies::parse(Some(text)).unwrap();
            assert!(proxies.contain(ip(inside)) && !proxies.contain(ip(outside)), "{text}");
        }
        assert!(TrustedProxies::parse(Some("::ffff:10.0.0.7/64")).is_err(), "neither one nor the other");
    }

    /// T5: only the proxy can open the Unix socket, and the left end of its header still belongs to
    /// the client.
    #[test]
    fn the_proxy_at_a_socket_is_believed_without_being_listed() {
        let listed = TrustedProxies::parse(Some("10.0.0.0/8")).unwrap();
        for (proxies, forwarded, client) in [
            (&TrustedProxies::default(), "198.51.100.1", Some("198.51.100.1")),
            (&TrustedProxies::default(), "1.1.1.1, 198.51.100.1", Some("198.51.100.1")),
            (&TrustedProxies::default(), "1.1.1.1, 10.0.0.2", Some("10.0.0.2")),
            (&listed, "1.1.1.1, 198.51.100.1, 10.0.0.2", Some("198.51.100.1")),
            (&listed, "", None),
            (&listed, "198.51.100.1, nonsense", None),
        ] {
            let seen = proxies.client(Peer::UnixSocket, [forwarded].into_iter());
            assert_eq!(seen, client.map(ip), "{forwarded}");
            assert!(proxies.trust(Peer::UnixSocket));
        }
    }

    /// T5: arbitrary text in `X-Forwarded-For`.
    #[test]
    fn what_a_client_writes_on_the_left_never_changes_who_it_is() {
        let proxies = TrustedProxies::parse(Some("10.0.0.0/8")).unwrap();
        let pieces =
            ["10.0.0.2", "198.51.100.1", "[2001:db8::7]", "::ffff:10.0.0.3", ":80", ",", " ", "unknown", ""];
        tried(&pieces, |input| {
            let Ok(text) = std::str::from_utf8(input) else { return };
            let stranger = Peer::Address(ip("203.0.113.9"));
            assert_eq!(proxies.client(stranger, [text].into_iter()), Some(ip("203.0.113.9")));
            let proxy = Peer::Address(ip("10.0.0.1"));
            let found = proxies.client(proxy, [text].into_iter()).unwrap();
            if !proxies.contain(found) {
                let longer = format!("1.1.1.1,{text}");
                assert_eq!(proxies.client(proxy, [longer.as_str()].into_iter()), Some(found), "{text:?}");
            }
        });
    }
}

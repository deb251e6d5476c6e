//! Networks: client addresses as coarsely as they are handed out, because somebody with one address
//! of a network has its neighbours too.

use std::net::{IpAddr, Ipv6Addr};

use crate::audit::RequestContext;

/// The network of a client: a /24 of IPv4, a /64 of IPv6. Clients without an address, as behind a
/// socket file, share one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network(Option<Prefix>);

/// Several networks that one customer may hold: a /48 of IPv6 has 65,536 of them. Of IPv4, the
/// network itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Site(Option<Prefix>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Prefix {
    V4([u8; 3]),
    V6(u64),
}

impl Network {
    /// The network of an address. An IPv4 address that is written as an IPv6 one counts as what it
    /// is.
    pub fn of(address: Option<IpAddr>) -> Self {
        Self(address.map(|address| match address.to_canonical() {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                Prefix::V4([a, b, c])
            }
            IpAddr::V6(address) => Prefix::V6(upper_half(address)),
        }))
    }

    /// The site that the network may belong to.
    pub fn site(self) -> Site {
        Site(self.0.map(|prefix| match prefix {
            Prefix::V6(network) => Prefix::V6(network & !0xffff),
            v4 @ Prefix::V4(_) => v4,
        }))
    }
}

impl From<&RequestContext> for Network {
    fn from(context: &RequestContext) -> Self {
        Self::of(context.address)
    }
}

fn upper_half(address: Ipv6Addr) -> u64 {
    (address.to_bits() >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::of(Some(text.parse().unwrap()))
    }

    /// W1
    #[test]
    fn neighbours_are_one_network_and_others_are_not() {
        for (one, other) in [
            ("203.0.113.1", "203.0.113.254"),
            ("::ffff:203.0.113.1", "203.0.113.9"),
            ("2001:db8:0:7::1", "2001:db8:0:7:ffff::2"),
        ] {
            assert_eq!(network(one), network(other), "{one} {other}");
        }
        for (one, other) in [
            ("203.0.113.1", "203.0.112.1"),
            ("2001:db8:0:7::1", "2001:db8:0:8::1"),
            ("::1", "127.0.0.1"),
            // Not the mapped form, whatever it looks like.
            ("::203.0.113.1", "203.0.113.1"),
        ] {
            assert_ne!(network(one), network(other), "{one} {other}");
        }
        assert_ne!(network("203.0.113.1"), Network::of(None));
        assert_eq!(Network::of(None), Network::of(None));
    }

    #[test]
    fn networks_of_one_customer_are_one_site() {
        assert_eq!(network("2001:db8:0:7::1").site(), network("2001:db8:0:8::1").site());
        assert_ne!(network("2001:db8:1:7::1").site(), network("2001:db8:2:7::1").site());
        assert_ne!(network("203.0.113.1").site(), network("203.0.112.1").site());
    }
}

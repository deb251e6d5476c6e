//! Resolution of `localhost` names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::host::is_localhost;

/// Answers `localhost` names with both loopback addresses, as browsers do (RFC 6761, section 6.3):
/// the system's resolver often does not know them.
#[derive(Debug, Default)]
pub(super) struct LoopbackNames(DefaultResolver);

impl Resolver for LoopbackNames {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if !uri.host().is_some_and(is_localhost) {
            return self.0.resolve(uri, config, timeout);
        }
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        let mut found = self.empty();
        found.push(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
        found.push(SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port));
        Ok(found)
    }
}

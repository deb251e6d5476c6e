//! HTTP client for URLs from the settings. It trusts neither the server nor the network.

mod loopback_names;
mod system_trust;

use ureq::Agent;
use ureq::config::{Config, ConfigBuilder};
use ureq::typestate::AgentScope;
use ureq::unversioned::transport::DefaultConnector;

use loopback_names::LoopbackNames;
pub use system_trust::{SystemTrust, system_trust};

/// The configuration of every request: no redirects, no proxy, no idle connections, and error
/// statuses returned as responses.
pub fn config() -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        // HTTP_PROXY and similar variables would send the request to another host.
        .proxy(None)
        .max_idle_connections(0)
}

/// Creates an agent, which also resolves `localhost` names.
pub fn agent(config: Config) -> Agent {
    Agent::with_parts(config, DefaultConnector::default(), LoopbackNames::default())
}

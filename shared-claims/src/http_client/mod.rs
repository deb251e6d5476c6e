//! HTTP requests to addresses that settings name, as distrustful as a GET can be.

mod loopback_names;
mod system_trust;

use ureq::Agent;
use ureq::config::{Config, ConfigBuilder};
use ureq::typestate::AgentScope;
use ureq::unversioned::transport::DefaultConnector;

use loopback_names::LoopbackNames;
pub use system_trust::{SystemTrust, system_trust};

/// What every request has: an answer is taken as it comes, from whom it was asked, and nothing is
/// kept open.
pub fn config() -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        // HTTP_PROXY and its kin would send the question to somebody else.
        .proxy(None)
        .max_idle_connections(0)
}

/// Sends requests, also to `localhost` names.
pub fn agent(config: Config) -> Agent {
    Agent::with_parts(config, DefaultConnector::default(), LoopbackNames::default())
}

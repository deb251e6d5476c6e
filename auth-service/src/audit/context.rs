//! The context of a request: who asked for something, and from where.

use std::net::IpAddr;

use crate::db::types::text_enum;

text_enum! {
    /// Whose doing an event was.
    pub enum Actor {
        /// Somebody with a browser or a program.
        Person = "person",
        /// Whoever runs the commands on the host.
        Operator = "operator",
        /// The service itself, in the course of time.
        Service = "service",
    }
}

/// Whose doing something is and where it came from, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestContext {
    pub actor: Actor,
    pub address: Option<IpAddr>,
    /// What the browser or program calls itself: its own word, cut to a bearable length.
    pub user_agent: Option<String>,
    /// Ties the event to the lines of its request.
    pub request_id: Option<uuid::Uuid>,
}

impl RequestContext {
    /// Of a user agent, in characters; browsers stay below 250.
    const USER_AGENT_CHARS: usize = 300;

    /// Somebody at the other end of a connection.
    pub fn person(address: Option<IpAddr>, user_agent: Option<&str>, request_id: Option<uuid::Uuid>) -> Self {
        let visible = |text: &str| {
            let kept = text.chars().filter(|c| !c.is_control()).take(Self::USER_AGENT_CHARS);
            kept.collect::<String>().trim().to_owned()
        };
        let user_agent = user_agent.map(visible).filter(|text| !text.is_empty());
        Self { actor: Actor::Person, address, user_agent, request_id }
    }

    /// Whoever runs a command on the host.
    pub fn operator() -> Self {
        Self { actor: Actor::Operator, address: None, user_agent: None, request_id: None }
    }

    /// The service itself.
    pub fn service() -> Self {
        Self { actor: Actor::Service, ..Self::operator() }
    }

    /// The address as it is kept.
    pub fn address_text(&self) -> Option<String> {
        self.address.map(|address| address.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// L3
    #[test]
    fn a_user_agent_is_cut_to_one_short_visible_line() {
        let agent = |text: &str| RequestContext::person(None, Some(text), None).user_agent;
        assert_eq!(agent("curl/8.5\u{1b}[31m\r\nx").as_deref(), Some("curl/8.5[31mx"));
        assert_eq!(agent(&"é".repeat(1000)).unwrap().chars().count(), 300);
        assert_eq!(agent(" \u{7} "), None);
    }
}

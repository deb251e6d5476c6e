//! The context of a request: the actor, the client, and the time.

use std::net::IpAddr;

use diesel::QueryResult;

use crate::clock::Clock;
use crate::db::AnyConnection;
use crate::db::types::{Timestamp, text_enum};

text_enum! {
    /// The actor of an event.
    pub enum Actor {
        /// A client over the network.
        Person = "person",
        /// The operator, who runs the commands on the host.
        Operator = "operator",
        /// The service itself, in background work.
        Service = "service",
    }
}

/// The actor of a request, the client as far as known, and the time by which it is decided.
///
/// The time is an estimate until [`RequestContext::read_time`] queries the database, as every
/// transaction does before it decides or writes. Code that has waited, for the file, a lock or the
/// hash pool, queries it again, because the facts may have changed.
#[derive(Debug, Clone)]
pub struct RequestContext {
    pub actor: Actor,
    pub address: Option<IpAddr>,
    /// The user agent, which the client controls, shortened.
    pub user_agent: Option<String>,
    /// Connects the event with the request's log lines.
    pub request_id: Option<uuid::Uuid>,
    now: Timestamp,
    clock: Clock,
}

impl RequestContext {
    /// The limit for a user agent in characters; those of browsers are below 250.
    const USER_AGENT_CHARS: usize = 300;

    /// A client over the network.
    pub fn person(
        address: Option<IpAddr>,
        user_agent: Option<&str>,
        request_id: Option<uuid::Uuid>,
        clock: &Clock,
    ) -> Self {
        let visible = |text: &str| {
            let kept = text.chars().filter(|c| !c.is_control()).take(Self::USER_AGENT_CHARS);
            kept.collect::<String>().trim().to_owned()
        };
        let user_agent = user_agent.map(visible).filter(|text| !text.is_empty());
        Self { address, user_agent, request_id, ..Self::of(Actor::Person, clock) }
    }

    /// The operator, who runs a command on the host.
    pub fn operator(clock: &Clock) -> Self {
        Self::of(Actor::Operator, clock)
    }

    /// The service itself.
    pub fn service(clock: &Clock) -> Self {
        Self::of(Actor::Service, clock)
    }

    fn of(actor: Actor, clock: &Clock) -> Self {
        let (now, clock) = (clock.estimate(), clock.clone());
        Self { actor, address: None, user_agent: None, request_id: None, now, clock }
    }

    /// The time for decisions and stored dates.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The same context with the database's current time.
    pub fn read_time(&self, conn: &mut AnyConnection) -> QueryResult<Self> {
        Ok(self.at(self.clock.read(conn)?))
    }

    /// The same context with a time that a statement returned.
    pub fn with_database_time(&self, database: Timestamp) -> Self {
        self.at(self.clock.reading(Some(database)))
    }

    /// The same context at another time.
    pub fn at(&self, now: Timestamp) -> Self {
        Self { now, ..self.clone() }
    }

    /// The address in its stored form.
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
        let clock = Clock::system();
        let agent = |text: &str| RequestContext::person(None, Some(text), None, &clock).user_agent;
        assert_eq!(agent("curl/8.5\u{1b}[31m\r\nx").as_deref(), Some("curl/8.5[31mx"));
        assert_eq!(agent(&"é".repeat(1000)).unwrap().chars().count(), 300);
        assert_eq!(agent(" \u{7} "), None);
    }
}

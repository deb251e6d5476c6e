//! The context of a request: who asks for something, from where, and when.

use std::net::IpAddr;

use diesel::QueryResult;

use crate::clock::Clock;
use crate::db::AnyConnection;
use crate::db::types::{Timestamp, text_enum};

text_enum! {
    /// The actor of an event.
    pub enum Actor {
        /// Somebody with a browser or a program.
        Person = "person",
        /// The operator, who runs the commands on the host.
        Operator = "operator",
        /// The service itself, in the course of time.
        Service = "service",
    }
}

/// Who asks for something, from where as far as that is known, and at which moment it is judged.
///
/// The moment is an estimate until [`RequestContext::read_time`] asks the database, which every
/// transaction does before it decides or writes anything. Code that has waited, for the file, for a
/// lock or for the hash pool, asks again: what was true before may have been taken away in between.
#[derive(Debug, Clone)]
pub struct RequestContext {
    pub actor: Actor,
    pub address: Option<IpAddr>,
    /// The user agent: the client's own word, cut to a bearable length.
    pub user_agent: Option<String>,
    /// Ties the event to the lines of its request.
    pub request_id: Option<uuid::Uuid>,
    now: Timestamp,
    clock: Clock,
}

impl RequestContext {
    /// Of a user agent, in characters; browsers stay below 250.
    const USER_AGENT_CHARS: usize = 300;

    /// Somebody at the other end of a connection.
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

    /// The moment to decide by, and to date by what is written.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The same request at the moment that the database's clock shows.
    pub fn read_time(&self, conn: &mut AnyConnection) -> QueryResult<Self> {
        Ok(self.at(self.clock.read(conn)?))
    }

    /// The same, where a statement brought the database's time along.
    pub fn with_database_time(&self, database: Timestamp) -> Self {
        self.at(self.clock.reading(Some(database)))
    }

    /// The same request at another moment.
    pub fn at(&self, now: Timestamp) -> Self {
        Self { now, ..self.clone() }
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
        let clock = Clock::system();
        let agent = |text: &str| RequestContext::person(None, Some(text), None, &clock).user_agent;
        assert_eq!(agent("curl/8.5\u{1b}[31m\r\nx").as_deref(), Some("curl/8.5[31mx"));
        assert_eq!(agent(&"é".repeat(1000)).unwrap().chars().count(), 300);
        assert_eq!(agent(" \u{7} "), None);
    }
}

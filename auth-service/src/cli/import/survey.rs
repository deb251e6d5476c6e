//! Who stands in a source more than once, and which of their rows counts.
//!
//! Django lets several accounts have one address. Nothing tells whose it is; so one row counts, by a rule that gives the
//! same row every time, and the others are told.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use uuid::Uuid;

use super::Conflict;
use super::person::Person;
use super::report::{Line, Outcome};
use crate::accounts::Email;
use crate::db::types::Timestamp;

pub(super) struct Survey {
    policy: Conflict,
    people: u64,
    hasher: RandomState,
    /// By a hash of the address, so that a million people fit in little memory: the row that counts, and when its owner
    /// was last seen.
    addresses: HashMap<u64, (u64, Timestamp)>,
    /// The row that a UUID stands in first.
    uuids: HashMap<Uuid, u64>,
}

impl Survey {
    pub fn new(policy: Conflict) -> Self {
        let (addresses, uuids) = Default::default();
        Self { policy, people: 0, hasher: RandomState::new(), addresses, uuids }
    }

    pub fn people(&self) -> u64 {
        self.people
    }

    pub fn see(&mut self, person: &Result<Person, Box<Line>>) {
        self.people += 1;
        let Ok(person) = person else { return };
        let (row, seen) = (person.place.row, person.last_seen());
        let key = self.key(&person.user.email);
        let best = self.addresses.entry(key).or_insert((row, seen));
        if self.policy == Conflict::Newest && seen > best.1 {
            *best = (row, seen);
        }
        if person.has_own_uuid {
            self.uuids.entry(person.user.id.uuid()).or_insert(row);
        }
    }

    /// Lets the row that counts through.
    pub fn judge(&self, person: Result<Person, Box<Line>>) -> Result<Person, Box<Line>> {
        let person = person?;
        let row = person.place.row;
        let refused = |why: String| {
            let mut line = Box::new(person.line());
            line.outcome = Outcome::Refused;
            line.notes.push(why.into());
            line
        };
        match self.addresses.get(&self.key(&person.user.email)) {
            Some((best, _)) if *best != row => {
                return Err(refused(format!("row {best} has the same address, and counts")));
            }
            _ => {}
        }
        match self.uuids.get(&person.user.id.uuid()) {
            Some(first) if *first != row && person.has_own_uuid => {
                Err(refused(format!("row {first} has the same UUID, and counts")))
            }
            _ => Ok(person),
        }
    }

    fn key(&self, email: &Email) -> u64 {
        self.hasher.hash_one(email.as_str())
    }
}

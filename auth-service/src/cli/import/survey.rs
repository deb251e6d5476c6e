//! The first pass over a source: finds duplicate users, and decides which row counts.
//!
//! Django allows several accounts with one address, and the owner of the address is unknown. So a
//! deterministic rule chooses one row, and the others are reported.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use uuid::Uuid;

use super::person::Person;
use super::policy::{Conflict, ImportPolicy};
use super::record::Record;
use super::report::{Line, Outcome};
use crate::db::types::Timestamp;
use crate::users::Email;

pub(super) struct Survey {
    policy: Conflict,
    people: u64,
    /// The number of passwords that need memory to be checked, and the highest need, in bytes.
    heavy: (u64, u64),
    hasher: RandomState,
    /// The row that counts and its owner's last activity, by a hash of the address. The hash keeps
    /// a million users small in memory.
    addresses: HashMap<u64, (u64, Option<Timestamp>)>,
    /// The first row with each UUID.
    uuids: HashMap<Uuid, u64>,
    /// Whether any user has a UUID in the column that the operator named.
    column_holds_uuids: bool,
}

impl Survey {
    pub fn new(policy: Conflict) -> Self {
        let (addresses, uuids) = Default::default();
        Self {
            policy,
            people: 0,
            heavy: (0, 0),
            hasher: RandomState::new(),
            addresses,
            uuids,
            column_holds_uuids: false,
        }
    }

    /// Whether any user has a UUID in that column.
    pub fn has_uuids_in_column(&self) -> bool {
        self.column_holds_uuids
    }

    pub fn see_columns(&mut self, record: &Record, policy: &ImportPolicy) {
        let Some(column) = &policy.uuid_column else { return };
        self.column_holds_uuids |= record.uuid_in(column).is_some();
    }

    pub fn people(&self) -> u64 {
        self.people
    }

    /// A warning if these passwords need more memory than `budget` bytes with `threads` checks at a
    /// time.
    pub fn warning(&self, budget: u64, threads: u64) -> Option<String> {
        let (count, most) = self.heavy;
        let in_mib = |bytes: u64| bytes.div_ceil(1024 * 1024);
        let (needed, there) = (in_mib(most), in_mib(budget));
        let passwords = format!(
            "{count} of the passwords need memory to be checked, up to {needed} MiB, until their owners have logged in once"
        );
        if most > budget {
            return Some(format!(
                "{passwords}. Under the limit that holds here, a service has {there} MiB for that: owners of larger ones \
                 could not log in. Give the service more memory (MemoryMax=, mem_limit)."
            ));
        }
        (most.saturating_mul(threads) > budget).then(|| {
            format!(
                "{passwords}. Under the limit that holds here, a service has {there} MiB for that at a time, so such logins \
                 wait for each other. More memory (MemoryMax=, mem_limit) makes them quicker."
            )
        })
    }

    pub fn see(&mut self, person: &Result<Person, Box<Line>>) {
        self.people += 1;
        let Ok(person) = person else { return };
        let memory = person.user.password_hash.memory();
        if memory > 0 {
            self.heavy = (self.heavy.0 + 1, self.heavy.1.max(memory));
        }
        let (row, seen) = (person.place.row, person.last_seen);
        let key = self.key(&person.user.email);
        let best = self.addresses.entry(key).or_insert((row, seen));
        if self.policy == Conflict::Newest && seen > best.1 {
            *best = (row, seen);
        }
        if person.has_own_uuid {
            self.uuids.entry(person.user.id.uuid()).or_insert(row);
        }
    }

    /// Accepts the row that counts, and refuses its duplicates.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// W5
    #[test]
    fn passwords_that_need_more_memory_than_there_is_are_told_of() {
        const MIB: u64 = 1024 * 1024;
        let with = |heavy| Survey { heavy, ..Survey::new(Conflict::Keep) };
        assert_eq!(with((0, 0)).warning(384 * MIB, 64), None);
        assert_eq!(with((7, 100 * MIB)).warning(384 * MIB, 3), None);
        let slow = with((7, 100 * MIB)).warning(384 * MIB, 4).unwrap();
        assert!(slow.starts_with("7 of the passwords need memory to be checked, up to 100 MiB"), "{slow}");
        assert!(slow.contains("384 MiB") && slow.contains("wait for each other"), "{slow}");
        let impossible = with((7, 256 * MIB)).warning(128 * MIB, 1).unwrap();
        assert!(impossible.contains("128 MiB") && impossible.contains("could not log in"), "{impossible}");
    }
}

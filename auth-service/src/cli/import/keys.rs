//! Chooses the column with the UUIDs by which services know users. UUIDs derived from addresses
//! instead are permanent, so the operator is asked first.

use std::collections::BTreeMap;

use super::person::Person;
use super::record::Record;
use super::report::Shown;
use super::source::Kind;

/// The accepted names of a key column besides `id`. A UUID under another name may be a secret, such
/// as a token or an activation key.
const NAMES_OF_KEYS: [&str; 6] = ["uuid", "guid", "uid", "user_uuid", "user_guid", "user_id"];

/// The UUID columns of a source besides usernames and primary keys.
#[derive(Default)]
pub(super) struct Keys {
    /// The number of users whose UUID would be derived from the address.
    without: u64,
    /// The number of these without a primary key in the source.
    without_any: u64,
    /// The number of these with a UUID in each other column.
    columns: BTreeMap<String, u64>,
}

/// The choice.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Continue without a message.
    Plain,
    /// Use this column.
    Take(String),
    /// Warn the operator.
    Beware(String),
    /// The operator must decide.
    Ask(String),
}

impl Keys {
    /// Counts a user's record before it is converted.
    pub fn see(&mut self, record: &Record) {
        if Person::has_uuid(record) {
            return;
        }
        self.without += 1;
        self.without_any += u64::from(!record.has_key);
        for (name, _) in &record.uuids {
            match self.columns.get_mut(name) {
                Some(count) => *count += 1,
                None => drop(self.columns.insert(name.clone(), 1)),
            }
        }
    }

    pub fn choose(&self, kind: Kind) -> Choice {
        let people = self.without;
        let named: Vec<&String> = self.columns.keys().collect();
        let names = named.iter().map(|name| Shown(name).to_string()).collect::<Vec<_>>().join(", ");
        let keys = named.iter().filter(|name| NAMES_OF_KEYS.iter().any(|key| name.eq_ignore_ascii_case(key)));
        match keys.collect::<Vec<_>>().as_slice() {
            _ if people == 0 => Choice::Plain,
            [key] if self.without_any > 0 => Choice::Take((**key).clone()),
            _ if !named.is_empty() && self.without_any > 0 => Choice::Ask(format!(
                "{people} of the people have no primary key in it, and UUIDs in {names}: say --uuid-column and the column by \
                 which services know them, or --ignore-uuids to have UUIDs made from their addresses, for good"
            )),
            _ if kind == Kind::Dump && self.without_any > 0 => Choice::Ask(format!(
                "{people} of the people have no primary key in it, as `dumpdata --natural-primary` leaves it out: if it is a UUID \
                 by which services know them, write the file without that option; if not, say --ignore-uuids to have UUIDs made \
                 from their addresses, for good"
            )),
            _ if !named.is_empty() => Choice::Beware(format!(
                "{people} of the people get UUIDs that are made from their addresses, for good, and have others in {names}: \
                 --uuid-column takes those of a column instead"
            )),
            _ if self.without_any > 0 => Choice::Beware(format!(
                "the source has no column id: {people} of the people get UUIDs that are made from their addresses, for good"
            )),
            _ => Choice::Plain,
        }
    }
}

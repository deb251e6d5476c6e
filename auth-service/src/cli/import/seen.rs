//! The columns and models of a source that are not imported, so that the operator hears of them at
//! once.

use std::collections::{BTreeMap, BTreeSet};

use super::record::Column;
use super::report::Shown;

/// The maximum number of reported names.
const MAX_NAMES: usize = 20;

/// The objects of a model that was not requested.
#[derive(Default)]
struct Passed {
    count: u64,
    /// They have an address and a password, so they may be users.
    look_like_people: bool,
}

#[derive(Default)]
pub(super) struct Seen {
    columns: BTreeSet<String>,
    models: BTreeMap<String, Passed>,
}

impl Seen {
    /// Records a user column that is not imported.
    pub fn column(&mut self, name: &str) {
        let is_known = Column::parse(name).is_some() || Column::is_left_behind_by_design(name);
        if !is_known && self.columns.len() < MAX_NAMES && !self.columns.contains(name) {
            self.columns.insert(name.to_owned());
        }
    }

    /// Records an object of another model.
    pub fn model(&mut self, name: &str, looks_like_a_person: bool) {
        if !self.models.contains_key(name) && self.models.len() >= MAX_NAMES {
            return;
        }
        let passed = self.models.entry(name.to_owned()).or_default();
        passed.count += 1;
        passed.look_like_people |= looks_like_a_person;
    }

    /// The columns that are not imported, except `taken`, which provides the UUIDs.
    pub fn left_behind(&self, taken: Option<&str>) -> Option<String> {
        let is_taken = |name: &str| taken.is_some_and(|taken| taken.eq_ignore_ascii_case(name));
        let left = self.columns.iter().filter(|name| !is_taken(name));
        let names: Vec<String> = left.map(|name| Shown(name).to_string()).collect();
        (!names.is_empty())
            .then(|| format!("Columns that mean nothing here, and stay there: {}.", names.join(", ")))
    }

    /// Other models that could be users.
    pub fn other_people(&self) -> Option<String> {
        let (name, passed) = self.models.iter().find(|(_, passed)| passed.look_like_people)?;
        let (count, name) = (passed.count, Shown(name));
        Some(format!(
            "{count} objects of {name} have an e-mail address and a password too, and are passed over; --model {name} takes \
             them instead"
        ))
    }

    /// Explains why no user was found for `model`.
    pub fn nobody(&self, model: &str) -> String {
        let wanted = match model {
            "" => "a model that ends in .user".to_owned(),
            model => format!("the model {}", Shown(model)),
        };
        if self.models.is_empty() {
            return format!("the source holds nobody: there is no object in it, of {wanted} or any other");
        }
        let what = |(name, passed): (&String, &Passed)| format!("{} ({})", Shown(name), passed.count);
        let there: Vec<String> = self.models.iter().map(what).collect();
        let advice = match self.models.iter().find(|(_, passed)| passed.look_like_people) {
            Some((name, _)) => {
                format!("those of {0} have an e-mail address and a password: try --model {0}", Shown(name))
            }
            None => "none of them has an e-mail address and a password".to_owned(),
        };
        format!(
            "the source holds nobody: it has no objects of {wanted}, but of {}; {advice}",
            there.join(", ")
        )
    }
}

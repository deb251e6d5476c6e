//! The session as the service stores it, and an independent record of the tokens that should be
//! valid.

use auth_service::db::types::Timestamp;
use auth_service::sessions::{Rotation, Verdict};

use super::rules::{Fault, Former, GRACE, OLD, Rules, TICK};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Login {
    /// The row: newest, anchor, parent, and the generation that its children come after.
    row: [i64; 4],
    /// How many ticks ago it was rotated.
    age: u8,
    pub is_over: bool,
    /// The independent record: the last token that was used to rotate the session,
    pub shown: i64,
    /// the tokens that were issued for it,
    pub issued: Tokens,
    /// and the tokens that were valid until it was used, during its grace period.
    good_before: Tokens,
}

/// A set of generations below 64.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Tokens(u64);

impl Tokens {
    pub fn contains(self, token: i64) -> bool {
        self.0 & (1 << token) != 0
    }

    #[must_use]
    fn with(self, token: i64) -> Self {
        Self(self.0 | (1 << token))
    }
}

/// A decision to rotate, based on the row as it was at the generation `seen`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decision {
    seen: i64,
    parent: i64,
    children_after: i64,
}

/// The time of every decision. Earlier times are given as ages in ticks.
fn now() -> Timestamp {
    Timestamp::from(chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap())
}

fn columns(rotation: &Rotation) -> [i64; 4] {
    [rotation.newest, rotation.anchor, rotation.parent, rotation.children_after]
}

impl Login {
    pub fn new() -> Self {
        let row = columns(&Rotation::plain(1, now()));
        let (issued, good_before) = (Tokens::default().with(1), Tokens::default());
        Self { row, age: 0, is_over: false, shown: 0, issued, good_before }
    }

    pub fn newest(&self) -> i64 {
        self.row[0]
    }

    pub fn row(&self) -> Rotation {
        let [newest, anchor, parent, children_after] = self.row;
        Rotation { newest, anchor, parent, children_after, rotated_at: now() - TICK * u32::from(self.age) }
    }

    pub fn is_within_the_grace(&self) -> bool {
        self.age < OLD
    }

    pub fn verdict(&self, rules: &Rules, with: i64) -> Verdict {
        (rules.judge)(&self.row(), with, GRACE, now())
    }

    /// The decision of an instance by the present row, to be written later. `None` if it does not
    /// rotate: then the instance reads the row again.
    pub fn read(&self, rules: &Rules, with: i64) -> Option<Decision> {
        match self.verdict(rules, with) {
            Verdict::Rotate(Rotation { parent, children_after, .. }) => {
                Some(Decision { seen: self.newest(), parent, children_after })
            }
            _ => None,
        }
    }

    /// A renewal. Returns the issued token, or `None` for a refusal.
    pub fn renew(&mut self, rules: &Rules, with: i64, read: Option<Decision>) -> Result<Option<i64>, Fault> {
        if self.is_over {
            return Ok(None);
        }
        let decided = read.filter(|read| read.seen == self.newest() || !rules.is_guarded).map(|read| {
            let Decision { seen, parent, children_after } = read;
            let (newest, anchor, rotated_at) = (seen + 1, with, now());
            Verdict::Rotate(Rotation { newest, anchor, parent, children_after, rotated_at })
        });
        let is_good = with == self.shown || self.issued.contains(with);
        match decided.unwrap_or_else(|| self.verdict(rules, with)) {
            Verdict::Rotate(to) if is_good => {
                self.move_on(with, &to);
                Ok(Some(to.newest))
            }
            Verdict::Again(token) if is_good || self.good_before.contains(with) => {
                if rules.pause_counts && with == self.newest() {
                    self.row[1] = with;
                }
                Ok(Some(token))
            }
            Verdict::Rotate(_) | Verdict::Again(_) => Err(Fault::BothAnswered),
            Verdict::Reuse => {
                self.is_over = true;
                Ok(None)
            }
            Verdict::Unknown => Ok(None),
        }
    }

    fn move_on(&mut self, with: i64, to: &Rotation) {
        (self.row, self.age) = (columns(to), 0);
        if with == self.shown {
            (self.issued, self.good_before) = (self.issued.with(to.newest), Tokens::default());
        } else {
            self.good_before = self.issued.with(self.shown);
            (self.shown, self.issued) = (with, Tokens::default().with(to.newest));
        }
    }

    /// The rules of the previous release: the last token is valid, and the one before within the
    /// grace period.
    pub fn renew_as_before(&mut self, with: i64, former: Former) -> Option<i64> {
        let (newest, is_pause) = (self.newest(), self.is_within_the_grace() && self.newest() > 1);
        if self.is_over {
            return None;
        }
        if with == newest && !is_pause {
            self.move_on(
                with,
                &match former {
                    Former::IsNoticed => Rotation::plain(newest + 1, now()),
                    Former::GoesUnnoticed => Rotation { newest: newest + 1, ..self.row() },
                },
            );
            return Some(newest + 1);
        }
        let is_answered = with == newest || (with == newest - 1 && is_pause);
        self.is_over = with < newest && !is_answered;
        is_answered.then_some(newest)
    }

    /// Lets a tick pass. Returns whether the grace period ended in which the browser may still use
    /// the tokens that it passed over.
    pub fn tick(&mut self) -> bool {
        let was_within = self.is_within_the_grace();
        self.age = (self.age + 1).min(OLD);
        was_within
            && !self.is_within_the_grace()
            && std::mem::take(&mut self.good_before) != Tokens::default()
    }

    /// Two holders renew in this order, each more than the grace period after the previous one.
    /// Returns whether all renewals succeed.
    fn answers_all(&self, rules: &Rules, mut holds: [i64; 2], order: &[usize]) -> bool {
        let mut login = *self;
        order.iter().all(|who| {
            login.age = OLD;
            match login.verdict(rules, holds[*who]) {
                Verdict::Rotate(to) => (login.row, holds[*who]) = (columns(&to), to.newest),
                Verdict::Again(token) => holds[*who] = token,
                Verdict::Reuse | Verdict::Unknown => return false,
            }
            true
        })
    }

    /// Safety, for two holders of these tokens. If both are successors of one token, the second to
    /// renew is refused. In every case one is refused before each has renewed twice.
    pub fn notices(&self, rules: &Rules, holds: [i64; 2]) -> Result<(), Fault> {
        let have_parted = holds[0] != holds[1] && holds.iter().all(|token| self.issued.contains(*token));
        let orders: &[&[usize]] = if have_parted {
            &[&[0, 1], &[1, 0]]
        } else {
            &[&[0, 0, 1, 1], &[0, 1, 0, 1], &[0, 1, 1, 0], &[1, 0, 0, 1], &[1, 0, 1, 0], &[1, 1, 0, 0]]
        };
        match orders.iter().any(|order| self.answers_all(rules, holds, order)) {
            true => Err(Fault::Unnoticed),
            false => Ok(()),
        }
    }
}

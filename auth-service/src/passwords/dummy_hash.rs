//! What an unknown address is compared with, so that it takes as long as an address that is known.
//!
//! People who came from Django have hashes of other kinds until they log in, and those take another time. So an unknown
//! address takes the time of some kind too, of each as often as the table holds it. Which one is fixed by the address and a
//! key: asked twice, it answers alike, and nobody can compute it. When people's hashes are replaced one by one, unknown
//! addresses change their kind at the same pace, each once, as rows do (weighted rendezvous hashing).

use std::collections::BTreeMap;

use aws_lc_rs::hmac;
use diesel::QueryResult;

use super::hashers::Work;
use crate::db::AnyConnection;
use crate::users::{Email, PasswordHash, User};

/// How many hashes are read at a time.
const PAGE: i64 = 1_000;

/// How often each kind of work stands in the table, with one hash of it.
#[derive(Clone)]
pub struct HashCostProfile {
    kinds: BTreeMap<Work, (u64, PasswordHash)>,
    /// How many rows ask for more than the limits allow. Checking those costs what checking ours does.
    too_costly: u64,
}

impl HashCostProfile {
    /// A table in which all hashes are ours; `own` is one that no password fits.
    pub(super) fn of_ours(own: PasswordHash) -> Self {
        Self { kinds: BTreeMap::from([(Work::Ours, (1, own))]), too_costly: 0 }
    }

    /// Counts what the table holds. Goes through all rows, and transfers those that are not ours.
    pub fn survey(conn: &mut AnyConnection, cost: u32) -> QueryResult<Self> {
        let mut mix = Self { kinds: BTreeMap::new(), too_costly: 0 };
        let (mut seen, mut after) = (0, None);
        loop {
            let page = User::hashes_not_like(conn, &PasswordHash::beginning(cost), after, PAGE)?;
            after = page.last().map(|(id, _)| *id);
            seen += page.len() as u64;
            for (_, hash) in page {
                mix.too_costly += u64::from(hash.is_too_costly());
                if let work @ Work::Foreign(_) = hash.work(cost) {
                    mix.kinds.entry(work).or_insert((0, hash)).0 += 1;
                }
            }
            if after.is_none() {
                break;
            }
        }
        let foreign: u64 = mix.kinds.values().map(|(count, _)| count).sum();
        let ours = User::count(conn)?.unsigned_abs().max(seen) - foreign;
        if ours > 0 || foreign == 0 {
            mix.kinds.insert(Work::Ours, (ours.max(1), PasswordHash::decoy(cost)));
        }
        Ok(mix)
    }

    /// How many rows cannot be computed with `budget` bytes.
    pub(super) fn impossible(&self, budget: u64) -> u64 {
        let too_large = self.kinds.values().filter(|(_, hash)| hash.memory() > budget);
        self.too_costly + too_large.map(|(count, _)| count).sum::<u64>()
    }

    /// The hash that this address is compared with when it has no account.
    pub(super) fn decoy(&self, email: &Email, key: &hmac::Key) -> &PasswordHash {
        let (_, hash) = self.chosen(email, key);
        hash
    }

    fn chosen(&self, email: &Email, key: &hmac::Key) -> (&Work, &PasswordHash) {
        let arrival = |work: &Work, count: u64| {
            let name = match work {
                Work::Ours => "",
                Work::Foreign(name) => name,
            };
            let tag = hmac::sign(key, format!("{name}\n{email}").as_bytes());
            let bytes: [u8; 8] = tag.as_ref()[..8].try_into().expect("an HMAC has 32 bytes");
            // Evenly in ]0, 1[; then exponentially with the rate `count`: the least of several is that of kind k with the
            // probability of k's share.
            let chance = ((u64::from_be_bytes(bytes) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
            -chance.ln() / count as f64
        };
        let least = self
            .kinds
            .iter()
            .min_by(|(a, (na, _)), (b, (nb, _))| arrival(a, *na).total_cmp(&arrival(b, *nb)));
        let (work, (_, hash)) = least.expect("a mix has at least one kind");
        (work, hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: u32 = 4;

    fn hash(iterations: u32) -> PasswordHash {
        PasswordHash::imported(format!("pbkdf2_sha256${iterations}$salt${}=", "A".repeat(43))).0
    }

    fn mix(ours: u64, foreign: &[(u32, u64)]) -> HashCostProfile {
        let mut kinds = BTreeMap::from([(Work::Ours, (ours, PasswordHash::decoy(COST)))]);
        for (iterations, count) in foreign {
            kinds.insert(hash(*iterations).work(COST), (*count, hash(*iterations)));
        }
        kinds.retain(|_, (count, _)| *count > 0);
        HashCostProfile { kinds, too_costly: 0 }
    }

    fn key(byte: u8) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32])
    }

    fn addresses() -> Vec<Email> {
        (0..2_000).map(|n| Email::parse(&format!("p{n}@example.org")).unwrap()).collect()
    }

    /// E1, E9
    #[test]
    fn unknown_addresses_are_of_the_kinds_that_rows_are_in_equal_shares() {
        let (mix, key) = (mix(50, &[(1_000, 30), (2_000, 20)]), key(1));
        let mut shares: BTreeMap<&Work, usize> = BTreeMap::new();
        let addresses = addresses();
        for email in &addresses {
            *shares.entry(mix.chosen(email, &key).0).or_default() += 1;
        }
        let shares: Vec<usize> = shares.into_values().collect();
        for (found, expected) in shares.iter().zip([1_000_usize, 600, 400]) {
            assert!(found.abs_diff(expected) < 100, "{shares:?}");
        }
        assert_eq!(shares.len(), 3);
    }

    /// E9
    #[test]
    fn an_address_always_gets_the_same_and_another_key_another() {
        let mix = mix(50, &[(1_000, 50)]);
        let kinds = |byte: u8| -> Vec<Work> {
            let key = key(byte);
            addresses().iter().map(|email| mix.chosen(email, &key).0.clone()).collect()
        };
        assert_eq!(kinds(1), kinds(1));
        let differing = kinds(1).iter().zip(kinds(2)).filter(|(a, b)| **a != *b).count();
        assert!((800..1_200).contains(&differing), "{differing}");
    }

    /// E9: as a row, which becomes one of ours at a login and never goes back.
    #[test]
    fn while_people_log_in_an_address_changes_to_ours_once_and_never_back() {
        let key = key(1);
        for email in addresses() {
            let mut was_ours = false;
            for logged_in in [0, 10, 40, 70, 99, 100] {
                let mix = mix(logged_in, &[(1_000, 100 - logged_in)]);
                let is_ours = *mix.chosen(&email, &key).0 == Work::Ours;
                assert!(is_ours || !was_ours, "{email} at {logged_in}");
                was_ours = is_ours;
            }
            assert!(was_ours);
        }
    }
}

//! So much for each customer's networks and a while, counted in memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Network, Site};

/// How many sites are counted; of more, those whose time is up first are forgotten.
const REMEMBERED: usize = 4_096;

/// Counts what happened from each network. Time is how long the process has run, so that no clock that jumps matters.
pub struct Allowance {
    most: u32,
    within: Duration,
    counts: Mutex<HashMap<Site, Count>>,
}

struct Count {
    times: u32,
    ends: Duration,
}

impl Allowance {
    /// Allows `most` times within a while that begins with the first.
    pub fn new(most: u32, within: Duration) -> Self {
        Self { most, within, counts: Mutex::default() }
    }

    /// Whether this network has some left.
    pub fn has_some(&self, network: Network, now: Duration) -> bool {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&network.site()).is_none_or(|count| count.ends <= now || count.times < self.most)
    }

    /// Counts one more.
    pub fn use_one(&self, network: Network, now: Duration) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(network.site()).or_insert(Count { times: 0, ends: now + self.within });
        if count.ends <= now {
            *count = Count { times: 0, ends: now + self.within };
        }
        count.times = count.times.saturating_add(1);
        if counts.len() > REMEMBERED {
            counts.retain(|_, count| count.ends > now);
            let mut ends: Vec<_> = counts.values().map(|count| count.ends).collect();
            if ends.len() > REMEMBERED {
                // A half goes at once, so that this is not done each time.
                let (_, median, _) = ends.select_nth_unstable(REMEMBERED / 2);
                let median = *median;
                counts.retain(|_, count| count.ends > median);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn network(text: &str) -> Network {
        Network::of(Some(text.parse().unwrap()))
    }

    /// W4
    #[test]
    fn each_network_has_its_own_and_gets_it_again_after_a_while() {
        let allowance = Allowance::new(2, Duration::from_secs(60));
        let (one, other) = (network("203.0.113.7"), network("198.51.100.1"));
        for second in [0, 30] {
            assert!(allowance.has_some(one, at(second)));
            allowance.use_one(one, at(second));
        }
        assert!(!allowance.has_some(network("203.0.113.200"), at(59)));
        assert!(allowance.has_some(other, at(59)) && allowance.has_some(one, at(60)));
        allowance.use_one(one, at(61));
        assert!(allowance.has_some(one, at(61)));
    }

    #[test]
    fn networks_that_come_once_do_not_pile_up() {
        let allowance = Allowance::new(1, Duration::from_secs(600));
        for n in 0..20_000_u32 {
            let [_, a, b, c] = n.to_be_bytes();
            allowance.use_one(network(&format!("10.{a}.{b}.{c}")), at(0));
            allowance.use_one(network(&format!("2001:db8:{n:x}::1")), at(u64::from(n / 100)));
            assert!(allowance.counts.lock().unwrap().len() <= REMEMBERED);
        }
    }
}

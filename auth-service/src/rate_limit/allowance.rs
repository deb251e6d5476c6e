//! A rate limiter, in memory: an allowance for each customer's networks within a time.
//!
//! A place is taken before it is known whether it will be used: of any number at the same moment no
//! more use one than there are. The while is a sliding one, each use has its own, so there is no
//! edge at which there are twice as many.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::rate_limit::{Network, Site};

/// How many sites are counted; of more, those whose last use is longest ago are forgotten.
const REMEMBERED: usize = 4_096;

/// Counts what happened from each network. Time is how long the process has run, so that no clock
/// that jumps matters.
pub struct Allowance {
    most: usize,
    within: Duration,
    counts: Mutex<HashMap<Site, Count>>,
    /// Wakes those who wait for a place.
    given_back: Notify,
}

#[derive(Default)]
struct Count {
    /// When each use was, the oldest first; never more than there are places.
    uses: VecDeque<Duration>,
    /// How many places are taken, and not yet used or given back.
    taken: usize,
}

/// A place that was taken. It is given back when this is dropped, unless it was used.
pub struct Place<'a> {
    allowance: &'a Allowance,
    site: Site,
}

impl Allowance {
    /// Allows `most` times within any stretch of that length.
    pub fn new(most: usize, within: Duration) -> Self {
        Self { most, within, counts: Mutex::default(), given_back: Notify::new() }
    }

    /// Whether this network has not used all of it.
    pub fn has_some(&self, network: Network, now: Duration) -> bool {
        let mut counts = self.counts();
        counts.get_mut(&network.site()).is_none_or(|count| count.used(self.within, now) < self.most)
    }

    /// Takes a place; waits for one where others hold those that are left. `None` once all are
    /// used.
    pub async fn take(&self, network: Network, now: impl Fn() -> Duration) -> Option<Place<'_>> {
        let site = network.site();
        loop {
            // Before looking, so that what is given back meanwhile is not missed.
            let given_back = self.given_back.notified();
            {
                let mut counts = self.counts();
                let count = counts.entry(site).or_default();
                let used = count.used(self.within, now());
                if used >= self.most {
                    return None;
                }
                if used + count.taken < self.most {
                    count.taken += 1;
                    forget_the_oldest(&mut counts);
                    return Some(Place { allowance: self, site });
                }
            }
            given_back.await;
        }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Site, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// It is used, for a while from `now` on.
    pub fn use_up(self, now: Duration) {
        if let Some(count) = self.allowance.counts().get_mut(&self.site) {
            count.uses.push_back(now);
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut counts = self.allowance.counts();
        if let Some(count) = counts.get_mut(&self.site) {
            count.taken = count.taken.saturating_sub(1);
            if count.taken == 0 && count.uses.is_empty() {
                counts.remove(&self.site);
            }
        }
        drop(counts);
        self.allowance.given_back.notify_waiters();
    }
}

impl Count {
    /// How many uses are younger than `within`; forgets the others.
    fn used(&mut self, within: Duration, now: Duration) -> usize {
        while self.uses.front().is_some_and(|then| *then + within <= now) {
            self.uses.pop_front();
        }
        self.uses.len()
    }
}

/// Those of whom somebody holds a place stay.
fn forget_the_oldest(counts: &mut HashMap<Site, Count>) {
    if counts.len() <= REMEMBERED {
        return;
    }
    let mut last: Vec<_> = counts.values().map(|count| count.uses.back().copied()).collect();
    // A half goes at once, so that this is not done each time.
    let (_, median, _) = last.select_nth_unstable(REMEMBERED / 2);
    let median = *median;
    counts.retain(|_, count| count.taken > 0 || count.uses.back().copied() > median);
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
    #[tokio::test]
    async fn each_network_has_its_own_and_gets_each_again_after_a_while() {
        let allowance = Allowance::new(2, Duration::from_secs(60));
        let (one, other) = (network("203.0.113.7"), network("198.51.100.1"));
        for second in [0, 50] {
            assert!(allowance.has_some(one, at(second)));
            allowance.take(one, || at(second)).await.unwrap().use_up(at(second));
        }
        assert!(!allowance.has_some(network("203.0.113.200"), at(59)));
        assert!(allowance.take(one, || at(59)).await.is_none());
        assert!(allowance.has_some(other, at(59)));
        // The first is a minute ago, and the second is not.
        allowance.take(one, || at(60)).await.unwrap().use_up(at(60));
        assert!(!allowance.has_some(one, at(60)));
        assert!(allowance.has_some(one, at(110)));
    }

    /// W4
    #[tokio::test]
    async fn who_uses_none_gives_it_back_to_who_waits() {
        let allowance = Allowance::new(1, Duration::from_secs(60));
        let one = network("2001:db8:0:7::1");
        let first = allowance.take(one, || at(0)).await.unwrap();
        let (second, ()) = tokio::join!(allowance.take(network("2001:db8:0:8::1"), || at(0)), async {
            tokio::task::yield_now().await;
            drop(first);
        });
        second.unwrap().use_up(at(0));
        assert!(allowance.take(one, || at(1)).await.is_none());
    }

    /// W4
    #[tokio::test]
    async fn who_waits_is_refused_once_all_are_used() {
        let allowance = Allowance::new(1, Duration::from_secs(60));
        let one = network("203.0.113.7");
        let first = allowance.take(one, || at(0)).await.unwrap();
        let (second, ()) = tokio::join!(allowance.take(one, || at(0)), async {
            tokio::task::yield_now().await;
            first.use_up(at(0));
        });
        assert!(second.is_none());
    }

    #[tokio::test]
    async fn networks_that_come_once_do_not_pile_up() {
        let allowance = Allowance::new(1, Duration::from_secs(600));
        for n in 0..20_000_u32 {
            let [_, a, b, c] = n.to_be_bytes();
            let now = at(u64::from(n / 100));
            for address in [format!("10.{a}.{b}.{c}"), format!("2001:db8:{n:x}::1")] {
                if let Some(place) = allowance.take(network(&address), || now).await {
                    place.use_up(now);
                }
            }
            assert!(allowance.counts().len() <= REMEMBERED + 1);
        }
    }
}

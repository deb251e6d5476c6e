//! A fair queue: groups take turns, however many requests one group makes.
//!
//! Every waiting request belongs to a group (an account, or a customer's networks) and within it to
//! a party (a network). The group that was served longest ago goes first, and within it the party
//! that was served longest ago. A group or party that was not served recently goes before all that
//! were. So an occasional visitor is served next, however busy the others are.
//!
//! When the queue is full, a request of a group that holds few places takes the place of one that
//! holds the most; the newest request of the latter is dropped. Between equals, the one that most
//! recently asked again loses its place, even if its earlier request was refused.
//!
//! The queue has a few dozen places, so simple loops are fast, and no index has to be kept
//! consistent.

use std::collections::HashMap;
use std::hash::Hash;

/// The minimum number of groups and parties that are remembered. It has to be large enough to tell
/// frequent requesters from occasional ones.
const REMEMBERED: usize = 1_024;

/// The maximum numbers of waiting requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Places {
    pub total: usize,
    pub per_party: usize,
}

pub(super) struct Lane<G, P, T> {
    places: Places,
    /// In order of arrival.
    waiting: Vec<Waiting<G, P, T>>,
    turns: u64,
    /// The turn in which each group and party was last served.
    served: Memory<G, P>,
    /// The ticket of each group's and party's last request.
    asked: Memory<G, P>,
}

/// The last times of an event, by group and by party.
struct Memory<G, P> {
    groups: HashMap<G, Times>,
    parties: HashMap<(G, P), Times>,
}

/// Counted from 1; 0 means not recently.
#[derive(Default, Clone, Copy)]
struct Times {
    last: u64,
    before: u64,
}

struct Waiting<G, P, T> {
    ticket: u64,
    group: G,
    party: P,
    work: T,
}

/// The result of a request for a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Joined<T> {
    Waits,
    /// The request waits, and another one lost its place to it.
    Displaced(T),
    /// Refused: the queue is full, and no other requester holds more places.
    Full(T),
}

impl<G: Copy + Eq + Hash, P: Copy + Eq + Hash, T> Lane<G, P, T> {
    pub fn new(places: Places) -> Self {
        Self { places, waiting: Vec::new(), turns: 0, served: Memory::default(), asked: Memory::default() }
    }

    /// Takes a place. Tickets must increase. `slack` is the number of places beyond the limit, for
    /// threads that are about to take a request.
    pub fn join(&mut self, ticket: u64, (group, party): (G, P), work: T, slack: usize) -> Joined<T> {
        self.asked.note(group, party, ticket);
        if self.count(group, party).1 >= self.places.per_party + slack {
            return Joined::Full(work);
        }
        self.waiting.push(Waiting { ticket, group, party, work });
        if self.waiting.len() <= self.places.total + slack {
            return Joined::Waits;
        }
        let worst = (0..self.waiting.len()).max_by_key(|at| self.burden(*at)).unwrap_or_default();
        let yields = self.waiting.remove(worst);
        if yields.ticket == ticket { Joined::Full(yields.work) } else { Joined::Displaced(yields.work) }
    }

    /// Removes and returns the next request among those that `may_go` accepts.
    pub fn next(&mut self, may_go: impl Fn(&T) -> bool) -> Option<(u64, T)> {
        let candidates = (0..self.waiting.len()).filter(|at| may_go(&self.waiting[*at].work));
        // `min_by_key` keeps the first of equals, so one party's requests stay in order of arrival.
        let turn = |at: &usize| {
            let (group, party) = self.served.of(self.waiting[*at].group, self.waiting[*at].party);
            (group.last, party.last)
        };
        let first = candidates.min_by_key(turn)?;
        let Waiting { ticket, group, party, work } = self.waiting.remove(first);
        self.turns += 1;
        self.served.note(group, party, self.turns);
        Some((ticket, work))
    }

    /// Gives a place back, and returns its work if it was still waiting.
    pub fn leave(&mut self, ticket: u64) -> Option<T> {
        let at = self.waiting.iter().position(|waiting| waiting.ticket == ticket)?;
        Some(self.waiting.remove(at).work)
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// The order of displacement: by the places of the group, then of the party, then by how
    /// recently they asked again, then by arrival. The greatest value is displaced.
    fn burden(&self, at: usize) -> (usize, usize, (u64, u64), usize) {
        let Waiting { group, party, .. } = &self.waiting[at];
        let (of_group, of_party) = self.count(*group, *party);
        // The current request itself does not count as asking again.
        let (group, party) = self.asked.of(*group, *party);
        (of_group, of_party, (group.before, party.before), at)
    }

    fn count(&self, group: G, party: P) -> (usize, usize) {
        let of_group = self.waiting.iter().filter(|waiting| waiting.group == group);
        of_group.fold((0, 0), |(all, own), waiting| (all + 1, own + usize::from(waiting.party == party)))
    }
}

impl<G: Copy + Eq + Hash, P: Copy + Eq + Hash> Memory<G, P> {
    fn of(&self, group: G, party: P) -> (Times, Times) {
        let of_group = self.groups.get(&group).copied().unwrap_or_default();
        (of_group, self.parties.get(&(group, party)).copied().unwrap_or_default())
    }

    fn note(&mut self, group: G, party: P, at: u64) {
        let again = |times: Times| Times { last: at, before: times.last };
        let (of_group, of_party) = self.of(group, party);
        self.groups.insert(group, again(of_group));
        self.parties.insert((group, party), again(of_party));
        forget(&mut self.groups);
        forget(&mut self.parties);
    }
}

impl<G, P> Default for Memory<G, P> {
    fn default() -> Self {
        Self { groups: HashMap::new(), parties: HashMap::new() }
    }
}

/// Drops the oldest entries now and then, so that the memory stays bounded.
fn forget<K>(known: &mut HashMap<K, Times>) {
    if known.len() > 2 * REMEMBERED {
        let mut times: Vec<u64> = known.values().map(|times| times.last).collect();
        let (_, middle, _) = times.select_nth_unstable(REMEMBERED);
        let middle = *middle;
        known.retain(|_, times| times.last > middle);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    type TestLane = Lane<u8, u8, u64>;

    /// The ticket serves as the work.
    fn join(lane: &mut TestLane, ticket: u64, who: (u8, u8)) -> Joined<u64> {
        lane.join(ticket, who, ticket, 0)
    }

    fn next(lane: &mut TestLane) -> Option<u64> {
        lane.next(|_| true).map(|(ticket, work)| {
            assert_eq!(ticket, work);
            ticket
        })
    }

    fn lane(total: usize, per_party: usize) -> TestLane {
        Lane::new(Places { total, per_party })
    }

    /// W1
    #[test]
    fn whoever_comes_once_is_next_however_many_wait_that_came_before() {
        let mut lane = lane(8, 8);
        for ticket in 0..8 {
            assert_eq!(join(&mut lane, ticket, (1, 1)), Joined::Waits);
        }
        assert_eq!(next(&mut lane), Some(0));
        assert_eq!(join(&mut lane, 8, (2, 2)), Joined::Waits);
        assert_eq!(join(&mut lane, 9, (3, 3)), Joined::Displaced(7));
        let order: Vec<_> = std::iter::from_fn(|| next(&mut lane)).collect();
        assert_eq!(order, [8, 9, 1, 2, 3, 4, 5, 6]);
    }

    /// W1: more parties than places, each of which comes all the time.
    #[test]
    fn fifty_that_come_all_the_time_cannot_keep_out_one_that_comes_now_and_then() {
        let mut lane = lane(16, 8);
        let mut tickets = 0;
        let mut everybody_asks = |lane: &mut TestLane| {
            for attacker in 0..50 {
                tickets += 1;
                let _ = join(lane, tickets, (attacker, 0));
            }
            tickets += 1;
            tickets
        };
        // Until they have asked twice, they look like fifty separate visitors.
        everybody_asks(&mut lane);
        for visit in 0..20 {
            let ticket = everybody_asks(&mut lane);
            assert!(matches!(join(&mut lane, ticket, (100, 0)), Joined::Displaced(_)), "{visit}");
            let turns = (1..200).find(|_| {
                everybody_asks(&mut lane);
                next(&mut lane) == Some(ticket)
            });
            assert!(turns.is_some_and(|turns| turns <= 51), "{visit}: {turns:?}");
        }
    }

    /// W1: a customer with many networks takes the turns of one, and the places too.
    #[test]
    fn the_networks_of_one_customer_take_one_turn_together() {
        let mut lane = lane(8, 4);
        for network in 0..8 {
            assert_eq!(join(&mut lane, network.into(), (1, network)), Joined::Waits);
        }
        assert_eq!(join(&mut lane, 8, (2, 0)), Joined::Displaced(7));
        assert_eq!(join(&mut lane, 9, (2, 0)), Joined::Displaced(6));
        let order: Vec<_> = std::iter::from_fn(|| next(&mut lane)).collect();
        assert_eq!(order, [0, 8, 1, 9, 2, 3, 4, 5]);
    }

    /// W3
    #[test]
    fn a_place_that_is_given_back_is_free_at_once() {
        let mut lane = lane(2, 2);
        assert_eq!(join(&mut lane, 1, (1, 1)), Joined::Waits);
        assert_eq!(join(&mut lane, 2, (1, 1)), Joined::Waits);
        assert_eq!(join(&mut lane, 3, (1, 1)), Joined::Full(3));
        assert_eq!((lane.leave(1), lane.leave(1)), (Some(1), None));
        assert_eq!(join(&mut lane, 4, (1, 1)), Joined::Waits);
        assert_eq!((next(&mut lane), next(&mut lane), next(&mut lane)), (Some(2), Some(4), None));
        assert_eq!(lane.leave(4), None);
    }

    #[test]
    fn who_may_not_go_keeps_the_place_and_the_turn() {
        let mut lane = lane(8, 8);
        for (ticket, party) in [(1, 1), (2, 1), (3, 2)] {
            let _ = join(&mut lane, ticket, (party, 0));
        }
        assert_eq!(lane.next(|work| *work != 1), Some((2, 2)));
        assert_eq!(lane.next(|work| *work != 1), Some((3, 3)));
        assert_eq!(lane.next(|work| *work != 1), None);
        assert_eq!(next(&mut lane), Some(1));
    }

    /// The record of past turns stays bounded.
    #[test]
    fn thousands_of_parties_that_come_once_leave_little_behind() {
        let mut lane: Lane<u32, u8, u64> = Lane::new(Places { total: 4, per_party: 4 });
        for party in 0..20_000 {
            let _ = lane.join(u64::from(party) + 1, (party, 0), 0, 0);
            assert!(lane.next(|_| true).is_some());
            for memory in [&lane.served, &lane.asked] {
                assert!(memory.groups.len() <= 2 * REMEMBERED && memory.parties.len() <= 2 * REMEMBERED);
            }
        }
    }

    /// The setup of the exhaustive test.
    type Party = (u8, u8);
    const PARTIES: [Party; 3] = [(0, 0), (0, 1), (1, 0)];
    const STEPS: u32 = 5;
    const DEPTH: u32 = 7;
    const TOTAL: usize = 3;
    const PER_PARTY: usize = 2;

    /// W1, W3: all ways in which three parties of two groups can join, leave and be served in seven
    /// steps.
    #[test]
    fn whatever_happens_bounds_turns_and_places_are_kept() {
        for path in 0..STEPS.pow(DEPTH) {
            Trial::default().run((0..DEPTH).map(|n| path / STEPS.pow(n) % STEPS));
        }
    }

    /// One path through the lane, with a simple record of the events to compare with.
    #[derive(Default)]
    struct Trial {
        /// Tickets with their parties, in order of arrival.
        waiting: Vec<(u64, Party)>,
        /// Each served party, and the requests that were waiting just before.
        served: Vec<(Party, Vec<(u64, Party)>)>,
        gone: BTreeSet<u64>,
    }

    impl Trial {
        fn run(mut self, steps: impl Iterator<Item = u32>) {
            let mut lane = lane(TOTAL, PER_PARTY);
            for (ticket, step) in (1..).zip(steps) {
                match step {
                    0..3 => self.join(&mut lane, ticket, PARTIES[step as usize]),
                    3 => self.serve(&mut lane),
                    _ => self.leave(&mut lane),
                }
                assert_eq!(lane.len(), self.waiting.len());
                assert!(lane.len() <= TOTAL);
            }
            while !self.waiting.is_empty() {
                self.serve(&mut lane);
            }
            assert_eq!(next(&mut lane), None);
            self.require_turns(|party| party.0, |_, _| true);
            self.require_turns(|party| party, |one, other| one.0 == other.0);
        }

        fn join(&mut self, lane: &mut TestLane, ticket: u64, who: (u8, u8)) {
            let of = |who| self.waiting.iter().filter(|(_, party)| *party == who).count();
            let (own, most) = (of(who), PARTIES.into_iter().map(of).max().unwrap());
            match join(lane, ticket, who) {
                Joined::Waits => {
                    assert!(own < PER_PARTY && self.waiting.len() < TOTAL);
                    self.waiting.push((ticket, who));
                }
                Joined::Displaced(other) => {
                    assert!(self.waiting.len() == TOTAL && own < PER_PARTY);
                    let at = self.waiting.iter().position(|(ticket, _)| *ticket == other).expect("waited");
                    let (_, yielded) = self.waiting.remove(at);
                    assert!(yielded != who && !self.waiting[at..].iter().any(|(_, party)| *party == yielded));
                    assert!(self.gone.insert(other));
                    self.waiting.push((ticket, who));
                }
                Joined::Full(own_work) => {
                    assert_eq!(own_work, ticket);
                    let is_full = self.waiting.len() == TOTAL;
                    assert!(own == PER_PARTY || is_full);
                    // A requester without a place is not refused while another one, of any group,
                    // has two.
                    assert!(own > 0 || most < 2 || self.is_group_greater(who), "{:?} {who:?}", self.waiting);
                }
            }
        }

        /// Whether one more place for the group of `who` would make it the largest.
        fn is_group_greater(&self, who: (u8, u8)) -> bool {
            let of = |group| self.waiting.iter().filter(|(_, party)| party.0 == group).count();
            of(who.0) + 1 > of(1 - who.0)
        }

        fn serve(&mut self, lane: &mut TestLane) {
            let before = self.waiting.clone();
            let Some(ticket) = next(lane) else { return assert!(before.is_empty()) };
            let at = self.waiting.iter().position(|(waits, _)| *waits == ticket).expect("waited");
            let (_, who) = self.waiting.remove(at);
            assert!(!self.waiting[..at].iter().any(|(_, party)| *party == who), "in the order they came");
            assert!(self.gone.insert(ticket));
            self.served.push((who, before));
        }

        fn leave(&mut self, lane: &mut TestLane) {
            let Some((ticket, _)) = self.waiting.first().copied() else { return };
            assert_eq!(lane.leave(ticket), Some(ticket));
            assert!(self.gone.insert(ticket));
            self.waiting.remove(0);
        }

        /// Between two turns of one party, every other one that waited throughout had a turn.
        fn require_turns<N: PartialEq + Copy>(
            &self,
            name: impl Fn((u8, u8)) -> N,
            are_beside: impl Fn((u8, u8), (u8, u8)) -> bool,
        ) {
            for (first, (who, before)) in self.served.iter().enumerate() {
                let again = (first + 1..self.served.len()).find(|at| name(self.served[*at].0) == name(*who));
                let Some(again) = again else { continue };
                for (ticket, other) in before {
                    let waited = self.served[again].1.iter().any(|(waits, _)| waits == ticket);
                    let is_other = name(*other) != name(*who) && are_beside(*other, *who);
                    let had_a_turn =
                        self.served[first..again].iter().any(|(served, _)| name(*served) == name(*other));
                    assert!(!(waited && is_other) || had_a_turn, "{:?}", self.served);
                }
            }
        }
    }
}

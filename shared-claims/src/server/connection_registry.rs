//! Connection registry of one worker: how many, from where, and which one is closed when there are
//! too many.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::Peer;

/// Between two warnings about the same.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// Everybody that one worker serves.
#[derive(Debug)]
pub(super) struct ConnectionRegistry {
    connections: usize,
    connections_per_peer: usize,
    present: RefCell<Present>,
    is_leaving: Cell<bool>,
}

#[derive(Debug, Default)]
struct Present {
    count: usize,
    by_network: HashMap<IpAddr, usize>,
    /// Those who keep us waiting: for a request, for its body, or to take the answer. Whoever goes
    /// first stands first: strangers, and who has kept us waiting longest.
    waiting: BTreeMap<Turn, Rc<Seat>>,
    turns: u64,
    warned: Option<Instant>,
    unwarned: u64,
}

/// Proxies after everybody else.
type Turn = (bool, u64);

/// One connection's place.
#[derive(Debug)]
pub(super) struct Place {
    roster: Rc<ConnectionRegistry>,
    seat: Rc<Seat>,
}

#[derive(Debug)]
struct Seat {
    /// Whom it counts for; nobody is behind a proxy alone.
    network: Option<IpAddr>,
    is_proxy: bool,
    turn: Cell<Option<Turn>>,
    is_counted: Cell<bool>,
    must_go: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl ConnectionRegistry {
    pub fn new(connections: usize, connections_per_peer: usize) -> Self {
        let present = RefCell::default();
        Self { connections, connections_per_peer, present, is_leaving: Cell::new(false) }
    }

    /// A place for `peer`, which may cost somebody else theirs. `None`: there is none.
    pub fn admit(self: &Rc<Self>, peer: Peer, is_proxy: bool) -> Option<Place> {
        let is_proxy = is_proxy || peer == Peer::UnixSocket;
        let network = match peer {
            Peer::Address(address) if !is_proxy && !address.to_canonical().is_loopback() => {
                Some(network(address))
            }
            _ => None,
        };
        let mut present = self.present.borrow_mut();
        let of_network = network.and_then(|network| present.by_network.get(&network).copied()).unwrap_or(0);
        if of_network >= self.connections_per_peer && !present.send_away(|seat| seat.network == network) {
            present
                .warn(peer, "one address has too many; a proxy is exempt when it is named (TRUSTED_PROXIES)");
            return None;
        }
        if present.count >= self.connections && !present.send_away(|_| true) {
            present.warn(peer, "there are too many, and all are being served");
            return None;
        }
        present.count += 1;
        if let Some(network) = network {
            *present.by_network.entry(network).or_default() += 1;
        }
        let seat = Seat {
            network,
            is_proxy,
            turn: Cell::default(),
            is_counted: Cell::new(true),
            must_go: Cell::default(),
            waker: RefCell::default(),
        };
        Some(Place { roster: self.clone(), seat: Rc::new(seat) })
    }

    /// The service is stopping: whoever waits may go, and whoever is being served goes after the
    /// answer.
    pub fn leave(&self) {
        self.is_leaving.set(true);
        for seat in self.present.borrow().waiting.values() {
            seat.wake();
        }
    }
}

impl Present {
    /// Ends the connection that has waited longest of those that `may_go`.
    fn send_away(&mut self, may_go: impl Fn(&Seat) -> bool) -> bool {
        let first = self.waiting.iter().find(|(_, seat)| may_go(seat)).map(|(turn, _)| *turn);
        let Some(seat) = first.and_then(|turn| self.waiting.remove(&turn)) else { return false };
        seat.turn.set(None);
        self.forget(&seat);
        seat.must_go.set(true);
        seat.wake();
        true
    }

    fn forget(&mut self, seat: &Seat) {
        if !seat.is_counted.replace(false) {
            return;
        }
        self.count -= 1;
        if let Some(network) = seat.network
            && let Some(count) = self.by_network.get_mut(&network)
        {
            *count -= 1;
            if *count == 0 {
                self.by_network.remove(&network);
            }
        }
    }

    /// Once a minute, however many are closed.
    fn warn(&mut self, peer: Peer, because: &'static str) {
        self.unwarned += 1;
        if self.warned.is_none_or(|warned| warned.elapsed() >= WARN_EVERY) {
            tracing::warn!(?peer, closed = self.unwarned, "a connection was closed at once: {because}");
            self.warned = Some(Instant::now());
            self.unwarned = 0;
        }
    }
}

impl Place {
    /// We wait for the client.
    pub fn waits(&self) {
        let mut present = self.roster.present.borrow_mut();
        if self.seat.must_go.get() || self.seat.turn.get().is_some() {
            return;
        }
        present.turns += 1;
        let turn = (self.seat.is_proxy, present.turns);
        self.seat.turn.set(Some(turn));
        present.waiting.insert(turn, self.seat.clone());
    }

    /// The client waits for us, and stays.
    pub fn is_served(&self) {
        if let Some(turn) = self.seat.turn.take() {
            self.roster.present.borrow_mut().waiting.remove(&turn);
        }
    }

    /// Somebody else has its place.
    pub fn must_go(&self) -> bool {
        self.seat.must_go.get()
    }

    pub fn is_leaving(&self) -> bool {
        self.roster.is_leaving.get()
    }

    /// Whom to wake when there is something new about it.
    pub fn remember(&self, waker: &Waker) {
        let mut known = self.seat.waker.borrow_mut();
        match &mut *known {
            Some(known) => known.clone_from(waker),
            None => *known = Some(waker.clone()),
        }
    }

    pub fn wake(&self) {
        self.seat.wake();
    }

    /// Somebody else may have it.
    pub fn give_back(&self) {
        self.is_served();
        self.roster.present.borrow_mut().forget(&self.seat);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl Seat {
    fn wake(&self) {
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }
}

/// Somebody with IPv6 has a /64 of it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> Peer {
        Peer::Address(text.parse().unwrap())
    }

    /// Those that wait, each with its place.
    fn waiting(roster: &Rc<ConnectionRegistry>, peer: Peer, count: usize) -> Vec<Place> {
        let places = (0..count).map(|_| roster.admit(peer, false).unwrap());
        places.inspect(Place::waits).collect()
    }

    fn gone(places: &[Place]) -> Vec<usize> {
        (0..places.len()).filter(|n| places[*n].must_go()).collect()
    }

    #[test]
    fn who_has_waited_longest_makes_room_and_who_is_served_stays() {
        let roster = Rc::new(ConnectionRegistry::new(4, 100));
        let places = waiting(&roster, peer("203.0.113.1"), 4);
        places[0].is_served();
        let fifth = roster.admit(peer("203.0.113.2"), false).unwrap();
        assert_eq!(gone(&places), [1]);
        // Answered, it waits behind the others.
        places[0].waits();
        let _sixth = roster.admit(peer("203.0.113.3"), false).unwrap();
        assert_eq!(gone(&places), [1, 2]);
        drop(fifth);
        let _seventh = roster.admit(peer("203.0.113.4"), false).unwrap();
        assert_eq!(gone(&places), [1, 2], "there was room");
    }

    #[test]
    fn where_everybody_is_served_one_more_is_refused() {
        let roster = Rc::new(ConnectionRegistry::new(3, 100));
        let places = waiting(&roster, peer("203.0.113.1"), 3);
        places.iter().for_each(Place::is_served);
        assert!(roster.admit(peer("203.0.113.2"), false).is_none());
        drop(places);
        assert!(roster.admit(peer("203.0.113.2"), false).is_some());
        assert_eq!(roster.present.borrow().count, 0, "and everybody was counted out");
        assert!(roster.present.borrow().by_network.is_empty() && roster.present.borrow().waiting.is_empty());
    }

    #[test]
    fn one_address_makes_room_for_itself_and_not_at_the_cost_of_others() {
        let roster = Rc::new(ConnectionRegistry::new(100, 3));
        let others = waiting(&roster, peer("203.0.113.1"), 3);
        let greedy = waiting(&roster, peer("203.0.113.9"), 5);
        assert_eq!((gone(&others), gone(&greedy)), (vec![], vec![0, 1]));
        greedy.iter().for_each(Place::is_served);
        assert!(roster.admit(peer("203.0.113.9"), false).is_none());
        // Half of an IPv6 address is a network's, and the other half whoever's in it.
        let network = waiting(&roster, peer("2001:db8::1"), 3);
        let _same = roster.admit(peer("2001:db8::2"), false).unwrap();
        let _other = roster.admit(peer("2001:db8:0:1::1"), false).unwrap();
        assert_eq!(gone(&network), [0]);
    }

    #[test]
    fn proxies_are_not_counted_by_their_address_and_go_last() {
        let roster = Rc::new(ConnectionRegistry::new(40, 3));
        let proxies = [
            (peer("10.0.0.1"), true),
            (peer("127.0.0.1"), false),
            (peer("::1"), false),
            (Peer::UnixSocket, false),
        ];
        let kept: Vec<_> = proxies
            .iter()
            .flat_map(|(peer, is_proxy)| [(); 10].map(|()| roster.admit(*peer, *is_proxy).unwrap()))
            .inspect(Place::waits)
            .collect();
        assert_eq!(gone(&kept), [0_usize; 0]);
        let strangers: Vec<_> =
            (1..=20).map(|n| roster.admit(peer(&format!("203.0.113.{n}")), false).unwrap()).collect();
        // What came from loopback without being named is no proxy's for certain.
        assert_eq!(gone(&kept), (10..30).collect::<Vec<_>>());
        strangers.iter().for_each(Place::waits);
        let _one_more = roster.admit(peer("10.0.0.1"), true).unwrap();
        assert!(strangers[0].must_go());
    }
}

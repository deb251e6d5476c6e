//! Connection registry of one worker. It counts connections by network, and evicts one when there
//! are too many.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::Peer;

/// The shortest time between two warnings.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// The connections of one worker.
#[derive(Debug)]
pub(super) struct ConnectionRegistry {
    connections: usize,
    connections_per_peer: usize,
    open: RefCell<OpenConnections>,
    is_shutting_down: Cell<bool>,
}

#[derive(Debug, Default)]
struct OpenConnections {
    count: usize,
    by_network: HashMap<IpAddr, usize>,
    /// Connections that wait for their client: for a request, its body, or the reading of a
    /// response. The first is evicted first: no proxy, and waiting longest.
    waiting: BTreeMap<EvictionOrder, Rc<Entry>>,
    last_order: u64,
    last_warning: Option<Instant>,
    unreported: u64,
}

/// Whether it is a proxy, and a counter. Proxies come last.
type EvictionOrder = (bool, u64);

/// One connection's registration. Dropping it releases its place.
#[derive(Debug)]
pub(super) struct Registration {
    registry: Rc<ConnectionRegistry>,
    entry: Rc<Entry>,
}

#[derive(Debug)]
struct Entry {
    /// The network that it counts for. `None` for a proxy, which stands for many clients.
    network: Option<IpAddr>,
    is_proxy: bool,
    order: Cell<Option<EvictionOrder>>,
    is_counted: Cell<bool>,
    is_evicted: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl ConnectionRegistry {
    pub fn new(connections: usize, connections_per_peer: usize) -> Self {
        let open = RefCell::default();
        Self { connections, connections_per_peer, open, is_shutting_down: Cell::new(false) }
    }

    /// Registers a connection of `peer`, and evicts another one if that is necessary and possible.
    /// `None` if it is not.
    pub fn admit(self: &Rc<Self>, peer: Peer, is_proxy: bool) -> Option<Registration> {
        let is_proxy = is_proxy || peer == Peer::UnixSocket;
        let network = match peer {
            Peer::Address(address) if !is_proxy && !address.to_canonical().is_loopback() => {
                Some(network(address))
            }
            _ => None,
        };
        let mut open = self.open.borrow_mut();
        let of_network = network.and_then(|network| open.by_network.get(&network).copied()).unwrap_or(0);
        if of_network >= self.connections_per_peer && !open.evict(|entry| entry.network == network) {
            open.warn(peer, "one address has too many (name a proxy in TRUSTED_PROXIES to exempt it)");
            return None;
        }
        if open.count >= self.connections && !open.evict(|_| true) {
            open.warn(peer, "there are too many, and all are in use");
            return None;
        }
        open.count += 1;
        if let Some(network) = network {
            *open.by_network.entry(network).or_default() += 1;
        }
        let entry = Entry {
            network,
            is_proxy,
            order: Cell::default(),
            is_counted: Cell::new(true),
            is_evicted: Cell::default(),
            waker: RefCell::default(),
        };
        Some(Registration { registry: self.clone(), entry: Rc::new(entry) })
    }

    /// Starts the shutdown. Waiting connections may close at once, the others after their response.
    pub fn shut_down(&self) {
        self.is_shutting_down.set(true);
        for entry in self.open.borrow().waiting.values() {
            entry.wake();
        }
    }
}

impl OpenConnections {
    /// Evicts the connection that has waited longest of those that `may_evict` selects.
    fn evict(&mut self, may_evict: impl Fn(&Entry) -> bool) -> bool {
        let first = self.waiting.iter().find(|(_, entry)| may_evict(entry)).map(|(order, _)| *order);
        let Some(entry) = first.and_then(|order| self.waiting.remove(&order)) else { return false };
        entry.order.set(None);
        self.deregister(&entry);
        entry.is_evicted.set(true);
        entry.wake();
        true
    }

    fn deregister(&mut self, entry: &Entry) {
        if !entry.is_counted.replace(false) {
            return;
        }
        self.count -= 1;
        if let Some(network) = entry.network
            && let Some(count) = self.by_network.get_mut(&network)
        {
            *count -= 1;
            if *count == 0 {
                self.by_network.remove(&network);
            }
        }
    }

    /// Logs a warning once a minute, however many connections are closed.
    fn warn(&mut self, peer: Peer, because: &'static str) {
        self.unreported += 1;
        if self.last_warning.is_none_or(|last_warning| last_warning.elapsed() >= WARN_EVERY) {
            tracing::warn!(?peer, closed = self.unreported, "a connection was closed at once: {because}");
            self.last_warning = Some(Instant::now());
            self.unreported = 0;
        }
    }
}

impl Registration {
    /// Records that the connection waits for its client.
    pub fn wait_for_client(&self) {
        let mut open = self.registry.open.borrow_mut();
        if self.entry.is_evicted.get() || self.entry.order.get().is_some() {
            return;
        }
        open.last_order += 1;
        let order = (self.entry.is_proxy, open.last_order);
        self.entry.order.set(Some(order));
        open.waiting.insert(order, self.entry.clone());
    }

    /// Records that the client waits for the service. Such a connection is not evicted.
    pub fn serve(&self) {
        if let Some(order) = self.entry.order.take() {
            self.registry.open.borrow_mut().waiting.remove(&order);
        }
    }

    /// Whether another connection has got its place.
    pub fn is_evicted(&self) -> bool {
        self.entry.is_evicted.get()
    }

    pub fn is_shutting_down(&self) -> bool {
        self.registry.is_shutting_down.get()
    }

    /// Sets the task to wake when it is evicted or the server shuts down.
    pub fn set_waker(&self, waker: &Waker) {
        let mut known = self.entry.waker.borrow_mut();
        match &mut *known {
            Some(known) => known.clone_from(waker),
            None => *known = Some(waker.clone()),
        }
    }

    pub fn wake(&self) {
        self.entry.wake();
    }

    /// Frees the place for another connection.
    pub fn release(&self) {
        self.serve();
        self.registry.open.borrow_mut().deregister(&self.entry);
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.release();
    }
}

impl Entry {
    fn wake(&self) {
        if let Some(waker) = &*self.waker.borrow() {
            waker.wake_by_ref();
        }
    }
}

/// An IPv6 client has a /64 of addresses, which count as one.
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

    /// Registers connections that wait for their client.
    fn waiting(registry: &Rc<ConnectionRegistry>, peer: Peer, count: usize) -> Vec<Registration> {
        let places = (0..count).map(|_| registry.admit(peer, false).unwrap());
        places.inspect(Registration::wait_for_client).collect()
    }

    fn gone(places: &[Registration]) -> Vec<usize> {
        (0..places.len()).filter(|n| places[*n].is_evicted()).collect()
    }

    #[test]
    fn who_has_waited_longest_makes_room_and_who_is_served_stays() {
        let registry = Rc::new(ConnectionRegistry::new(4, 100));
        let places = waiting(&registry, peer("203.0.113.1"), 4);
        places[0].serve();
        let fifth = registry.admit(peer("203.0.113.2"), false).unwrap();
        assert_eq!(gone(&places), [1]);
        // After its response, it waits behind the others.
        places[0].wait_for_client();
        let _sixth = registry.admit(peer("203.0.113.3"), false).unwrap();
        assert_eq!(gone(&places), [1, 2]);
        drop(fifth);
        let _seventh = registry.admit(peer("203.0.113.4"), false).unwrap();
        assert_eq!(gone(&places), [1, 2], "there was room");
    }

    #[test]
    fn where_everybody_is_served_one_more_is_refused() {
        let registry = Rc::new(ConnectionRegistry::new(3, 100));
        let places = waiting(&registry, peer("203.0.113.1"), 3);
        places.iter().for_each(Registration::serve);
        assert!(registry.admit(peer("203.0.113.2"), false).is_none());
        drop(places);
        assert!(registry.admit(peer("203.0.113.2"), false).is_some());
        assert_eq!(registry.open.borrow().count, 0, "and everybody was counted out");
        assert!(registry.open.borrow().by_network.is_empty() && registry.open.borrow().waiting.is_empty());
    }

    #[test]
    fn one_address_makes_room_for_itself_and_not_at_the_cost_of_others() {
        let registry = Rc::new(ConnectionRegistry::new(100, 3));
        let others = waiting(&registry, peer("203.0.113.1"), 3);
        let greedy = waiting(&registry, peer("203.0.113.9"), 5);
        assert_eq!((gone(&others), gone(&greedy)), (vec![], vec![0, 1]));
        greedy.iter().for_each(Registration::serve);
        assert!(registry.admit(peer("203.0.113.9"), false).is_none());
        // The first half of an IPv6 address names the network; the client chooses the second half.
        let network = waiting(&registry, peer("2001:db8::1"), 3);
        let _same = registry.admit(peer("2001:db8::2"), false).unwrap();
        let _other = registry.admit(peer("2001:db8:0:1::1"), false).unwrap();
        assert_eq!(gone(&network), [0]);
    }

    #[test]
    fn proxies_are_not_counted_by_their_address_and_go_last() {
        let registry = Rc::new(ConnectionRegistry::new(40, 3));
        let proxies = [
            (peer("10.0.0.1"), true),
            (peer("127.0.0.1"), false),
            (peer("::1"), false),
            (Peer::UnixSocket, false),
        ];
        let kept: Vec<_> = proxies
            .iter()
            .flat_map(|(peer, is_proxy)| [(); 10].map(|()| registry.admit(*peer, *is_proxy).unwrap()))
            .inspect(Registration::wait_for_client)
            .collect();
        assert_eq!(gone(&kept), [0_usize; 0]);
        let strangers: Vec<_> =
            (1..=20).map(|n| registry.admit(peer(&format!("203.0.113.{n}")), false).unwrap()).collect();
        // A connection from loopback that was not named as a proxy need not be one.
        assert_eq!(gone(&kept), (10..30).collect::<Vec<_>>());
        strangers.iter().for_each(Registration::wait_for_client);
        let _one_more = registry.admit(peer("10.0.0.1"), true).unwrap();
        assert!(strangers[0].is_evicted());
    }
}

//! The hash queue: decides which request is hashed next. A pure data structure without threads or
//! clocks.
//!
//! There are two lanes. Unknown browsers wait by network. A browser that logged in to the account
//! before waits by account, in places that unknown browsers cannot take. The lanes take turns.
//!
//! A piece of work that needs more memory than is free is held until there is enough. Meanwhile no
//! other work that needs memory starts, so that the held one cannot starve. Work that needs no
//! memory overtakes it.

use super::hash_lane::{Joined, Lane, Places};
use crate::passwords::{AccountMark, Requester};
use crate::rate_limit::{Network, Site};

/// The maximum numbers of waiting requests in each lane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub strangers: Places,
    pub known: Places,
}

pub(super) struct HashQueue<T> {
    strangers: Lane<Site, Network, Piece<T>>,
    known: Lane<AccountMark, Network, Piece<T>>,
    /// The next piece of work, if it waits for memory.
    held: Option<(Ticket, Piece<T>)>,
    strangers_are_next: bool,
    tickets: u64,
}

/// Identifies a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// A piece of work.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece<T> {
    pub work: T,
    /// The memory that it needs while it runs, in bytes.
    pub memory: u64,
}

/// A granted place, with the work that was displaced for it.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(super) struct Admission<T> {
    pub ticket: Ticket,
    pub displaced: Option<T>,
}

impl<T> HashQueue<T> {
    pub fn new(bounds: Bounds) -> Self {
        Self {
            strangers: Lane::new(bounds.strangers),
            known: Lane::new(bounds.known),
            held: None,
            strangers_are_next: false,
            tickets: 0,
        }
    }

    /// Takes a place, or returns the work if it is refused. `idle` threads are about to take a
    /// request, so the limit rises by that number.
    pub fn join(&mut self, requester: Requester, piece: Piece<T>, idle: usize) -> Result<Admission<T>, T> {
        self.tickets += 1;
        let (ticket, network) = (self.tickets, requester.network);
        let admitted = |displaced: Option<Piece<T>>| {
            Ok(Admission { ticket: Ticket(ticket), displaced: displaced.map(|piece| piece.work) })
        };
        let mut piece = piece;
        if let Some(account) = requester.known_as {
            match self.known.join(ticket, (account, network), piece, idle) {
                Joined::Waits => return admitted(None),
                Joined::Displaced(other) => return admitted(Some(other)),
                // Someone with a copy of the mark may have filled these places. Then the request
                // waits like one from an unknown browser.
                Joined::Full(own) => piece = own,
            }
        }
        match self.strangers.join(ticket, (network.site(), network), piece, idle) {
            Joined::Waits => admitted(None),
            Joined::Displaced(other) => admitted(Some(other)),
            Joined::Full(own) => Err(own.work),
        }
    }

    /// The next piece of work, if it fits into `free` bytes.
    pub fn next(&mut self, free: u64) -> Option<Piece<T>> {
        if self.held.as_ref().is_some_and(|(_, piece)| piece.memory <= free) {
            return self.held.take().map(|(_, piece)| piece);
        }
        loop {
            let is_held = self.held.is_some();
            let may_go = |piece: &Piece<T>| piece.memory == 0 || !is_held;
            let (ticket, piece) = self.take_turn(may_go)?;
            if piece.memory <= free {
                return Some(piece);
            }
            self.held = Some((Ticket(ticket), piece));
        }
    }

    fn take_turn(&mut self, may_go: impl Fn(&Piece<T>) -> bool) -> Option<(u64, Piece<T>)> {
        let strangers_first = self.strangers_are_next;
        let taken = match strangers_first {
            true => self.strangers.next(&may_go).map(|taken| (true, taken)),
            false => self.known.next(&may_go).map(|taken| (false, taken)),
        };
        let (was_stranger, taken) = match taken {
            Some(taken) => taken,
            None if strangers_first => (false, self.known.next(&may_go)?),
            None => (true, self.strangers.next(&may_go)?),
        };
        self.strangers_are_next = !was_stranger;
        Some(taken)
    }

    /// Gives back the place of a requester who left. Does nothing if the work has started.
    pub fn leave(&mut self, Ticket(ticket): Ticket) -> Option<T> {
        if self.held.as_ref().is_some_and(|(held, _)| held.0 == ticket) {
            return self.held.take().map(|(_, piece)| piece.work);
        }
        let left = self.known.leave(ticket).or_else(|| self.strangers.leave(ticket));
        left.map(|piece| piece.work)
    }

    /// The number of waiting requests.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.strangers.len() + self.known.len() + usize::from(self.held.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SecretKey;
    use crate::passwords::AccountMarks;
    use crate::users::Email;

    const PLACES: Places = Places { total: 4, per_party: 4 };
    const KNOWN: Places = Places { total: 4, per_party: 2 };

    fn queue() -> HashQueue<&'static str> {
        HashQueue::new(Bounds { strangers: PLACES, known: KNOWN })
    }

    fn from(address: &str) -> Requester {
        Requester { network: Network::of(Some(address.parse().unwrap())), known_as: None }
    }

    fn known(email: &str, address: &str) -> Requester {
        let secret = SecretKey::parse("SECRET_KEY", "pG5cX9dUeRkVt3mBz7QwYhLn2sJaF8Ho").unwrap();
        let mark = AccountMarks::new(&secret, None).of(&Email::parse(email).unwrap());
        from(address).known_as(Some(mark))
    }

    fn light(work: &'static str) -> Piece<&'static str> {
        Piece { work, memory: 0 }
    }

    fn heavy(work: &'static str, memory: u64) -> Piece<&'static str> {
        Piece { work, memory }
    }

    fn order(queue: &mut HashQueue<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| queue.next(u64::MAX)).map(|piece| piece.work).collect()
    }

    fn join(queue: &mut HashQueue<&'static str>, requester: Requester, piece: Piece<&'static str>) -> Ticket {
        queue.join(requester, piece, 0).expect("a place").ticket
    }

    /// W2: unknown browsers fill only their own places, and the lanes take turns.
    #[test]
    fn strangers_take_no_place_of_known_browsers_and_not_all_turns() {
        let mut queue = queue();
        for n in 0..4 {
            let _ = join(&mut queue, from(&format!("203.0.{n}.1")), light("stranger"));
        }
        assert_eq!(queue.join(from("198.51.100.1"), light("late"), 0), Err("late"));
        let _ = join(&mut queue, known("ada@example.org", "203.0.0.1"), light("ada"));
        let _ = join(&mut queue, known("bob@example.org", "203.0.0.1"), light("bob"));
        assert_eq!(order(&mut queue), ["ada", "stranger", "bob", "stranger", "stranger", "stranger"]);
    }

    /// W2: a copied mark fills the places of its own account; the owner then waits like an unknown
    /// browser.
    #[test]
    fn a_copied_mark_keeps_nobody_else_out() {
        let mut queue = queue();
        for _ in 0..9 {
            let _ = queue.join(known("ada@example.org", "203.0.113.1"), light("thief"), 0);
        }
        // Two for the account, and four from unknown browsers.
        assert_eq!(queue.len(), 6);
        for (email, name) in
            [("bob@example.org", "bob"), ("cyd@example.org", "cyd"), ("dan@example.org", "dan")]
        {
            let _ = join(&mut queue, known(email, "198.51.100.1"), light(name));
        }
        let _ = join(&mut queue, known("ada@example.org", "198.51.100.1"), light("ada"));
        let _ = join(&mut queue, from("192.0.2.1"), light("stranger"));
        let order = order(&mut queue);
        let place = |name| order.iter().position(|other| *other == name).unwrap();
        for name in ["bob", "cyd", "dan", "ada", "stranger"] {
            assert!(place(name) < 8, "{name}: {order:?}");
        }
    }

    /// W5
    #[test]
    fn what_needs_memory_waits_for_it_and_lets_what_needs_none_go_first() {
        let mut queue = queue();
        let _ = join(&mut queue, from("203.0.1.1"), heavy("big", 90));
        let _ = join(&mut queue, from("203.0.2.1"), heavy("small", 10));
        let _ = join(&mut queue, from("203.0.3.1"), light("light"));
        // The small one would fit, but if it went first, large ones might never start.
        assert_eq!(queue.next(50), Some(light("light")));
        assert_eq!(queue.next(50), None);
        assert_eq!(queue.len(), 2);
        let _ = join(&mut queue, known("ada@example.org", "203.0.4.1"), heavy("known", 10));
        assert_eq!(queue.next(89), None);
        assert_eq!(queue.next(100), Some(heavy("big", 90)));
        assert_eq!(queue.next(10), Some(heavy("known", 10)));
        assert_eq!(queue.next(0), None);
        assert_eq!(queue.next(10), Some(heavy("small", 10)));
        assert_eq!((queue.next(u64::MAX), queue.len()), (None, 0));
    }

    /// W3, W5
    #[test]
    fn who_leaves_while_held_for_memory_holds_up_nobody() {
        let mut queue = queue();
        let big = join(&mut queue, from("203.0.1.1"), heavy("big", 90));
        let small = join(&mut queue, from("203.0.2.1"), heavy("small", 10));
        assert_eq!(queue.next(50), None);
        assert_eq!((queue.leave(big), queue.leave(big)), (Some("big"), None));
        assert_eq!(queue.next(50), Some(heavy("small", 10)));
        assert_eq!(queue.leave(small), None);
    }

    #[test]
    fn places_are_given_beside_the_bound_to_whom_an_idle_thread_is_about_to_take() {
        let mut queue = queue();
        for n in 0..6 {
            let admission = queue.join(from("203.0.113.1"), light("one"), 2);
            assert!(admission.is_ok(), "{n}");
        }
        assert_eq!(queue.join(from("203.0.113.1"), light("late"), 2), Err("late"));
    }
}

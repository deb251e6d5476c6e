//! Connection limits and timeouts.

use std::time::Duration;

/// What one connection may cost, and how many there may be. The defaults are for a service of pages
/// and forms behind a proxy; nobody who is merely slow meets them.
///
/// Two things have no limit here, because the client does not decide about them: how long a handler
/// takes, and how long an answer is that its reader takes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// From a request's first byte to the end of its head, for each request of a connection; of the
    /// first, from the beginning. 10 seconds.
    pub head: Duration,
    /// Between an answer and the next request. 5 seconds.
    pub idle: Duration,
    /// In this time of waiting for the client, [`Limits::least`] bytes must come of a body that a
    /// handler reads, or be taken of an answer; or the rest of it. 15 seconds.
    pub standstill: Duration,
    /// See [`Limits::standstill`]. 4 KiB: a body may come, and an answer go, at 273 bytes a second.
    pub least: usize,
    /// What is read and thrown away after an answer that did not wait for its request's body. 256
    /// KiB; then nothing is read any more, and the connection closed when [`Limits::head`] is over.
    pub discarded: usize,
    /// Connections of the process. 4,096, and never more than three quarters of the descriptors
    /// that it may open. One more than that takes the place of the one that has kept us waiting
    /// longest, or is closed.
    pub connections: usize,
    /// Connections of one address (of IPv6, of one /64). 256, and never fewer than 16 for each
    /// worker. Proxies that are named, loopback and a socket's file are exempt: behind them are
    /// many.
    pub connections_per_peer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(5),
            standstill: Duration::from_secs(15),
            least: 4 * 1024,
            discarded: 256 * 1024,
            connections: 4096,
            connections_per_peer: 256,
        }
    }
}

impl Limits {
    /// Those of one of so many workers, in a process that may open so many descriptors.
    pub(super) fn for_one_of(&self, workers: usize, descriptors: usize) -> Self {
        let connections = self.connections.min(descriptors / 4 * 3);
        Self {
            connections: (connections / workers).max(1),
            connections_per_peer: (self.connections_per_peer / workers)
                .max(self.connections_per_peer.min(16)),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workers_together_stay_well_below_the_descriptors() {
        for (workers, descriptors) in [(2, 1024), (64, 1024), (2, 20_000), (1, 256), (512, 1024)] {
            let one = Limits::default().for_one_of(workers, descriptors);
            let together = one.connections * workers;
            assert!(
                together <= descriptors / 4 * 3 && together <= 4096,
                "{workers} {descriptors}: {together}"
            );
            assert!(one.connections_per_peer >= 16);
        }
    }
}

//! Connection limits and timeouts.

use std::time::Duration;

/// Limits for one connection, and how many there may be. The defaults suit a service of pages and
/// forms behind a proxy; a client that is merely slow does not reach them.
///
/// Two durations have no limit here, because the client does not decide about them: how long a
/// handler runs, and how long a client takes for a response that it keeps reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// From a request's first byte to the end of its head; for the first request, from the
    /// beginning of the connection. 10 seconds.
    pub head_timeout: Duration,
    /// Between a response and the next request. 5 seconds.
    pub idle_timeout: Duration,
    /// While the service waits for the client, [`Limits::min_progress`] bytes of a body must
    /// arrive, or of a response be read, in this time; or all that is left. 15 seconds.
    pub stall_timeout: Duration,
    /// The bytes for [`Limits::stall_timeout`]. 4 KiB, which is 273 bytes a second.
    pub min_progress: usize,
    /// How much of an unread request body is read and dropped after the response. 256 KiB. After
    /// that nothing is read, and the connection is closed after [`Limits::head_timeout`].
    pub max_discarded: usize,
    /// Connections of the process. 4,096, and never more than three quarters of its file
    /// descriptors. One more than that evicts the connection that has waited longest for its
    /// client, or is closed.
    pub max_connections: usize,
    /// Connections of one address, or one IPv6 /64. 256, and never fewer than 16 for each worker.
    /// Named proxies, loopback and socket files are exempt, because they stand for many clients.
    pub max_connections_per_peer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(5),
            stall_timeout: Duration::from_secs(15),
            min_progress: 4 * 1024,
            max_discarded: 256 * 1024,
            max_connections: 4096,
            max_connections_per_peer: 256,
        }
    }
}

impl Limits {
    /// The limits of one of several workers.
    pub(super) fn for_one_of(&self, workers: usize, descriptors: usize) -> Self {
        let connections = self.max_connections.min(descriptors / 4 * 3);
        Self {
            max_connections: (connections / workers).max(1),
            max_connections_per_peer: (self.max_connections_per_peer / workers)
                .max(self.max_connections_per_peer.min(16)),
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
            let together = one.max_connections * workers;
            assert!(
                together <= descriptors / 4 * 3 && together <= 4096,
                "{workers} {descriptors}: {together}"
            );
            assert!(one.max_connections_per_peer >= 16);
        }
    }
}

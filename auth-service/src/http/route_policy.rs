//! Route policies: what the middleware must know about a path before its handler runs. Features
//! declare them.

use std::sync::Arc;

/// How the middleware treats one path, or every path below one.
///
/// The default is strict: the host must be ours, changes must come from our own pages, prefetches
/// are refused, and every request is logged.
#[derive(Debug, Clone, Copy)]
pub struct RoutePolicy {
    path: &'static str,
    /// Accepts any host name, because load balancers and other services use their own addresses.
    pub any_host: bool,
    /// Accepts changes from other origins; the handler has its own origin check.
    pub cross_origin: bool,
    /// The response is the same for everyone, so prefetches are allowed.
    pub public: bool,
    /// Health checks request it about every second, so successes are not logged.
    pub probe: bool,
    /// Serves programs, so errors are problem JSON.
    pub json: bool,
}

impl RoutePolicy {
    /// The strict policy of `path`, or of all paths below it if it ends with `/`.
    pub const fn of(path: &'static str) -> Self {
        Self { path, any_host: false, cross_origin: false, public: false, probe: false, json: false }
    }

    pub const fn any_host(self) -> Self {
        Self { any_host: true, ..self }
    }

    pub const fn cross_origin(self) -> Self {
        Self { cross_origin: true, ..self }
    }

    pub const fn public(self) -> Self {
        Self { public: true, ..self }
    }

    pub const fn probe(self) -> Self {
        Self { probe: true, ..self }
    }

    pub const fn json(self) -> Self {
        Self { json: true, ..self }
    }

    fn covers(&self, path: &str) -> bool {
        path == self.path || self.path.ends_with('/') && path.starts_with(self.path)
    }

    /// The union of both: a request is allowed if either allows it.
    fn or(self, other: &Self) -> Self {
        Self {
            path: self.path,
            any_host: self.any_host || other.any_host,
            cross_origin: self.cross_origin || other.cross_origin,
            public: self.public || other.public,
            probe: self.probe || other.probe,
            json: self.json || other.json,
        }
    }
}

/// The policies of all features.
#[derive(Debug, Clone, Default)]
pub struct RoutePolicies(Arc<[RoutePolicy]>);

impl RoutePolicies {
    /// The policy for a request path. Paths are compared byte by byte, so an unusual spelling that
    /// the router accepts gets the strict policy.
    pub fn of(&self, path: &str) -> RoutePolicy {
        let fitting = self.0.iter().filter(|policy| policy.covers(path));
        fitting.fold(RoutePolicy::of(""), RoutePolicy::or)
    }
}

impl FromIterator<RoutePolicy> for RoutePolicies {
    fn from_iter<I: IntoIterator<Item = RoutePolicy>>(policies: I) -> Self {
        Self(policies.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_what_any_policy_that_covers_it_allows_and_others_have_nothing() {
        let policies: RoutePolicies =
            [RoutePolicy::of("/api/").json(), RoutePolicy::of("/api/session/renew").cross_origin()]
                .into_iter()
                .collect();
        let renew = policies.of("/api/session/renew");
        assert!(renew.json && renew.cross_origin && !renew.any_host && !renew.public);
        assert!(policies.of("/api/token/").json && !policies.of("/api/token/").cross_origin);
        for strict in ["/api", "/api/session/renew/", "/API/session/renew", "/", ""] {
            assert!(!policies.of(strict).cross_origin, "{strict}");
        }
        assert!(!policies.of("/api").json);
    }
}

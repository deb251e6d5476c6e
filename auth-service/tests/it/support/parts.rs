//! Parts of the services under test, which are small, and loaded once for each process.

use std::collections::BTreeMap;
use std::sync::Mutex;

use auth_service::app::{Frontend, Parts};
use auth_service::config::Config;
use auth_service::memory::Limit;
use auth_service::passwords::HashPool;
use auth_service::server::Server;

/// The loaded frontends, by the settings that they depend on.
static FRONTENDS: Mutex<BTreeMap<String, Frontend>> = Mutex::new(BTreeMap::new());

/// The number of workers and of hashing threads.
#[derive(Clone, Copy)]
pub enum Threads {
    /// One of each, because a test run has many services at the same time.
    One,
    /// One for each core, as in production.
    Machine,
}

impl Threads {
    pub fn of(whole_machine: bool) -> Self {
        if whole_machine { Self::Machine } else { Self::One }
    }

    pub fn parts(self, config: &Config) -> Parts {
        let (cost, limit) = (config.passwords.bcrypt_cost, Limit::of_this_process());
        let hashers = match self {
            Self::One => HashPool::with_threads(1, cost, limit),
            Self::Machine => HashPool::new(cost, limit),
        };
        Parts { db: Parts::database(config).unwrap(), frontend: frontend(config), hashers }
    }

    pub fn server(self, server: Server) -> Server {
        match self {
            Self::One => server.with_workers(1),
            Self::Machine => server,
        }
    }
}

/// Cached for our own templates only, because an operator's folder may change between two tests.
fn frontend(config: &Config) -> Frontend {
    let load = || Frontend::load(config).unwrap();
    if config.site.templates_dir.is_some() {
        return load();
    }
    let of = format!("{:?} {:?} {}", config.site, config.services, config.auth_url.origin());
    FRONTENDS.lock().unwrap().entry(of).or_insert_with(load).clone()
}

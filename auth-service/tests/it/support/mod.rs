//! What the tests share: a running service, people with browsers, and the logs.

mod api;
mod app;
mod clock;
mod cluster;
mod database;
mod deployment;
mod held;
mod keys;
mod logs;
mod long;
mod person;
mod proxy;
mod reply;
mod rounds;
mod saved;
mod session;
mod standstill;
mod statements;
mod texts;
mod trail;

pub use app::{AUTH_HOST, TestApp, Tweaks};
pub use clock::TestClock;
pub use cluster::Cluster;
pub use database::TestDatabase;
pub use deployment::{Deployment, Diagnosis, Faults};
pub use held::Held;
pub use keys::{header, kids};
pub use long::is_long_run;
pub use person::{PASSWORD, Person};
pub use proxy::{Proxy, Quirks};
pub use reply::{Reply, SetCookie};
pub use session::{ACCESS, BROWSER, HINT, REFRESH, TRIP, claims};
pub use standstill::Standstill;
pub use statements::{Explained, explained};
pub use texts::{english, german};
pub use trail::{Row, Trail};

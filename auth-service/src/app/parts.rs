//! The parts of an application: database, front end and hash pool. They are expensive to create,
//! and several applications in one process can share the front end.

use super::StartError;
use crate::assets::{Files, TemplateProblem};
use crate::config::{AuthUrl, Config, Services, Site};
use crate::db::Database;
use crate::memory::Limit;
use crate::pages::{Pages, StaticFiles};
use crate::passwords::HashPool;

/// The maximum number of concurrent requests to the database; others wait.
const CONNECTIONS: u32 = 16;

/// The parts of an [`App`](super::App).
pub struct Parts {
    pub db: Database,
    pub frontend: Frontend,
    pub hashers: HashPool,
}

impl Parts {
    /// The parts for a service that has the machine to itself. The database comes first, so that
    /// its errors are reported before those of the front end.
    pub fn of(
        config: &Config,
        frontend: Result<Frontend, TemplateProblem>,
        limit: Limit,
    ) -> Result<Self, StartError> {
        let db = Self::database(config)?;
        let frontend = frontend?;
        let hashers = HashPool::new(config.passwords.bcrypt_cost, limit);
        Ok(Self { db, frontend, hashers })
    }

    /// The database, migrated.
    pub fn database(config: &Config) -> Result<Database, StartError> {
        let db = Database::connect_for_service(&config.database_url, CONNECTIONS)?;
        db.migrate()?;
        Ok(db)
    }
}

/// The parsed templates, messages and static files. Clones share them.
#[derive(Clone)]
pub struct Frontend {
    pub pages: Pages,
    pub statics: StaticFiles,
}

impl Frontend {
    pub fn load(config: &Config) -> Result<Self, TemplateProblem> {
        Self::of(&config.site, &config.services, &config.auth_url)
    }

    /// The front end of the few settings that it needs.
    pub fn of(site: &Site, services: &Services, auth_url: &AuthUrl) -> Result<Self, TemplateProblem> {
        let files = Files::with_folder(site.templates_dir.as_deref())?;
        let statics = StaticFiles::new(&files, site, services);
        let pages = Pages::load(files, site, auth_url, &statics)?;
        Ok(Self { pages, statics })
    }
}

//! What a request can reach.

use std::time::Duration;

use actix_web::cookie::Cookie;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::accounts::{self, Current, Ended, HashPool, RefreshKey, RefreshToken, Renewal, Session, User};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Database, DatabaseError};
use crate::error::Error;
use crate::keyring::{Keyring, KeyringError};
use crate::web::cookie_guard::refresh_cookie;
use crate::web::headers::Policy;
use crate::web::statics::Statics;
use crate::web::{Cookies, Next, Pages};

/// Everything that the features share. One value for the process; workers hold it by reference count.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub db: Database,
    pub keyring: Keyring,
    pub hashers: HashPool,
    pub refresh_key: RefreshKey,
    pub cookies: Cookies,
    pub pages: Pages,
    pub statics: Statics,
}

/// The service could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("DATABASE_URL: {0}")]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error("a template is broken: {0}")]
    Templates(#[from] tera::Error),
}

/// How many requests use the database at once; more wait.
const CONNECTIONS: u32 = 16;

impl App {
    /// Opens the database, brings its schema up to date, and opens the keyring.
    pub fn open(config: Config, clock: Clock) -> Result<Self, StartError> {
        let db = Database::connect(&config.database_url, CONNECTIONS)?;
        db.migrate()?;
        let statics = Statics::embedded();
        Ok(Self {
            keyring: Keyring::open(&db, &config.secret_key, clock.now())?,
            hashers: HashPool::new(config.passwords.bcrypt_cost),
            refresh_key: RefreshKey::new(&config.secret_key),
            cookies: Cookies::new(&config),
            pages: Pages::embedded(&config.auth_url, &statics)?,
            statics,
            db,
            clock,
            config,
        })
    }

    /// Registers what the rings below read for themselves, all of it in one place.
    pub fn install(app: &web::Data<Self>, services: &mut web::ServiceConfig) {
        services
            .app_data(app.clone())
            .app_data(web::Data::new(app.cookies.clone()))
            .app_data(web::Data::new(app.pages.clone()))
            .app_data(web::Data::new(app.statics.clone()))
            .app_data(web::Data::new(app.config.auth_url.clone()))
            .app_data(web::Data::new(Policy::new(&app.config)));
    }

    /// The refresh token that came with the request: a claim, not yet proof.
    pub fn refresh_token(request: &HttpRequest) -> Option<RefreshToken> {
        RefreshToken::parse(&refresh_cookie(request)?)
    }

    /// Who is logged in in this browser. Renews nothing.
    pub async fn current(&self, request: &HttpRequest) -> Result<Option<Current>, Error> {
        let Some(token) = Self::refresh_token(request) else { return Ok(None) };
        let (key, limits, now) = (self.refresh_key.clone(), self.config.session_limits, self.clock.now());
        Ok(self.db.query(move |conn| Current::load(conn, &key, &token, limits, now)).await?)
    }

    /// Renews the login of this browser, if it has one. Refusals look alike here; the log tells them apart.
    pub async fn renew(&self, request: &HttpRequest) -> Result<Option<(Box<User>, Session)>, Error> {
        let Some(token) = Self::refresh_token(request) else { return Ok(None) };
        let (key, limits, now) = (self.refresh_key.clone(), self.config.session_limits, self.clock.now());
        let renewal = self.db.query(move |conn| Session::renew(conn, &key, &token, limits, now)).await?;
        match renewal {
            Renewal::Renewed { user, session } => return Ok(Some((user, session))),
            Renewal::Over => {}
            Renewal::Inactive(session) => {
                tracing::info!(event = "renewal_refused", %session, reason = "inactive")
            }
            Renewal::Reused(session) => {
                tracing::warn!(event = "refresh_reuse", %session, "a refresh token came twice; its session was ended");
            }
        }
        Ok(None)
    }

    /// Ends the session that this browser holds. Whether it held a live one.
    pub async fn sign_out(&self, request: &HttpRequest, why: Ended) -> Result<bool, Error> {
        let Some(token) = Self::refresh_token(request) else { return Ok(false) };
        let (key, now, session) = (self.refresh_key.clone(), self.clock.now(), token.session);
        let sign_out = move |conn: &mut _| Session::sign_out(conn, &token, &key, why, now);
        let ended = self.db.query(sign_out).await?;
        if ended {
            tracing::info!(event = "logout", %session, ?why);
        }
        Ok(ended)
    }

    /// Takes the session's cookies away, on whatever the answer is.
    pub fn dismiss(&self, mut answer: HttpResponse) -> Result<HttpResponse, Error> {
        for cookie in self.cookies.forget() {
            answer.add_cookie(&cookie).map_err(Error::internal_from_http)?;
        }
        Ok(answer)
    }

    /// Hands out the session: both cookies, on whatever the answer is.
    pub fn admit(
        &self,
        mut answer: HttpResponse,
        user: &User,
        session: &Session,
    ) -> Result<HttpResponse, Error> {
        for cookie in self.session_cookies(user, session)? {
            answer.add_cookie(&cookie).map_err(Error::internal_from_http)?;
        }
        Ok(answer)
    }

    fn session_cookies(&self, user: &User, session: &Session) -> Result<[Cookie<'static>; 2], Error> {
        let (config, now) = (&self.config, self.clock.now());
        let lifetime = config.access_token_lifetime;
        let claims = accounts::claims(user, session, &config.auth_url, &config.cookie_domain, lifetime, now);
        let life = Duration::from_secs(u64::try_from(claims.exp - claims.iat).unwrap_or(0));
        let access = self.keyring.sign(&claims).map_err(Error::internal)?;
        let refresh = self.refresh_key.token_for(session);
        Ok([self.cookies.access(&access, life), self.cookies.refresh(&refresh, now.until(session.ends_at()))])
    }

    /// Where to go afterwards, if `text` is a place that we send people to.
    pub fn next(&self, text: Option<&str>) -> Option<Next> {
        Next::parse(text?, &self.config.allowed_origins, &self.config.auth_url)
    }

    /// The absolute address of `next`, or of one of our own paths without it.
    pub fn destination(&self, next: Option<&Next>, path: &str) -> String {
        next.map_or_else(|| self.config.auth_url.join(path), |next| next.as_str().to_owned())
    }
}

//! All settings of the service, parsed and with defaults.

use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use shared_claims::server::Listen;

use super::secret::{self, Kind};
use super::unjudged::Unjudged;
use super::{
    AddressFlags, AllowedOrigins, AuditFlags, AuthUrl, ConfigError, CookieDomain, CookieNames, DatabaseFlags,
    Flags, KeyTimes, Mail, PasswordFlags, Registration, SecretKey, ServeFlags, Services, Site,
    TokenAlgorithm, TrustedProxies, settings, signing,
};
use crate::db::DatabaseUrl;

/// The settings of a running service.
#[derive(Debug, Clone)]
pub struct Config {
    pub auth_url: AuthUrl,
    pub cookie_domain: CookieDomain,
    pub allowed_origins: AllowedOrigins,
    pub services: Services,
    pub listen: Listen,
    pub database_url: DatabaseUrl,
    pub secret_key: SecretKey,
    /// The previous `secret_key`. Tokens and keys made with it remain valid.
    pub secret_key_previous: Option<SecretKey>,
    pub token_algorithm: TokenAlgorithm,
    pub key_times: KeyTimes,
    pub cookie_names: CookieNames,
    pub cookie_secure: bool,
    pub session_limits: SessionLimits,
    pub audit_retention: Duration,
    pub trusted_proxies: TrustedProxies,
    pub registration: Registration,
    pub passwords: PasswordRules,
    pub site: Site,
    pub mail: Mail,
    pub log_format: LogFormat,
    /// The draining time: after SIGTERM, requests are still answered while `/readyz` says 503.
    /// Default 5 seconds.
    pub shutdown_delay: Duration,
}

/// Who may be logged in, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// The lifetime of a refresh token (`REFRESH_TOKEN_LIFETIME`): how long a session lasts without
    /// a renewal. Default 5 days. `sessions/session.rs` adds it to the time of the login and of
    /// each renewal, as `idle_until`.
    pub idle: Duration,
    /// The maximum lifetime, however often the session is renewed. Default 30 days.
    pub absolute: Duration,
    /// The maximum number of sessions of one user; a new one ends the oldest. 50 (ASVS 7.1.2).
    pub per_user: usize,
    /// How long the previous refresh token still yields the current one. Default 30 seconds.
    pub grace: Duration,
    /// Whether an account gets tokens only with a verified address (`REQUIRE_VERIFIED_EMAIL`).
    pub verified_only: bool,
}

/// The rules for new passwords and their hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordRules {
    /// bcrypt's cost. Default 12: about a quarter of a second.
    pub bcrypt_cost: u32,
    /// In characters. Default 12 (ASVS 6.2.1 requires 8 and recommends 15).
    pub min_length: usize,
}

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For a terminal.
    Pretty,
    /// One JSON object for each line, for a log collector.
    Json,
}

const SESSIONS_PER_USER: usize = 50;

impl Config {
    pub fn parse(flags: &ServeFlags) -> Result<Self, ConfigError> {
        let mut secrets = Unjudged::default();
        let parsed = Self::parse_unjudged(flags, &mut secrets);
        // They come before what is wrong behind them.
        secrets.judge()?;
        parsed
    }

    /// Parses the settings, and does `work` with them while the secrets are judged.
    ///
    /// A secret may still be refused, and then the start has not begun. So `work` must change
    /// nothing outside of this process.
    pub fn parse_beside<T>(
        flags: &ServeFlags,
        work: impl FnOnce(&Self) -> T,
    ) -> Result<(Self, T), ConfigError> {
        let mut secrets = Unjudged::default();
        let parsed = Self::parse_unjudged(flags, &mut secrets);
        thread::scope(|scope| {
            let verdict = scope.spawn(|| secrets.judge());
            let parsed = parsed.map(|config| {
                let done = work(&config);
                (config, done)
            });
            verdict.join().unwrap_or_else(|panic| resume_unwind(panic))?;
            parsed
        })
    }

    fn parse_unjudged(flags: &ServeFlags, secrets: &mut Unjudged) -> Result<Self, ConfigError> {
        let (as_given, flags) = (flags, &flags.tidied()?);
        let cookie_domain =
            required("COOKIE_DOMAIN", &as_given.cookie_domain, flags.cookie_domain.as_deref())?;
        let cookie_domain = CookieDomain::parse(cookie_domain)?;
        let auth_url = required("AUTH_URL", &as_given.auth_url, flags.auth_url.as_deref())?;
        let auth_url = AuthUrl::parse(auth_url, &cookie_domain)?;
        let cookie_secure = cookie_secure(flags.cookie_secure.as_deref(), &auth_url)?;
        let (secret_key, secret_key_previous) = secret_keys(as_given, flags, secrets)?;
        let token_algorithm = signing::algorithm(flags, secrets)?;
        if let TokenAlgorithm::Hs512(key) = &token_algorithm
            && key.as_bytes() == secret_key.as_bytes()
        {
            return Err(ConfigError::new(
                "JWT_SIGNING_KEY",
                "is the SECRET_KEY, which no service may have: make another",
            ));
        }
        let allowed_origins =
            AllowedOrigins::parse(flags.allowed_origins.as_deref(), &auth_url, &cookie_domain)?;
        let services = flags.services.as_deref();
        let mail = Mail::parse(&flags.mail, &auth_url, &cookie_domain)?;
        Ok(Self {
            services: Services::parse(services, &allowed_origins, &auth_url, &cookie_domain)?,
            allowed_origins,
            listen: listen(flags.listen.as_deref())?,
            database_url: as_given.database.parse()?,
            secret_key,
            secret_key_previous,
            token_algorithm,
            key_times: KeyTimes::parse(&flags.key_times)?,
            cookie_names: CookieNames::parse(flags, cookie_secure)?,
            cookie_secure,
            session_limits: SessionLimits {
                idle: settings::duration("REFRESH_TOKEN_LIFETIME", flags.refresh_token_lifetime.as_deref())?,
                absolute: settings::duration("SESSION_LIFETIME", flags.session_lifetime.as_deref())?,
                per_user: SESSIONS_PER_USER,
                grace: settings::duration("REFRESH_GRACE", flags.refresh_grace.as_deref())?,
                verified_only: mail.requires_verified,
            },
            audit_retention: flags.audit.parse()?,
            trusted_proxies: TrustedProxies::parse(flags.trusted_proxies.as_deref())?,
            registration: Registration::parse(flags.registration.as_deref())?,
            passwords: flags.passwords.parse()?,
            site: Site { has_dev_mailbox: mail.folder().is_some(), ..Site::parse(&flags.site)? },
            mail,
            log_format: log_format(flags.log_format.as_deref())?,
            shutdown_delay: settings::duration("SHUTDOWN_DELAY", flags.shutdown_delay.as_deref())?,
            cookie_domain,
            auth_url,
        })
    }
}

impl AuditFlags {
    /// How long audit events are kept. Default 90 days.
    pub fn parse(&self) -> Result<Duration, ConfigError> {
        settings::duration("AUDIT_RETENTION", self.tidied()?.audit_retention.as_deref())
    }
}

impl AddressFlags {
    pub fn parse(&self) -> Result<AuthUrl, ConfigError> {
        let flags = self.tidied()?;
        let domain = required("COOKIE_DOMAIN", &self.cookie_domain, flags.cookie_domain.as_deref())?;
        let auth_url = required("AUTH_URL", &self.auth_url, flags.auth_url.as_deref())?;
        AuthUrl::parse(auth_url, &CookieDomain::parse(domain)?)
    }
}

impl DatabaseFlags {
    pub fn parse(&self) -> Result<DatabaseUrl, ConfigError> {
        let flags = self.tidied()?;
        let (text, path) = (flags.database_url.as_deref(), flags.database_url_file.as_deref());
        let text = secret::read(("DATABASE_URL", Kind::Address), text, path)?;
        let text = required("DATABASE_URL", &self.database_url, text.as_deref().map(String::as_str))?;
        DatabaseUrl::parse(text).map_err(|problem| ConfigError::new("DATABASE_URL", problem.to_string()))
    }
}

impl PasswordFlags {
    pub fn parse(&self) -> Result<PasswordRules, ConfigError> {
        let flags = self.tidied()?;
        Ok(PasswordRules {
            bcrypt_cost: settings::number("BCRYPT_COST", flags.bcrypt_cost.as_deref())?,
            min_length: settings::number("PASSWORD_MIN_LENGTH", flags.password_min_length.as_deref())?
                as usize,
        })
    }
}

/// `SECRET_KEY` and `SECRET_KEY_PREVIOUS`.
fn secret_keys(
    as_given: &ServeFlags,
    flags: &ServeFlags,
    secrets: &mut Unjudged,
) -> Result<(SecretKey, Option<SecretKey>), ConfigError> {
    let (name, previous_name) = ("SECRET_KEY", "SECRET_KEY_PREVIOUS");
    let (value, path) = (flags.secret_key.as_deref(), flags.secret_key_file.as_deref());
    let text = secret::read((name, Kind::Secret), value, path)?;
    // Report a blank secret as too short, not as missing.
    let text = text.as_deref().map(String::as_str).or(as_given.secret_key.as_deref());
    let key = SecretKey::parse_unjudged(name, required(name, &None, text)?, secrets)?;
    let previous = secret::read(
        (previous_name, Kind::Former),
        flags.secret_key_previous.as_deref(),
        flags.secret_key_previous_file.as_deref(),
    )?;
    let previous = previous.map(|text| SecretKey::parse_previous(previous_name, &text)).transpose()?;
    if previous.as_ref() == Some(&key) {
        return Err(ConfigError::new(previous_name, "is the same as SECRET_KEY: unset it"));
    }
    Ok((key, previous))
}

/// `as_given` distinguishes a blank setting from one that is not set.
fn required<'a>(
    setting: &'static str,
    as_given: &Option<String>,
    value: Option<&'a str>,
) -> Result<&'a str, ConfigError> {
    let what = if as_given.is_some() { "is set to nothing" } else { "is not set" };
    value.ok_or_else(|| ConfigError::new(setting, format!("{what}; see `auth-service serve --help`")))
}

fn listen(value: Option<&str>) -> Result<Listen, ConfigError> {
    let listen = value.unwrap_or(settings::text("LISTEN")).parse::<Listen>();
    listen.map_err(|problem| ConfigError::new("LISTEN", problem.to_string()))
}

/// C10
fn cookie_secure(value: Option<&str>, auth_url: &AuthUrl) -> Result<bool, ConfigError> {
    if settings::one_of("COOKIE_SECURE", value)? == "true" {
        return Ok(true);
    }
    if auth_url.is_https() {
        return Err(ConfigError::new(
            "COOKIE_SECURE",
            "can be false only when AUTH_URL is http on a .localhost host: over a network the cookies would leak",
        ));
    }
    Ok(false)
}

fn log_format(value: Option<&str>) -> Result<LogFormat, ConfigError> {
    Ok(match settings::one_of("LOG_FORMAT", value)? {
        "json" => LogFormat::Json,
        _ => LogFormat::Pretty,
    })
}

//! The table of settings: the name, default, limits and help text of each.
//!
//! Each row generates the field for the raw text, the flag, and the line of `check-config`. A test
//! compares `docs/settings.md` with the table.

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use super::ConfigError;
use super::duration::{DAY, HOUR, MINUTE};
use super::flags::{Flags, settings};
use super::setting::{Rule, Setting};

settings! {
    /// All that the service needs, in the order in which it is shown.
    pub struct ServeFlags {
        {
            /// Where people reach this service, without a trailing slash:
            /// `https://auth.example.org`.
            auth_url: String = Setting::new("AUTH_URL", "URL", Rule::Required);
            /// The parent domain whose sub-domains share the login: `example.org`.
            cookie_domain: String = Setting::new("COOKIE_DOMAIN", "DOMAIN", Rule::Required);
            /// The address to listen on, or `unix:` and the path of a socket for a proxy on this
            /// machine.
            listen: String = Setting::new("LISTEN", "ADDRESS:PORT", Rule::Text("127.0.0.1:8000"));
        }
        database: DatabaseFlags,
        {
            /// 32 random bytes or more: seals private keys and the browser cookie, authenticates
            /// refresh tokens.
            secret_key or secret_key_file: String = Setting::secret("SECRET_KEY", Rule::Required);
            /// The SECRET_KEY from before it was changed: what it sealed and signed is still good.
            secret_key_previous or secret_key_previous_file: String =
                Setting::secret("SECRET_KEY_PREVIOUS", Rule::Words(""));
            /// `ES256`, `EdDSA`, or `HS512` with one key that every service holds.
            token_algorithm: String =
                Setting::new("TOKEN_ALGORITHM", "NAME", Rule::OneOf(&["ES256", "EdDSA", "HS512"]));
            /// The shared key of `TOKEN_ALGORITHM=HS512`: 64 random bytes or more.
            jwt_signing_key or jwt_signing_key_file: String =
                Setting::secret("JWT_SIGNING_KEY", Rule::Words(""));
        }
        key_times: KeyTimeFlags,
        {
            /// How long somebody stays logged in without coming back.
            refresh_token_lifetime: String =
                Setting::duration("REFRESH_TOKEN_LIFETIME", 5 * DAY, MINUTE..=30 * DAY);
            /// How long somebody stays logged in at most, however often they come back.
            session_lifetime: String =
                Setting::duration("SESSION_LIFETIME", 30 * DAY, HOUR..=365 * DAY);
            /// How long a refresh token that was just replaced still yields its successor, for tabs
            /// that renew at the same moment.
            refresh_grace: String =
                Setting::new("REFRESH_GRACE", "0..300s", Rule::Duration { default: 30, limits: 0..=300 });
        }
        audit: AuditFlags,
        {
            /// The proxies whose X-Forwarded-For is believed, and at /auth/verify their other
            /// forwarded headers: addresses and networks, separated by commas.
            trusted_proxies: String =
                Setting::new("TRUSTED_PROXIES", "ADDRESSES", Rule::Words("none"));
            /// The only origins that people are sent back to, separated by commas.
            allowed_origins: String =
                Setting::new("ALLOWED_ORIGINS", "ORIGINS", Rule::Words("COOKIE_DOMAIN and all below")).not_blank();
            /// What people call the services, with an icon or without:
            /// `Demo=https://demo.example.org /etc/sso/demo.svg, Wiki=https://wiki.example.org`.
            services: String = Setting::new("SERVICES", "SERVICES", Rule::Words(""));
            /// Who makes accounts: `open`, everybody their own; `closed`, the operator by `users
            /// create` alone.
            registration: String =
                Setting::new("REGISTRATION", "WHO", Rule::OneOf(&["open", "closed"])).not_blank();
        }
        passwords: PasswordFlags,
        site: SiteFlags,
        mail: MailFlags,
        {
            /// `false` drops the cookies' Secure flag and name prefixes; only for http on a
            /// .localhost host.
            cookie_secure: String =
                Setting::new("COOKIE_SECURE", "BOOL", Rule::OneOf(&["true", "false"]));
            /// The access cookie's name.
            access_cookie_name: String =
                Setting::new("ACCESS_COOKIE_NAME", "NAME", Rule::Text("__Secure-sso_access"));
            /// The refresh cookie's name.
            refresh_cookie_name: String =
                Setting::new("REFRESH_COOKIE_NAME", "NAME", Rule::Text("__Host-sso_refresh"));
            /// The name of the cookie for messages and form protection.
            browser_cookie_name: String =
                Setting::new("BROWSER_COOKIE_NAME", "NAME", Rule::Text("__Host-sso_browser"));
            /// The name of the cookie that tells services that a session probably exists.
            hint_cookie_name: String =
                Setting::new("HINT_COOKIE_NAME", "NAME", Rule::Text("__Secure-sso_hint"));
            /// How long after SIGTERM requests are still taken while /readyz says 503, so that
            /// proxies send the next ones elsewhere.
            shutdown_delay: String =
                Setting::new("SHUTDOWN_DELAY", "0..300s", Rule::Duration { default: 5, limits: 0..=300 });
            /// `pretty` or `json`.
            log_format: String =
                Setting::new("LOG_FORMAT", "FORMAT", Rule::OneOf(&["pretty", "json"]));
        }
    }

    /// The address of the service, for commands that print it.
    pub struct AddressFlags {
        {
            /// Where people reach the service, without a trailing slash:
            /// `https://auth.example.org`.
            auth_url: String = Setting::new("AUTH_URL", "URL", Rule::Required);
            /// The parent domain whose sub-domains share the login: `example.org`.
            cookie_domain: String = Setting::new("COOKIE_DOMAIN", "DOMAIN", Rule::Required);
        }
    }

    /// Where the accounts are.
    pub struct DatabaseFlags {
        {
            /// Where accounts and sessions are kept: `sqlite:<path>` or
            /// `postgres://<user>@<host>/<name>`.
            database_url or database_url_file: String =
                Setting::new("DATABASE_URL", "URL", Rule::Required);
        }
    }

    /// How passwords are judged and kept.
    pub struct PasswordFlags {
        {
            /// Rounds of bcrypt, as a power of two; each step doubles the work of a login.
            // Lower costs suit only tests, which set PasswordRules directly.
            bcrypt_cost: String = Setting::number("BCRYPT_COST", 12, 10..=16);
            /// Minimum length of a new password, in characters.
            password_min_length: String = Setting::number("PASSWORD_MIN_LENGTH", 12, 8..=64);
        }
    }

    /// How long keys sign and are published.
    pub struct KeyTimeFlags {
        {
            /// How long a signing key is used before the next one takes over; 0 turns rotation off.
            key_rotation: String =
                Setting::span_or_never("KEY_ROTATION", 30 * DAY, 2 * HOUR..=365 * DAY);
            /// How long services may keep the published keys before they look again.
            jwks_max_age: String = Setting::duration("JWKS_MAX_AGE", 5 * MINUTE, 1..=HOUR);
            /// How long a service trusts a login without asking again.
            access_token_lifetime: String =
                Setting::duration("ACCESS_TOKEN_LIFETIME", 5 * MINUTE, 1..=HOUR);
        }
    }

    /// What is kept of what happened.
    pub struct AuditFlags {
        {
            /// How long the audit trail is kept.
            audit_retention: String = Setting::duration("AUDIT_RETENTION", 90 * DAY, DAY..=3650 * DAY);
        }
    }

    /// How the pages look.
    pub struct SiteFlags {
        {
            /// What the pages call the whole of your services.
            site_name: String =
                Setting::new("SITE_NAME", "NAME", Rule::Words("One account, in each language"));
            /// A picture to show beside the name: .svg, .png, .jpg or .webp, at most 256 KB.
            site_logo: PathBuf = Setting::new("SITE_LOGO", "FILE", Rule::Words("a key"));
            /// The colour of buttons and links, such as #2348ae; a second one, after a comma, for
            /// dark screens. Made darker or lighter where it could not be read otherwise.
            site_color: String = Setting::new("SITE_COLOR", "COLOR", Rule::Words("blue"));
            /// Links at the foot of every page: `Imprint=https://example.org/imprint,
            /// Help=mailto:help@example.org`.
            footer_links: String = Setting::new("FOOTER_LINKS", "LINKS", Rule::Words(""));
            /// A folder with templates, texts and static files that take the place of ours with the
            /// same name; see `auth-service templates`.
            templates_dir: PathBuf = Setting::new("TEMPLATES_DIR", "FOLDER", Rule::Words(""));
        }
    }

    /// Where mail goes out.
    pub struct MailFlags {
        {
            /// The server that takes our mail: `smtps://<user>:<password>@<host>`, or `smtp://`
            /// with `?tls=required` or `?tls=opportunistic`. For development `file:<folder>`.
            smtp_url or smtp_url_file: String =
                Setting::new("SMTP_URL", "URL", Rule::Words("no mail"));
            /// The sender of our mail: `Accounts <accounts@example.org>`.
            mail_from: String =
                Setting::new("MAIL_FROM", "ADDRESS", Rule::Words("no-reply@COOKIE_DOMAIN"));
            /// Whether an account gets no tokens until its address is verified; `auto`: if there is
            /// an SMTP_URL.
            require_verified_email: String =
                Setting::new("REQUIRE_VERIFIED_EMAIL", "WHEN", Rule::OneOf(&["auto", "true", "false"])).not_blank();
        }
    }
}

/// Every setting, in display order.
pub static SETTINGS: LazyLock<Vec<&'static Setting>> = LazyLock::new(ServeFlags::settings);

/// Finds a setting by name.
fn find(name: &'static str) -> &'static Setting {
    let found = SETTINGS.iter().find(|setting| setting.name == name);
    found.unwrap_or_else(|| unreachable!("{name} is not in the table of settings"))
}

/// Parses a duration by the rule of its setting.
pub(super) fn duration(name: &'static str, value: Option<&str>) -> Result<Duration, ConfigError> {
    find(name).read_duration(value)
}

/// Parses a number by the rule of its setting.
pub(super) fn number(name: &'static str, value: Option<&str>) -> Result<u32, ConfigError> {
    find(name).read_number(value)
}

/// Parses a word by the rule of its setting.
pub(super) fn one_of(name: &'static str, value: Option<&str>) -> Result<&'static str, ConfigError> {
    find(name).read_choice(value)
}

/// The default of a setting.
pub(super) fn text(name: &'static str) -> &'static str {
    find(name).default_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_settings_has_each_with_its_default_and_limits() {
        let page = include_str!("../../../docs/settings.md");
        let rows = page.lines().filter(|line| line.starts_with("| `"));
        let rows: Vec<Vec<String>> = rows
            .map(|row| {
                row.split('|').skip(1).take(3).map(|cell| cell.replace('`', "").trim().to_owned()).collect()
            })
            .collect();
        let expected = SETTINGS.iter().map(|setting| {
            let secret = if setting.has_file { " (secret)" } else { "" };
            let default = match setting.rule {
                Rule::Required => "required".to_owned(),
                _ => setting.describe_default().unwrap_or_default(),
            };
            vec![format!("{}{secret}", setting.name), default, setting.describe_limits().unwrap_or_default()]
        });
        assert_eq!(rows, expected.collect::<Vec<_>>());
    }
}

//! The settings, judged to the end: one that is refused does not keep the others from being looked at.

use std::collections::BTreeSet;

use super::finding::Finding;
use crate::config::{Config, ServeFlags};
use crate::random;

/// The settings, as far as they can be used.
pub(super) struct Known {
    pub config: Config,
    /// Settings that were refused, and have a stand-in in `config` that nothing may be concluded from.
    unusable: BTreeSet<&'static str>,
}

impl Known {
    pub fn has(&self, setting: &'static str) -> bool {
        !self.unusable.contains(setting)
    }
}

/// Every refusal that there is, and what is left to go on with; nothing where even that cannot be.
pub(super) fn examine(flags: &ServeFlags) -> (Vec<Finding>, Option<Known>) {
    let (mut findings, mut unusable, mut flags) = (Vec::new(), BTreeSet::new(), flags.clone());
    loop {
        let refusal = match Config::parse(&flags) {
            Ok(config) => {
                if findings.is_empty() {
                    findings.push(Finding::ok("settings", "every setting can be used"));
                }
                return (findings, Some(Known { config, unusable }));
            }
            Err(refusal) => refusal,
        };
        let setting = refusal.setting;
        if !unusable.insert(setting) {
            return (findings, None);
        }
        let id = match setting {
            "COOKIE_DOMAIN" if refusal.problem.contains("public suffix") => "cookie-domain-is-public-suffix",
            _ => "setting-refused",
        };
        findings.push(refused(id, setting, &refusal.problem));
        // Without the domain the address cannot be judged; that it is missing can be said all the same.
        if setting == "COOKIE_DOMAIN" && flags.auth_url.is_none() {
            findings.push(refused("setting-refused", "AUTH_URL", "is not set"));
        }
        stand_in(&mut flags, setting, &mut unusable);
    }
}

fn refused(id: &'static str, setting: &str, problem: &str) -> Finding {
    Finding::error(id, format!("{setting} {problem}"))
        .because("auth-service does not start with it.")
        .advise(format!("Change {setting}; `auth-service serve --help` says what each setting takes."))
}

/// Puts something in place of a setting that cannot be used, so that the next one can be judged.
fn stand_in(flags: &mut ServeFlags, setting: &'static str, unusable: &mut BTreeSet<&'static str>) {
    match setting {
        "COOKIE_DOMAIN" | "AUTH_URL" => {
            // The three are judged by one another; without one the others mean nothing.
            unusable.extend(["AUTH_URL", "ALLOWED_ORIGINS"]);
            let domain = match setting {
                "AUTH_URL" => flags.cookie_domain.clone().unwrap_or_default(),
                _ => "stand-in.localhost".to_owned(),
            };
            flags.auth_url = Some(format!("https://auth.{domain}"));
            flags.cookie_domain = Some(domain);
            flags.allowed_origins = None;
            flags.cookie_secure = None;
        }
        "SECRET_KEY" => {
            flags.secret_key = Some(hex::encode(random::bytes::<32>()));
            flags.secret_key_file = None;
        }
        "SECRET_KEY_PREVIOUS" => (flags.secret_key_previous, flags.secret_key_previous_file) = (None, None),
        "JWT_SIGNING_KEY" => {
            (flags.jwt_signing_key, flags.jwt_signing_key_file) = (None, None);
            flags.token_algorithm = None;
            unusable.insert("TOKEN_ALGORITHM");
        }
        "DATABASE_URL" => {
            let any =
                if cfg!(feature = "sqlite") { "sqlite:stand-in.db" } else { "postgres://stand-in/auth" };
            flags.database.database_url = Some(any.to_owned());
            flags.database.database_url_file = None;
        }
        "SMTP_URL" => (flags.mail.smtp_url, flags.mail.smtp_url_file) = (None, None),
        "MAIL_FROM" => flags.mail.mail_from = None,
        "TOKEN_ALGORITHM" => flags.token_algorithm = None,
        "ALLOWED_ORIGINS" => flags.allowed_origins = None,
        "LISTEN" => flags.listen = None,
        "KEY_ROTATION" => flags.key_times.key_rotation = None,
        "JWKS_MAX_AGE" => flags.key_times.jwks_max_age = None,
        "ACCESS_TOKEN_LIFETIME" => flags.key_times.access_token_lifetime = None,
        "REFRESH_TOKEN_LIFETIME" => flags.refresh_token_lifetime = None,
        "SESSION_LIFETIME" => flags.session_lifetime = None,
        "REFRESH_GRACE" => flags.refresh_grace = None,
        "AUDIT_RETENTION" => flags.audit_retention = None,
        "REGISTRATION" => flags.registration = None,
        "TRUSTED_PROXIES" => flags.trusted_proxies = None,
        "COOKIE_SECURE" => flags.cookie_secure = None,
        "ACCESS_COOKIE_NAME" => flags.access_cookie_name = None,
        "REFRESH_COOKIE_NAME" => flags.refresh_cookie_name = None,
        "BROWSER_COOKIE_NAME" => flags.browser_cookie_name = None,
        "HINT_COOKIE_NAME" => flags.hint_cookie_name = None,
        "SHUTDOWN_DELAY" => flags.shutdown_delay = None,
        "LOG_FORMAT" => flags.log_format = None,
        "BCRYPT_COST" => flags.passwords.bcrypt_cost = None,
        "PASSWORD_MIN_LENGTH" => flags.passwords.password_min_length = None,
        "SITE_NAME" => flags.site.site_name = None,
        "SITE_LOGO" => flags.site.site_logo = None,
        "SITE_COLOR" => flags.site.site_color = None,
        "FOOTER_LINKS" => flags.site.footer_links = None,
        "TEMPLATES_DIR" => flags.site.templates_dir = None,
        // One that is not here is refused again, and ends the loop.
        _ => {}
    }
}

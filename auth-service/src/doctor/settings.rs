//! Checks every setting. A refused setting does not stop the check of the others.

use std::collections::BTreeSet;

use super::finding::Finding;
use crate::config::{Config, Flags, ServeFlags};
use crate::random;

/// The settings, as far as they could be parsed.
pub(super) struct Known {
    pub config: Config,
    /// The settings that were refused. They have a placeholder in `config`, so checks must not rely
    /// on them.
    unusable: BTreeSet<&'static str>,
}

impl Known {
    pub fn has(&self, setting: &'static str) -> bool {
        !self.unusable.contains(setting)
    }
}

/// Returns every refused setting, and the configuration that the remaining ones give; `None` if not
/// even that is possible.
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
        // Without the domain the address cannot be checked, but we can still report that it is
        // missing.
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

/// Replaces a refused setting by a placeholder, so that the next one can be checked.
fn stand_in(flags: &mut ServeFlags, setting: &'static str, unusable: &mut BTreeSet<&'static str>) {
    match setting {
        "COOKIE_DOMAIN" | "AUTH_URL" => {
            // These settings are checked against each other, so none of them is reliable any
            // more.
            unusable.extend(["AUTH_URL", "ALLOWED_ORIGINS", "SERVICES"]);
            let domain = match setting {
                "AUTH_URL" => flags.cookie_domain.clone().unwrap_or_default(),
                _ => "stand-in.localhost".to_owned(),
            };
            flags.auth_url = Some(format!("https://auth.{domain}"));
            flags.cookie_domain = Some(domain);
            flags.allowed_origins = None;
            flags.services = None;
            flags.cookie_secure = None;
        }
        "SECRET_KEY" => {
            flags.unset(setting);
            flags.secret_key = Some(hex::encode(random::bytes::<32>()));
        }
        "DATABASE_URL" => {
            let any =
                if cfg!(feature = "sqlite") { "sqlite:stand-in.db" } else { "postgres://stand-in/auth" };
            flags.unset(setting);
            flags.database.database_url = Some(any.to_owned());
        }
        "JWT_SIGNING_KEY" => {
            flags.unset(setting);
            flags.unset("TOKEN_ALGORITHM");
            unusable.insert("TOKEN_ALGORITHM");
        }
        // Any other setting is optional, so it can be unset.
        _ => flags.unset(setting),
    }
}

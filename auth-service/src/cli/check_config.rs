//! `auth-service check-config`

use crate::config::{Config, LogFormat, ServeFlags, Tidy, TokenAlgorithm, span_in_words};

use super::{CliError, output};

/// Every setting of `serve`, and how to print them.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    serve: ServeFlags,
    /// As one JSON object, its keys the settings' names and its values the same texts.
    #[arg(long)]
    json: bool,
}

/// Prints every setting in force, as `NAME=value` or as one JSON object (D4t).
pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let flags = &arguments.serve;
    let config = Config::parse(flags)?;
    // Beside the settings, which programs read.
    for name in flags.blank() {
        eprintln!("auth-service: note: {name} is set to nothing, which counts as not set");
    }
    let settings = in_force(&config, flags.allowed_origins.as_deref());
    if arguments.json {
        let object = settings.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        return output::line(serde_json::Value::Object(object.collect()));
    }
    for (name, value) in settings {
        output::line(format_args!("{name}={value}"))?;
    }
    Ok(())
}

fn in_force(config: &Config, allowed_origins: Option<&str>) -> Vec<(&'static str, String)> {
    let span = span_in_words;
    let shown = |is_set: bool| if is_set { "(set, not shown)" } else { "(not used)" }.to_owned();
    let everywhere = format!("(all of {})", config.cookie_domain.as_str());
    vec![
        ("AUTH_URL", config.auth_url.origin()),
        ("COOKIE_DOMAIN", config.cookie_domain.as_str().to_owned()),
        ("LISTEN", config.listen.to_string()),
        ("DATABASE_URL", config.database_url.masked()),
        ("SECRET_KEY", "(set, not shown)".to_owned()),
        ("SECRET_KEY_PREVIOUS", shown(config.secret_key_previous.is_some())),
        ("TOKEN_ALGORITHM", config.token_algorithm.name().to_owned()),
        ("JWT_SIGNING_KEY", shown(matches!(config.token_algorithm, TokenAlgorithm::Hs512(_)))),
        ("KEY_ROTATION", config.key_times.rotation.map_or_else(|| "0".to_owned(), span)),
        ("JWKS_MAX_AGE", span(config.key_times.jwks_max_age)),
        ("ACCESS_TOKEN_LIFETIME", span(config.key_times.token_life)),
        ("REFRESH_TOKEN_LIFETIME", span(config.session_limits.idle)),
        ("SESSION_LIFETIME", span(config.session_limits.absolute)),
        ("REFRESH_GRACE", span(config.session_limits.grace)),
        ("AUDIT_RETENTION", span(config.audit_retention)),
        ("TRUSTED_PROXIES", config.trusted_proxies.to_string()),
        ("ALLOWED_ORIGINS", allowed_origins.map_or(everywhere, str::to_owned)),
        ("REGISTRATION", config.registration.name().to_owned()),
        ("BCRYPT_COST", config.passwords.bcrypt_cost.to_string()),
        ("PASSWORD_MIN_LENGTH", config.passwords.min_length.to_string()),
        ("SITE_NAME", config.site.name.clone().unwrap_or_else(|| "(ours)".to_owned())),
        (
            "SITE_LOGO",
            config
                .site
                .logo
                .as_ref()
                .map_or_else(|| "(ours)".to_owned(), |logo| logo.path.display().to_string()),
        ),
        ("SITE_COLOR", config.site.colors_in_words().unwrap_or_else(|| "(ours)".to_owned())),
        ("FOOTER_LINKS", config.site.links_in_words()),
        (
            "TEMPLATES_DIR",
            config
                .site
                .templates_dir
                .as_ref()
                .map_or_else(|| "(not used)".to_owned(), |dir| dir.display().to_string()),
        ),
        ("SMTP_URL", config.mail.smtp.as_ref().map_or_else(|| "(not used)".to_owned(), |url| url.masked())),
        ("MAIL_FROM", config.mail.from.clone().unwrap_or_else(|| "(not used)".to_owned())),
        ("COOKIE_SECURE", config.cookie_secure.to_string()),
        ("ACCESS_COOKIE_NAME", config.cookie_names.access.clone()),
        ("REFRESH_COOKIE_NAME", config.cookie_names.refresh.clone()),
        ("BROWSER_COOKIE_NAME", config.cookie_names.browser.clone()),
        ("HINT_COOKIE_NAME", config.cookie_names.hint.clone()),
        ("SHUTDOWN_DELAY", span(config.shutdown_delay)),
        ("LOG_FORMAT", if config.log_format == LogFormat::Json { "json" } else { "pretty" }.to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Rule, SETTINGS};

    #[test]
    fn every_setting_is_shown_as_the_table_has_it() {
        let text = |text: &str| Some(text.to_owned());
        let mut flags = ServeFlags {
            auth_url: text("https://auth.example.org"),
            cookie_domain: text("example.org"),
            secret_key: text(&hex::encode(crate::random::bytes::<32>())),
            ..ServeFlags::default()
        };
        flags.database.database_url = text("sqlite:auth.db");
        let shown = in_force(&Config::parse(&flags).unwrap(), None);
        let names: Vec<_> = shown.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, SETTINGS.iter().map(|setting| setting.name).collect::<Vec<_>>());
        for (setting, (name, value)) in SETTINGS.iter().zip(&shown) {
            if !matches!(setting.rule, Rule::Required | Rule::Words(_)) {
                assert_eq!(Some(value), setting.default_in_words().as_ref(), "{name}");
            }
        }
    }
}

//! `auth-service check-config`: checks the settings and prints them.

use crate::config::{Config, Flags, Outgoing, SETTINGS, ServeFlags, Setting, TokenAlgorithm};

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

/// Prints the effective settings, as `NAME=value` or as one JSON object (D4t).
pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let flags = &arguments.serve;
    let config = Config::parse(flags)?;
    // Notes go to standard error, because programs read the output.
    for name in flags.blank() {
        eprintln!("auth-service: note: {name} is set to nothing, which counts as not set");
    }
    let settings = in_force(&flags.tidied()?, &config);
    if arguments.json {
        let object = settings.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        return output::line(serde_json::Value::Object(object.collect()));
    }
    for (name, value) in settings {
        output::line(format_args!("{name}={value}"))?;
    }
    Ok(())
}

fn in_force(flags: &ServeFlags, config: &Config) -> Vec<(&'static str, String)> {
    let shown = |setting: &&'static Setting| {
        let given = flags.given(setting.name);
        (setting.name, shown(setting, given.as_deref(), config))
    };
    SETTINGS.iter().map(shown).collect()
}

/// The effective value. Settings that are normalized show the parsed value.
fn shown(setting: &Setting, given: Option<&str>, config: &Config) -> String {
    let ours = || "(ours)".to_owned();
    let names = &config.cookie_names;
    match setting.name {
        "AUTH_URL" => config.auth_url.origin(),
        "COOKIE_DOMAIN" => config.cookie_domain.as_str().to_owned(),
        "LISTEN" => config.listen.to_string(),
        "DATABASE_URL" => config.database_url.masked(),
        // It may be set for services that share the settings file.
        "JWT_SIGNING_KEY" if !matches!(config.token_algorithm, TokenAlgorithm::Hs512(_)) => {
            setting.in_force(None)
        }
        "TRUSTED_PROXIES" => config.trusted_proxies.to_string(),
        "ALLOWED_ORIGINS" if given.is_none() => format!("(all of {})", config.cookie_domain.as_str()),
        "SITE_NAME" | "SITE_LOGO" => given.map_or_else(ours, str::to_owned),
        "SITE_COLOR" => config.site.theme.map_or_else(ours, |theme| theme.to_string()),
        "SERVICES" => config.services.to_string(),
        "FOOTER_LINKS" => config.site.links_text(),
        "SMTP_URL" => config.mail.outgoing.as_ref().map_or_else(|| setting.in_force(None), Outgoing::masked),
        "ACCESS_COOKIE_NAME" => names.access.clone(),
        "REFRESH_COOKIE_NAME" => names.refresh.clone(),
        "BROWSER_COOKIE_NAME" => names.browser.clone(),
        "HINT_COOKIE_NAME" => names.hint.clone(),
        _ => setting.in_force(given),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Rule;

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
        let shown = in_force(&flags, &Config::parse(&flags).unwrap());
        let names: Vec<_> = shown.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, SETTINGS.iter().map(|setting| setting.name).collect::<Vec<_>>());
        for (setting, (name, value)) in SETTINGS.iter().zip(&shown) {
            if !matches!(setting.rule, Rule::Required | Rule::Words(_)) {
                assert_eq!(Some(value), setting.describe_default().as_ref(), "{name}");
            }
        }
    }
}

//! Refuses secrets in command-line arguments: every user of the machine can read the arguments of
//! every process (`/proc/<pid>/cmdline`), but only the process's own user can read its environment.

use clap::ArgMatches;
use clap::parser::ValueSource;
use url::Url;

use crate::config::{Blank, SETTINGS};

/// The advice in the error message.
pub(super) const ADVICE: &str = "everybody on this machine can read the arguments of a program while it runs: set it in the \
                                 environment, or name a file with the setting that ends in _FILE (PostgreSQL's programs \
                                 know PGPASSWORD and ~/.pgpass too), and change the secret";

/// The flags on the command line whose value contains a secret.
pub(super) fn secrets(matches: &ArgMatches) -> Vec<String> {
    let mut found = Vec::new();
    for setting in SETTINGS.iter().filter(|setting| setting.has_file) {
        let text = given(matches, &setting.name.to_lowercase());
        if text.is_some_and(|text| setting.blank == Blank::Secret || has_password(&text)) {
            found.push(setting.flag());
        }
    }
    if given(matches, "source").is_some_and(|text| has_password(&text)) {
        found.push("the source's address".to_owned());
    }
    if let Some((_, below)) = matches.subcommand() {
        found.extend(secrets(below));
    }
    found
}

/// The value if it came from the command line and not from the environment.
fn given(matches: &ArgMatches, id: &str) -> Option<String> {
    let known = matches.try_contains_id(id).unwrap_or(false);
    if !known || matches.value_source(id) != Some(ValueSource::CommandLine) {
        return None;
    }
    matches.try_get_one::<String>(id).ok().flatten().cloned()
}

fn has_password(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| {
        url.password().is_some_and(|password| !password.is_empty())
            || url.query_pairs().any(|(name, value)| name == "password" && !value.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn found(line: &str) -> Vec<String> {
        let words = line.split(' ');
        secrets(&super::super::Arguments::command().try_get_matches_from(words).expect(line))
    }

    /// D9t
    #[test]
    fn secrets_are_found_wherever_they_stand() {
        for (line, flags) in [
            ("auth-service --secret-key x", &["--secret-key"][..]),
            (
                "auth-service serve --jwt-signing-key x --secret-key-previous y",
                &["--secret-key-previous", "--jwt-signing-key"],
            ),
            ("auth-service migrate --database-url postgres://auth:x@db/auth", &["--database-url"]),
            ("auth-service users --database-url postgres://db/auth?password=x list", &["--database-url"]),
            ("auth-service doctor --smtp-url smtps://ada:x@mail.example.org", &["--smtp-url"]),
            ("auth-service import django postgres://reader:x@db/shop", &["the source's address"]),
            ("auth-service migrate --database-url postgres://auth@db/auth", &[]),
            ("auth-service migrate --database-url sqlite:auth.db", &[]),
            ("auth-service import django shop.json --database-url sqlite:auth.db", &[]),
            ("auth-service --secret-key-file secret-key", &[]),
        ] {
            assert_eq!(found(line), flags, "{line}");
        }
    }
}

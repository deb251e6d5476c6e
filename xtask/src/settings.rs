//! Settings of the services that we run: the development hosts, SQLite, one folder for all data.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Result;
use crate::{data_folder, process};

/// The parent domain of both development hosts. Browsers resolve `*.localhost` themselves.
const DOMAIN: &str = "sso.localhost";

/// The ports of the services, and the folder of their data.
pub struct Settings {
    pub auth_port: u16,
    pub demo_port: u16,
    /// demo-service a second time, under another name: one login, two services.
    pub lists_port: u16,
    /// The folder of the databases and the secret key.
    pub data: PathBuf,
    /// The lifetime of an access token, as auth-service reads it. `None` for its default.
    pub access_token_lifetime: Option<String>,
    /// Whether auth-service writes letters, into `mail/` of the data folder. Then accounts need a
    /// verified address.
    pub has_mail: bool,
}

impl Settings {
    pub fn auth_url(&self) -> String {
        format!("http://{}:{}", self.auth_host(), self.auth_port)
    }

    pub fn demo_url(&self) -> String {
        format!("http://{}:{}", self.demo_host(), self.demo_port)
    }

    pub fn lists_url(&self) -> String {
        format!("http://{}:{}", self.lists_host(), self.lists_port)
    }

    pub fn auth_host(&self) -> String {
        format!("auth.{DOMAIN}")
    }

    pub fn demo_host(&self) -> String {
        format!("demo.{DOMAIN}")
    }

    pub fn lists_host(&self) -> String {
        format!("lists.{DOMAIN}")
    }

    pub fn secret_key_file(&self) -> PathBuf {
        self.data.join("secret-key")
    }

    /// auth-service's environment.
    pub fn for_auth(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("AUTH_URL", self.auth_url()),
            ("COOKIE_DOMAIN", DOMAIN.to_owned()),
            ("LISTEN", format!("127.0.0.1:{}", self.auth_port)),
            ("DATABASE_URL", sqlite(&self.data.join("auth.db"))),
            ("SECRET_KEY_FILE", self.secret_key_file().display().to_string()),
            ("SERVICES", format!("Demo={},Lists={}", self.demo_url(), self.lists_url())),
            // No proxy has to notice the shutdown.
            ("SHUTDOWN_DELAY", "0s".to_owned()),
        ];
        if self.has_mail {
            settings.push(("SMTP_URL", format!("file:{}", self.data.join("mail").display())));
        }
        if let Some(lifetime) = &self.access_token_lifetime {
            settings.push(("ACCESS_TOKEN_LIFETIME", lifetime.clone()));
        }
        settings
    }

    /// demo-service's environment.
    pub fn for_demo(&self) -> Vec<(&'static str, String)> {
        let other = format!("Lists={}", self.lists_url());
        self.for_service(self.demo_url(), self.demo_port, "demo.db", other)
    }

    /// The environment of the second service.
    pub fn for_lists(&self) -> Vec<(&'static str, String)> {
        let other = format!("Demo={}", self.demo_url());
        let mut settings = self.for_service(self.lists_url(), self.lists_port, "lists.db", other);
        settings.extend([
            ("SERVICE_NAME", "Lists".to_owned()),
            ("SERVICE_COLOR", "#8a3b12,#f2b48c".to_owned()),
            ("SERVICE_ICON", "/lists.svg".to_owned()),
        ]);
        settings
    }

    /// What both services need, each with its own address and file.
    fn for_service(&self, url: String, port: u16, file: &str, other: String) -> Vec<(&'static str, String)> {
        vec![
            ("AUTH_URL", self.auth_url()),
            ("COOKIE_DOMAIN", DOMAIN.to_owned()),
            ("SERVICE_URL", url),
            ("LISTEN", format!("127.0.0.1:{port}")),
            ("NOTES_DATABASE", sqlite(&self.data.join(file))),
            ("OTHER_SERVICE", other),
        ]
    }
}

fn sqlite(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// Creates the data folder and its secret key, unless they exist.
pub fn prepare(settings: &Settings, auth_binary: &Path) -> Result {
    let make_secret = || process::read(Command::new(auth_binary).arg("generate-secret"));
    data_folder::prepare(&settings.data, &settings.secret_key_file(), make_secret)
}

/// A command with `settings` on top of the person's own environment, without the variables that
/// would point it at another deployment.
pub fn with_settings(program: &Path, settings: &[(&'static str, String)]) -> Command {
    let mut command = Command::new(program);
    for name in
        ["SECRET_KEY", "DATABASE_URL_FILE", "AUTH_JWKS", "SERVICE_NAME", "SERVICE_COLOR", "SERVICE_ICON"]
    {
        command.env_remove(name);
    }
    command.envs(settings.iter().map(|(name, value)| (*name, value)));
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(settings: &[(&'static str, String)], name: &str) -> Option<String> {
        settings.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
    }

    #[test]
    fn the_services_share_one_domain_and_listen_on_loopback_only() {
        let settings = Settings {
            auth_port: 8000,
            demo_port: 8001,
            lists_port: 8003,
            data: "/data".into(),
            access_token_lifetime: None,
            has_mail: true,
        };
        let (auth, demo, lists) = (settings.for_auth(), settings.for_demo(), settings.for_lists());
        assert_eq!(value(&auth, "SMTP_URL").as_deref(), Some("file:/data/mail"));
        assert_eq!(value(&auth, "AUTH_URL"), value(&demo, "AUTH_URL"));
        assert_eq!(value(&auth, "AUTH_URL").as_deref(), Some("http://auth.sso.localhost:8000"));
        let services = "Demo=http://demo.sso.localhost:8001,Lists=http://lists.sso.localhost:8003";
        assert_eq!(value(&auth, "SERVICES").as_deref(), Some(services));
        assert_eq!(value(&demo, "SERVICE_URL").as_deref(), Some("http://demo.sso.localhost:8001"));
        assert_eq!(value(&auth, "COOKIE_DOMAIN"), value(&demo, "COOKIE_DOMAIN"));
        assert_eq!(value(&auth, "LISTEN").as_deref(), Some("127.0.0.1:8000"));
        assert_eq!(value(&demo, "LISTEN").as_deref(), Some("127.0.0.1:8001"));
        assert_eq!(value(&lists, "LISTEN").as_deref(), Some("127.0.0.1:8003"));
        assert_eq!(value(&lists, "COOKIE_DOMAIN"), value(&demo, "COOKIE_DOMAIN"));
        assert_ne!(value(&lists, "NOTES_DATABASE"), value(&demo, "NOTES_DATABASE"));
        assert_eq!(value(&demo, "OTHER_SERVICE"), Some(format!("Lists={}", settings.lists_url())));
        assert_eq!(value(&lists, "OTHER_SERVICE"), Some(format!("Demo={}", settings.demo_url())));
        assert_eq!(value(&auth, "DATABASE_URL").as_deref(), Some("sqlite:/data/auth.db"));
        assert_eq!(value(&auth, "ACCESS_TOKEN_LIFETIME"), None);
    }
}

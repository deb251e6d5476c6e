//! What can be set, as it arrives: text. [`super::Config`] gives it meaning.
//!
//! Everything is text here so that clap never prints a value: a refused secret must not reach the terminal.

use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};

use super::tidy::flags;

/// A path. Clap's own would refuse one that is set to nothing, without naming it.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

flags! {
    /// Where the accounts are.
    #[derive(clap::Args, Clone, Default)]
    pub struct DatabaseFlags {
        /// Where accounts and sessions are kept: `sqlite:<path>` or `postgres://<user>@<host>/<name>`.
        #[arg(long, env, hide_env_values = true, value_name = "URL")]
        pub database_url: Option<String>,
        /// A file that holds DATABASE_URL.
        #[arg(long, env, value_name = "FILE", value_parser = path())]
        pub database_url_file: Option<PathBuf>,
    }

    /// How passwords are judged and kept.
    #[derive(clap::Args, Clone, Default)]
    pub struct PasswordFlags {
        /// Rounds of bcrypt, as a power of two; each step doubles the work of a login [default: 12].
        #[arg(long, env, hide_env_values = true, value_name = "10..16")]
        pub bcrypt_cost: Option<String>,
        /// Minimum length of a new password, in characters [default: 12].
        #[arg(long, env, hide_env_values = true, value_name = "8..64")]
        pub password_min_length: Option<String>,
    }

    /// How long keys sign and are published.
    #[derive(clap::Args, Clone, Default)]
    pub struct KeyTimeFlags {
        /// How long a signing key is used before the next one takes over; 0 turns rotation off [default: 30d].
        #[arg(long, env, hide_env_values = true, value_name = "DURATION")]
        pub key_rotation: Option<String>,
        /// How long services may keep the published keys before they look again [default: 5m].
        #[arg(long, env, hide_env_values = true, value_name = "DURATION")]
        pub jwks_max_age: Option<String>,
        /// How long a service trusts a login without asking again [default: 5m].
        #[arg(long, env, hide_env_values = true, value_name = "DURATION")]
        pub access_token_lifetime: Option<String>,
    }

    /// How the pages look.
    #[derive(clap::Args, Clone, Default)]
    pub struct SiteFlags {
        /// What the pages call the whole of your services [default: One account, in each language].
        #[arg(long, env, hide_env_values = true, value_name = "NAME")]
        pub site_name: Option<String>,
        /// A picture to show beside the name: .svg, .png, .jpg or .webp, at most 256 KB [default: a key].
        #[arg(long, env, value_name = "FILE", value_parser = path())]
        pub site_logo: Option<PathBuf>,
        /// The colour of buttons and links, such as #2348ae; a second one, after a comma, for dark screens. Made darker or
        /// lighter where it could not be read otherwise [default: blue].
        #[arg(long, env, hide_env_values = true, value_name = "COLOR")]
        pub site_color: Option<String>,
        /// Links at the foot of every page: `Imprint=https://example.org/imprint, Help=mailto:help@example.org`.
        #[arg(long, env, hide_env_values = true, value_name = "LINKS")]
        pub footer_links: Option<String>,
        /// A folder with templates, texts and static files that take the place of ours with the same name; see
        /// `auth-service templates`.
        #[arg(long, env, value_name = "FOLDER", value_parser = path())]
        pub templates_dir: Option<PathBuf>,
    }

    /// Where mail goes out. Nothing sends any yet: these are checked, and used by `doctor`.
    #[derive(clap::Args, Clone, Default)]
    pub struct MailFlags {
        /// The server that takes our mail: `smtps://<user>:<password>@<host>`, or `smtp://` with `?tls=required` or
        /// `?tls=opportunistic` [default: no mail].
        #[arg(long, env, hide_env_values = true, value_name = "URL")]
        pub smtp_url: Option<String>,
        /// A file that holds SMTP_URL.
        #[arg(long, env, value_name = "FILE", value_parser = path())]
        pub smtp_url_file: Option<PathBuf>,
        /// The sender of our mail: `accounts@example.org`.
        #[arg(long, env, hide_env_values = true, value_name = "ADDRESS")]
        pub mail_from: Option<String>,
    }

    /// All that the service needs.
    #[derive(clap::Args, Clone, Default)]
    pub struct ServeFlags {
        /// Where people reach this service, without a trailing slash: `https://auth.example.org`.
        #[arg(long, env, hide_env_values = true, value_name = "URL")]
        pub auth_url: Option<String>,
        /// The parent domain whose sub-domains share the login: `example.org`.
        #[arg(long, env, hide_env_values = true, value_name = "DOMAIN")]
        pub cookie_domain: Option<String>,
        /// The address to listen on, or `unix:` and the path of a socket for a proxy on this machine [default: 127.0.0.1:8000].
        #[arg(long, env, hide_env_values = true, value_name = "ADDRESS:PORT")]
        pub listen: Option<String>,
        /// 32 random bytes or more: seals private keys and the browser cookie, authenticates refresh tokens.
        #[arg(long, env, hide_env_values = true, value_name = "SECRET")]
        pub secret_key: Option<String>,
        /// A file that holds SECRET_KEY.
        #[arg(long, env, value_name = "FILE", value_parser = path())]
        pub secret_key_file: Option<PathBuf>,
        /// The SECRET_KEY from before it was changed: what it sealed and signed is still good.
        #[arg(long, env, hide_env_values = true, value_name = "SECRET")]
        pub secret_key_previous: Option<String>,
        /// A file that holds SECRET_KEY_PREVIOUS.
        #[arg(long, env, value_name = "FILE", value_parser = path())]
        pub secret_key_previous_file: Option<PathBuf>,
        /// `ES256`, `EdDSA`, or `HS512` with one key that every service holds [default: ES256].
        #[arg(long, env, hide_env_values = true, value_name = "NAME")]
        pub token_algorithm: Option<String>,
        /// The shared key of `TOKEN_ALGORITHM=HS512`: 64 random bytes or more.
        #[arg(long, env, hide_env_values = true, value_name = "SECRET")]
        pub jwt_signing_key: Option<String>,
        /// A file that holds JWT_SIGNING_KEY.
        #[arg(long, env, value_name = "FILE", value_parser = path())]
        pub jwt_signing_key_file: Option<PathBuf>,
        /// How long somebody stays logged in without coming back [default: 5d].
        #[arg(long, env, hide_env_values = true, value_name = "DURATION")]
        pub refresh_token_lifetime: Option<String>,
        /// How long somebody stays logged in at most, however often they come back [default: 30d].
        #[arg(long, env, hide_env_values = true, value_name = "DURATION")]
        pub session_lifetime: Option<String>,
        /// How long a refresh token that was just replaced still yields its successor, for tabs that renew at the
        /// same moment [default: 30s].
        #[arg(long, env, hide_env_values = true, value_name = "0..300s")]
        pub refresh_grace: Option<String>,
        /// The only origins that people are sent back to, separated by commas [default: COOKIE_DOMAIN and all below].
        #[arg(long, env, hide_env_values = true, value_name = "ORIGINS")]
        pub allowed_origins: Option<String>,
        /// The proxies whose X-Forwarded-For is believed, and at /auth/verify their other forwarded headers: addresses and
        /// networks, separated by commas [default: none].
        #[arg(long, env, hide_env_values = true, value_name = "ADDRESSES")]
        pub trusted_proxies: Option<String>,
        /// Who makes accounts: `open`, everybody their own; `closed`, the operator by `users create` alone [default: open].
        #[arg(long, env, hide_env_values = true, value_name = "WHO")]
        pub registration: Option<String>,
        /// How long the audit trail is kept [default: 90d].
        #[arg(long, env, hide_env_values = true, value_name = "DURATION")]
        pub audit_retention: Option<String>,
        /// `false` drops the cookies' Secure flag and name prefixes; only for http on a .localhost host [default: true].
        #[arg(long, env, hide_env_values = true, value_name = "BOOL")]
        pub cookie_secure: Option<String>,
        /// The access cookie's name [default: __Secure-sso_access].
        #[arg(long, env, hide_env_values = true, value_name = "NAME")]
        pub access_cookie_name: Option<String>,
        /// The refresh cookie's name [default: __Host-sso_refresh].
        #[arg(long, env, hide_env_values = true, value_name = "NAME")]
        pub refresh_cookie_name: Option<String>,
        /// The name of the cookie for messages and form protection [default: __Host-sso_browser].
        #[arg(long, env, hide_env_values = true, value_name = "NAME")]
        pub browser_cookie_name: Option<String>,
        /// The name of the cookie that tells services that a session probably exists [default: __Secure-sso_hint].
        #[arg(long, env, hide_env_values = true, value_name = "NAME")]
        pub hint_cookie_name: Option<String>,
        /// `pretty` or `json` [default: pretty].
        #[arg(long, env, hide_env_values = true, value_name = "FORMAT")]
        pub log_format: Option<String>,
        /// How long after SIGTERM requests are still taken while /readyz says 503, so that proxies send the next ones
        /// elsewhere [default: 5s].
        #[arg(long, env, hide_env_values = true, value_name = "0..300s")]
        pub shutdown_delay: Option<String>,
        #[command(flatten)]
        pub key_times: KeyTimeFlags,
        #[command(flatten)]
        pub database: DatabaseFlags,
        #[command(flatten)]
        pub passwords: PasswordFlags,
        #[command(flatten)]
        pub site: SiteFlags,
        #[command(flatten)]
        pub mail: MailFlags,
    }
}

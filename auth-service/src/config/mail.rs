//! Mail settings: the SMTP server and the sender.

use std::path::PathBuf;
use std::str::FromStr;

use email_address::EmailAddress;
use lettre::SmtpTransport;
use lettre::message::Mailbox;
use lettre::transport::smtp::SmtpTransportBuilder;
use shared_claims::internal::is_localhost;
use url::{Host, Url};
use zeroize::Zeroizing;

use super::secret::{self, Kind};
use super::{AuthUrl, ConfigError, CookieDomain, MailFlags, settings};

/// `SMTP_URL`, `MAIL_FROM` and `REQUIRE_VERIFIED_EMAIL`.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Where letters go. Without it mail is off.
    pub outgoing: Option<Outgoing>,
    /// The sender of our mail; by default `no-reply` at the cookie domain.
    pub from: Mailbox,
    /// Whether the operator has said who the sender is.
    pub has_sender: bool,
    /// Whether an account gets no tokens until its address is verified. By default it is so if mail
    /// is on.
    pub requires_verified: bool,
}

/// Where letters go.
#[derive(Debug, Clone)]
pub enum Outgoing {
    Smtp(SmtpUrl),
    /// A folder, for development: one file for each letter.
    Folder(PathBuf),
}

impl Mail {
    pub(super) fn parse(
        flags: &MailFlags,
        auth_url: &AuthUrl,
        domain: &CookieDomain,
    ) -> Result<Self, ConfigError> {
        let setting = (SmtpUrl::SETTING, Kind::Address);
        let url = secret::read(setting, flags.smtp_url.as_deref(), flags.smtp_url_file.as_deref())?;
        let outgoing = url.as_ref().map(|text| Outgoing::parse(text, auth_url)).transpose()?;
        let name = "REQUIRE_VERIFIED_EMAIL";
        let requires_verified = match settings::one_of(name, flags.require_verified_email.as_deref())? {
            "true" if outgoing.is_none() => {
                let problem = "is true, and without SMTP_URL nobody can verify an address";
                return Err(ConfigError::new(name, problem));
            }
            "auto" | "true" => outgoing.is_some(),
            _ => false,
        };
        let given = flags.mail_from.as_deref();
        let by_default = || format!("no-reply@{}", domain.as_str());
        Ok(Self {
            outgoing,
            from: sender(&given.map_or_else(by_default, str::to_owned))?,
            has_sender: given.is_some(),
            requires_verified,
        })
    }

    /// The mail server, if letters go to one.
    pub fn smtp(&self) -> Option<&SmtpUrl> {
        match &self.outgoing {
            Some(Outgoing::Smtp(url)) => Some(url),
            Some(Outgoing::Folder(_)) | None => None,
        }
    }

    /// The folder, if letters go to one.
    pub fn folder(&self) -> Option<&PathBuf> {
        match &self.outgoing {
            Some(Outgoing::Folder(folder)) => Some(folder),
            Some(Outgoing::Smtp(_)) | None => None,
        }
    }
}

impl Outgoing {
    fn parse(text: &str, auth_url: &AuthUrl) -> Result<Self, ConfigError> {
        let Some(folder) = text.strip_prefix("file:") else {
            return SmtpUrl::parse(text).map(Self::Smtp);
        };
        // Whoever can read the folder can change everybody's password.
        if auth_url.is_https() || folder.is_empty() {
            return Err(ConfigError::new(
                SmtpUrl::SETTING,
                "may name a folder, as file:<folder>, only while AUTH_URL is http on a .localhost host",
            ));
        }
        Ok(Self::Folder(PathBuf::from(folder)))
    }

    /// Without user and password.
    pub fn masked(&self) -> String {
        match self {
            Self::Smtp(url) => url.masked(),
            Self::Folder(folder) => format!("file:{}", folder.display()),
        }
    }
}

fn sender(text: &str) -> Result<Mailbox, ConfigError> {
    let is_address = EmailAddress::from_str(text).is_ok() && !text.contains(char::is_control);
    match text.parse() {
        Ok(mailbox) if is_address => Ok(mailbox),
        _ => Err(ConfigError::new(
            "MAIL_FROM",
            "must be an e-mail address, such as accounts@example.org or Accounts <accounts@example.org>",
        )),
    }
}

/// How the connection to the mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailEncryption {
    /// `smtps://`: TLS from the first byte.
    FromTheStart,
    /// `smtp://…?tls=required`: STARTTLS is required.
    StartTls,
    /// `smtp://…?tls=opportunistic`: STARTTLS if the server offers it. An attacker on the network
    /// can remove the offer.
    IfOffered,
    /// `smtp://`: no encryption.
    None,
}

/// A mail server's URL in one of lettre's forms. It may contain a password, so it is never shown.
#[derive(Clone)]
pub struct SmtpUrl {
    text: Zeroizing<String>,
    url: Url,
    encryption: MailEncryption,
}

impl SmtpUrl {
    const SETTING: &'static str = "SMTP_URL";

    /// Parses `smtps://user:password@mail.example.org`, or `smtp://…` with `?tls=required` or
    /// `?tls=opportunistic`.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let refuse = |problem: &str| Err(ConfigError::new(Self::SETTING, problem));
        let Ok(url) = Url::parse(text) else {
            return refuse("must be an address such as smtps://user:password@mail.example.org");
        };
        let tls: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let tls: Vec<(&str, &str)> =
            tls.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let encryption = match (url.scheme(), tls.as_slice()) {
            ("smtps", []) => MailEncryption::FromTheStart,
            ("smtp", [("tls", "required")]) => MailEncryption::StartTls,
            ("smtp", [("tls", "opportunistic")]) => MailEncryption::IfOffered,
            ("smtp", []) => MailEncryption::None,
            ("smtp" | "smtps", _) => {
                return refuse(
                    "may have ?tls=required or ?tls=opportunistic after smtp://, and nothing else",
                );
            }
            _ => return refuse("must begin with smtps:// or smtp://"),
        };
        if url.host_str().is_none_or(str::is_empty) || url.fragment().is_some() {
            return refuse("must name a host, and have no fragment: write # in a password as %23");
        }
        // With only one of them, lettre would silently skip the login.
        if url.username().is_empty() != url.password().is_none() {
            return refuse("must have both a user and a password, or neither");
        }
        let this = Self { text: Zeroizing::new(text.to_owned()), url, encryption };
        match SmtpTransport::from_url(&this.text) {
            Ok(_) => Ok(this),
            Err(_) => refuse(
                "cannot be used: write every character of user and password that is no letter or digit as % and two hexadecimal digits",
            ),
        }
    }

    /// A builder for a connection.
    ///
    /// # Errors
    /// If the system's certificates cannot be used.
    pub fn transport(&self) -> Result<SmtpTransportBuilder, lettre::transport::smtp::Error> {
        SmtpTransport::from_url(&self.text)
    }

    pub fn encryption(&self) -> MailEncryption {
        self.encryption
    }

    /// Whether the URL has a password, which is sent to the server.
    pub fn has_password(&self) -> bool {
        self.url.password().is_some()
    }

    /// Whether the server runs on this machine.
    pub fn is_local(&self) -> bool {
        match self.url.host() {
            // The URL parser recognizes IPv4 addresses only for web schemes such as https.
            Some(Host::Domain(name)) => {
                is_localhost(name) || name.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
            }
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }

    /// The URL without user and password: scheme, host, port and the kind of TLS.
    pub fn masked(&self) -> String {
        let credentials = if self.has_password() { "…@" } else { "" };
        let port = self.url.port().map_or_else(String::new, |port| format!(":{port}"));
        let tls = match self.encryption {
            MailEncryption::StartTls => "?tls=required",
            MailEncryption::IfOffered => "?tls=opportunistic",
            MailEncryption::FromTheStart | MailEncryption::None => "",
        };
        let host = self.url.host_str().unwrap_or_default();
        format!("{}://{credentials}{host}{port}{tls}", self.url.scheme())
    }
}

impl std::fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_taken_and_shown_without_user_and_password() {
        for (text, shown) in [
            ("smtps://ada:hunter2@mail.example.org", "smtps://…@mail.example.org"),
            ("smtp://mail.example.org:2525", "smtp://mail.example.org:2525"),
            ("smtp://ada:p%40ss@mail.example.org?tls=required", "smtp://…@mail.example.org?tls=required"),
            ("smtp://127.0.0.1:25?tls=opportunistic", "smtp://127.0.0.1:25?tls=opportunistic"),
        ] {
            let url = SmtpUrl::parse(text).unwrap();
            assert_eq!((url.masked().as_str(), format!("{url:?}").as_str()), (shown, shown));
        }
    }

    #[test]
    fn what_sends_no_mail_or_not_as_meant_is_refused_without_being_shown() {
        for text in [
            "",
            "mail.example.org",
            "http://mail.example.org",
            "smtp://",
            "smtp://hunter2@mail.example.org",
            "smtp://:hunter2@mail.example.org",
            "smtp://mail.example.org?tls=maybe",
            "smtps://mail.example.org?tls=required",
            "smtp://mail.example.org?tsl=required",
            "smtps://ada:hun#ter2@mail.example.org",
        ] {
            let refusal = SmtpUrl::parse(text).expect_err(text).to_string();
            assert!(refusal.starts_with("SMTP_URL: ") && !refusal.contains("hunter2"), "{refusal}");
        }
    }
}

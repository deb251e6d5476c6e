//! The way out: a mail server, or a folder for development.

use std::path::PathBuf;
use std::time::Duration;

use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{Message, SmtpTransport, Transport as _};

use super::folder::StoredLetter;
use crate::config::{Mail, Outgoing};
use crate::outbox::Setback;

/// For each step of the conversation. A letter has about ten of them, and a claim outlasts those.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Connections to the mail server at one time.
const CONNECTIONS: u32 = 4;

/// Answers about us and not about the letter: they ask for a login, or refuse it (RFC 4954).
const ABOUT_THE_LOGIN: [u16; 4] = [530, 534, 535, 538];

/// Carries messages out.
#[derive(Clone)]
pub enum Transport {
    Smtp(SmtpTransport),
    /// One file for each message.
    Folder(PathBuf),
}

impl Transport {
    /// The transport of `SMTP_URL`; `None` without one. `host` is how we greet the server.
    ///
    /// # Errors
    /// If the system's certificates cannot be used.
    pub fn of(mail: &Mail, host: &str) -> Result<Option<Self>, String> {
        Ok(match &mail.outgoing {
            None => None,
            Some(Outgoing::Folder(folder)) => Some(Self::Folder(folder.clone())),
            Some(Outgoing::Smtp(url)) => {
                let builder = url.transport().map_err(|error| error.to_string())?;
                let pool = PoolConfig::new().max_size(CONNECTIONS);
                let builder = builder.hello_name(ClientId::Domain(host.to_owned()));
                Some(Self::Smtp(builder.timeout(Some(TIMEOUT)).pool_config(pool).build()))
            }
        })
    }

    /// Sends a message, and returns the server's answer code; `None` from a folder, which gets the
    /// letter too. Blocks.
    pub(super) fn send(&self, message: &Message, letter: &StoredLetter) -> Result<Option<u16>, Setback> {
        match self {
            Self::Smtp(server) => {
                server.send(message).map(|answer| Some(answer.code().into())).map_err(|error| setback(&error))
            }
            Self::Folder(folder) => {
                let cannot = |error: std::io::Error| {
                    Setback::Passing(format!("{} cannot be written: {error}", folder.display()))
                };
                letter.put_into(folder, message).map(|()| None).map_err(cannot)
            }
        }
    }
}

/// The server's reply is not quoted, because it may contain what it was sent.
fn setback(error: &Error) -> Setback {
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() && !ABOUT_THE_LOGIN.contains(&code) => {
            Setback::Refused(format!("the mail server answered {code}"))
        }
        Some(code) => Setback::Passing(format!("the mail server answered {code}")),
        None if error.is_timeout() => Setback::Passing("the mail server did not answer in time".to_owned()),
        None if error.is_tls() => Setback::Passing("no encrypted connection to the mail server".to_owned()),
        None => Setback::Passing("the mail server cannot be reached, or ended the connection".to_owned()),
    }
}

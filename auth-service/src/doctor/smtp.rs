//! Checks the mail server: a connection with TLS, a greeting and a login. No mail is sent.

use std::time::Duration;

use lettre::transport::smtp::Error;

use super::finding::Finding;
use super::settings::Known;
use crate::config::{MailEncryption, SmtpUrl};

/// The limit for each step of the conversation.
const TIMEOUT: Duration = Duration::from_secs(4);

pub(super) fn examine(known: &Known) -> Vec<Finding> {
    let mail = &known.config.mail;
    let Some(url) = mail.smtp() else {
        if !known.has("SMTP_URL") || mail.folder().is_some() {
            return Vec::new();
        }
        return vec![
            Finding::note("smtp-not-set", "SMTP_URL is not set")
                .because(
                    "No password is reset by mail, no address is verified, and registration tells whether an address has an \
                     account.",
                )
                .advise("Set SMTP_URL and MAIL_FROM, or name a way to you in FOOTER_LINKS."),
        ];
    };
    let mut findings = vec![connect(url)];
    if !mail.has_sender && known.has("MAIL_FROM") {
        findings.push(
            Finding::warning("mail-from-missing", "SMTP_URL is set, and MAIL_FROM is not")
                .because("Mail needs a sender.")
                .advise("Set MAIL_FROM to an address that the mail server may send for."),
        );
    }
    if url.encryption() == MailEncryption::None && !url.is_local() {
        let what = if url.has_password() { "the password and all mail go" } else { "all mail goes" };
        findings.push(
            Finding::warning("smtp-in-the-clear", format!("{what} to {} in the clear", url.masked()))
                .because("Whoever can read on the way can use the links in the mail.")
                .advise("Use smtps://, or smtp:// with ?tls=required."),
        );
    }
    findings
}

fn connect(url: &SmtpUrl) -> Finding {
    let masked = url.masked();
    let outcome =
        url.transport().and_then(|transport| transport.timeout(Some(TIMEOUT)).build().test_connection());
    match outcome {
        Ok(true) => Finding::ok("smtp", format!("{masked} takes us in")),
        Ok(false) => unreachable(&masked, "it ends the conversation"),
        Err(error) => refused(&masked, &error),
    }
}

/// The server's reply is not quoted, because it may contain what it was sent.
fn refused(masked: &str, error: &Error) -> Finding {
    match error.status() {
        Some(code) => Finding::error("smtp-refused", format!("{masked} refuses us with code {code}"))
            .because("No mail goes out.")
            .advise("535 and 530: check user and password in SMTP_URL. Otherwise the mail server's log says why."),
        None if error.is_tls() => Finding::error("smtp-tls-fails", format!("{masked} does not speak TLS as it should"))
            .because("No mail goes out.")
            .advise("Check its certificate and the kind of TLS: smtps:// on port 465, smtp:// with ?tls=required on port 587."),
        None if error.is_timeout() => unreachable(masked, "it does not answer in time"),
        None => unreachable(masked, "there is no connection, or no mail server at its end"),
    }
}

fn unreachable(masked: &str, how: &str) -> Finding {
    Finding::error("smtp-unreachable", format!("{masked}: {how}"))
        .because("No mail goes out.")
        .advise("Check host and port in SMTP_URL, and that this machine may reach them; many providers block port 25.")
}

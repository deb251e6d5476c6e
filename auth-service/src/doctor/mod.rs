//! `auth-service doctor`: diagnoses a deployment from the inside and the outside. Changes nothing.
//!
//! Each file holds one check: a function that returns findings. The checks run in parallel, because
//! each of them may wait for a server that does not answer.

mod auth;
mod clock;
mod cookies;
mod database;
mod database_access;
mod finding;
mod hidden;
mod http_client;
mod integrity;
mod jwks;
mod letters;
mod proxy;
mod registration;
mod report;
mod secrets;
mod service;
mod settings;
mod smtp;
mod socket;
mod transport;

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use url::Url;

pub use finding::{Finding, Severity};
pub use report::{Report, Summary};

use crate::config::ServeFlags;
use http_client::HttpClient;
use settings::Known;

/// The time limit of a round of parallel checks. There are two rounds: the services are checked
/// once it is known whether auth-service answers.
const TIMEOUT: Duration = Duration::from_secs(14);

/// Checks everything that the settings and the services' addresses lead to.
pub fn examine(flags: &ServeFlags, services: &[Url]) -> Report {
    let (refusals, known) = settings::examine(flags);
    let mut findings = Findings::default();
    findings.add("settings", refusals);
    findings.add("secrets", secrets::examine(flags));
    let Some(known) = known.map(Arc::new) else {
        findings.add("settings", [not_examined("nothing else")]);
        return Report::new(findings.0);
    };
    findings.add("secrets", secrets::guessable(&known));
    findings.add("cookies", cookies::examine(&known));

    let first_round = Instant::now() + TIMEOUT;
    let inside = begin(&known, |known, _| database::examine(known));
    let whole = begin(&known, |known, _| integrity::examine(known));
    let mail = begin(&known, |known, _| smtp::examine(known));
    let socket = begin(&known, |known, _| socket::examine(known));
    let has_address = known.has("COOKIE_DOMAIN") && known.has("AUTH_URL");
    let outside = has_address.then(|| begin(&known, auth::examine));
    let inside = end(&inside, first_round, "database", &mut findings).unwrap_or_default();
    let outside = outside
        .and_then(|outside| end(&outside, first_round, "auth-service", &mut findings))
        .unwrap_or_default();

    let socket = end(&socket, first_round, "auth-service", &mut findings).unwrap_or_default();

    let is_corrupt = inside.findings.iter().any(|finding| finding.id == "database-corrupt");
    findings.add("database", inside.findings);
    let whole = whole.recv_timeout(first_round.saturating_duration_since(Instant::now()));
    let whole = whole.unwrap_or_else(|_| vec![integrity::unfinished()]);
    findings.add("database", whole.into_iter().filter(|_| !is_corrupt));
    findings.add("auth-service", socket);
    findings.add("auth-service", outside.findings);
    findings.add("auth-service", jwks::examine(inside.jwks.as_deref(), outside.jwks.as_ref()));
    if !has_address {
        findings.add("auth-service", [not_examined("neither auth-service's public address nor any service")]);
    }

    let second_round = Instant::now() + TIMEOUT;
    let auth_answers = outside.clock_ahead.is_some();
    let seen: Vec<_> = services
        .iter()
        .filter(|_| has_address)
        .map(|address| {
            let asked = address.clone();
            (
                address,
                begin(&known, move |known, visitor| service::examine(known, &asked, auth_answers, visitor)),
            )
        })
        .collect();
    let mut clocks = Vec::new();
    for (address, seen) in seen {
        let about = format!("service {address}");
        let Some(seen) = end(&seen, second_round, &about, &mut findings) else { continue };
        findings.add(&about, seen.findings);
        clocks.push((address.to_string(), seen.clock_ahead));
    }
    findings.add("clocks", clock::examine(inside.clock_ahead, outside.clock_ahead, &clocks));
    let mail = end(&mail, second_round, "mail", &mut findings);
    findings.add("mail", mail.unwrap_or_default());
    findings.add("mail", inside.letters);
    Report::new(findings.0)
}

fn not_examined(what: &str) -> Finding {
    Finding::note("not-examined", format!("{what} was examined"))
        .because("A setting above says where to look, and cannot be used.")
        .advise("Correct it and run the doctor again.")
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, about: &str, found: impl IntoIterator<Item = Finding>) {
        self.0.extend(found.into_iter().map(|finding| finding.about(about)));
    }
}

/// Starts a check on its own thread, which the process does not join when it exits.
fn begin<T: Send + 'static>(
    known: &Arc<Known>,
    examine: impl FnOnce(&Known, &HttpClient) -> T + Send + 'static,
) -> mpsc::Receiver<T> {
    let (send, receive) = mpsc::channel();
    let known = known.clone();
    std::thread::spawn(move || {
        // The receiver is gone if the check took too long.
        let _ = send.send(examine(&known, &HttpClient::new()));
    });
    receive
}

/// Returns the check's findings, or one that says that it did not finish.
fn end<T>(
    examination: &mpsc::Receiver<T>,
    deadline: Instant,
    about: &str,
    findings: &mut Findings,
) -> Option<T> {
    let found = examination.recv_timeout(deadline.saturating_duration_since(Instant::now()));
    if found.is_err() {
        let finding = Finding::error(
            "examination-unfinished",
            format!("after {} seconds there was no end of it", TIMEOUT.as_secs()),
        );
        findings.add(
            about,
            [finding
                .because("Something accepts connections and answers too slowly to be of use.")
                .advise("Look at its load and its log, and at what is between it and here.")],
        );
    }
    found.ok()
}

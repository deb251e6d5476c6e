//! Checks the database: it can be reached and written, it has the schema of this binary, and the
//! secret opens its keys.

use std::time::Duration;

use super::database_access as access;
use super::finding::Finding;
use super::letters;
use super::settings::Known;
use crate::audit::AuditEvent;
use crate::clock::Clock;
use crate::db::private_file::{self, Exposed};
use crate::db::types::Timestamp;
use crate::db::{self, AnyConnection, Database, DatabaseError, DatabaseUrl, migrate, write_probe};
use crate::keyring::{self, Examined, KeyProblem, KeyringError, SigningKey, State};

/// Facts from the database that other checks compare with.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub findings: Vec<Finding>,
    /// About the outbox.
    pub letters: Vec<Finding>,
    /// The public keys as they should be published; `None` if they could not be read.
    pub jwks: Option<String>,
    /// How far the database's clock is ahead of this machine's, in milliseconds; `None` for a
    /// SQLite file, which has no clock.
    pub clock_ahead: Option<i64>,
}

pub(super) fn examine(known: &Known) -> Inside {
    let mut inside = Inside::default();
    if !known.has("DATABASE_URL") {
        return inside;
    }
    let url = &known.config.database_url;
    if let Some(finding) = access::lost(url) {
        inside.findings.push(finding);
        return inside;
    }
    if url.is_missing_file() {
        inside.findings.push(
            Finding::error("database-missing", format!("there is no file at {}", url.masked()))
                .because("A misspelt path looks like a service without people.")
                .advise("Correct DATABASE_URL, or start auth-service once, which makes the file."),
        );
        return inside;
    }
    inside
        .findings
        .extend(url.file().map(private_file::exposed).unwrap_or_default().iter().map(open_to_others));
    match Database::connect(url, 1) {
        Ok(db) => open(&db, known, &mut inside),
        Err(error) => inside.findings.push(access::refused(url, &error)),
    }
    inside
}

/// The finding for a file that other users of the machine may open.
fn open_to_others(exposed: &Exposed) -> Finding {
    let Exposed { file, mode, to_everybody } = exposed;
    let (id, who) = match to_everybody {
        true => ("database-file-world-readable", "everybody on the machine"),
        false => ("database-file-group-readable", "its whole group"),
    };
    let what = format!("{} has mode {mode:03o}: {who} may open it", file.display());
    let finding = if *to_everybody { Finding::error(id, what) } else { Finding::warning(id, what) };
    finding
        .because("It holds addresses, hashes of passwords, and all that SECRET_KEY alone protects.")
        .advise(format!("chmod 600 {}", file.display()))
}

fn open(db: &Database, known: &Known, inside: &mut Inside) {
    let url = &known.config.database_url;
    let masked = url.masked();
    let refused = |error: &DatabaseError| access::refused(url, error);
    let looked = db.run_blocking(|conn| {
        let pending = migrate::is_pending(conn).map_err(DatabaseError::Migration);
        Ok((db::obstacles(conn)?, pending))
    });
    let (obstacles, pending) = match looked {
        Ok(found) => found,
        Err(error) => return inside.findings.push(refused(&error)),
    };
    let may_be_pending = *pending.as_ref().unwrap_or(&true);
    if let Some(finding) = obstacles.and_then(|obstacles| access::obstacle(&obstacles, may_be_pending)) {
        return inside.findings.push(finding);
    }
    let is_pending = match pending {
        Ok(is_pending) => is_pending,
        Err(error) => return inside.findings.push(refused(&error)),
    };
    let write = if is_pending { write_probe::write_before_migrating } else { write_probe::write };
    if let Err(error) = db.run_blocking(write) {
        return inside.findings.push(access::not_written(url, &error));
    }
    inside.findings.push(Finding::ok("database", format!("{masked} answers, and was written to")));
    match db.run_blocking(|conn| db::is_superuser(conn).map_err(DatabaseError::from)) {
        Ok(true) => inside.findings.push(
            Finding::warning("database-role-is-superuser", "the role of DATABASE_URL is a superuser of PostgreSQL")
                .because("Whoever breaks into auth-service would have every database of the server.")
                .advise("Make a role that owns this database and nothing else: CREATE ROLE auth LOGIN; ALTER DATABASE … OWNER TO auth."),
        ),
        Ok(false) => {}
        Err(error) => inside.findings.push(refused(&error)),
    }
    inside.clock_ahead = clock_ahead(db);
    let is_there = schema(db, url, &mut inside.findings);
    if is_there {
        inside.findings.extend(db.run_blocking(future).ok().flatten());
        inside.letters = db.run_blocking(|conn| letters::examine(conn, known)).unwrap_or_default();
        keys(db, known, inside);
    }
}

/// Looks for rows that are dated in the future: they show that the clock was once ahead.
fn future(conn: &mut AnyConnection) -> Result<Option<Finding>, DatabaseError> {
    let soon = Clock::system().read(conn)? + Duration::from_secs(60);
    let events = AuditEvent::count_after(conn, soon, 1)?;
    let is_later = |moment: Option<Timestamp>| moment.is_some_and(|moment| soon < moment);
    let keys = SigningKey::all(conn)?.into_iter().filter(|key| {
        key.state() != State::Revoked
            && (is_later(Some(key.created_at)) || is_later(key.activated_at) || is_later(key.retired_at))
    });
    let kids: Vec<String> = keys.map(|key| key.kid).collect();
    let what = match (events, kids.as_slice()) {
        (0, []) => return Ok(None),
        (_, []) => "the trail has events of the future".to_owned(),
        (_, kids) => format!("signing_keys has dates of the future: {}", kids.join(" and ")),
    };
    Ok(Some(
        Finding::warning("dates-in-the-future", what)
            .because("The clock was ahead once. A key with such a date is handed over, or taken away, that much too late.")
            .advise(
                "Run NTP. A running service dates such a key anew when its clock has kept pace for an hour; `auth-service keys \
                 rotate --clock-is-right` does so now.",
            ),
    ))
}

fn clock_ahead(db: &Database) -> Option<i64> {
    let machine = Clock::system();
    let asked = machine.estimate();
    let answer = db.run_blocking(|conn| db::time(conn).map_err(DatabaseError::from)).ok()??;
    let answered = machine.estimate();
    Some(answer.micros_after(asked + asked.until(answered) / 2) / 1000)
}

/// Checks the schema, and returns whether keys can be read from it.
fn schema(db: &Database, url: &DatabaseUrl, findings: &mut Vec<Finding>) -> bool {
    let judged = db.run_blocking(|conn| {
        let pending = migrate::is_pending(conn).map_err(DatabaseError::Migration)?;
        Ok::<_, DatabaseError>((pending, migrate::unknown(conn).map_err(DatabaseError::Migration)?))
    });
    match judged {
        Ok((true, _)) => {
            findings.push(
                Finding::error("schema-pending", "the schema lacks a migration of this binary")
                    .because("auth-service of this release is not ready before.")
                    .advise("Start it, or run `auth-service migrate`; the release before still runs on the new schema."),
            );
            false
        }
        Ok((false, unknown)) if !unknown.is_empty() => {
            findings.push(
                Finding::note(
                    "schema-newer",
                    format!("the schema is of a later release, with {} migrations more", unknown.len()),
                )
                .because("A release runs on the schema of the one after it, and no further.")
                .advise("Bring this binary up to date, unless an upgrade is under way."),
            );
            true
        }
        Ok(_) => {
            findings.push(Finding::ok("schema", "the schema is that of this binary"));
            true
        }
        Err(error) => {
            findings.push(access::refused(url, &error));
            false
        }
    }
}

fn keys(db: &Database, known: &Known, inside: &mut Inside) {
    let config = &known.config;
    let secrets = (&config.secret_key, config.secret_key_previous.as_ref());
    let examined = db.run_blocking(|conn| keyring::examine(conn, secrets, &config.token_algorithm));
    match examined {
        Ok(examined) => {
            let opens = known.has("SECRET_KEY") && known.has("SECRET_KEY_PREVIOUS");
            inside.findings.extend(judge(&examined, opens));
            // Without the secret it is unknown which of the rows are valid keys.
            inside.jwks = (opens && examined.unopened.is_empty()).then_some(examined.jwks);
        }
        Err(KeyringError::Database(error)) => {
            inside.findings.push(access::refused(&config.database_url, &error));
        }
        Err(error) => inside.findings.push(
            Finding::error("keys-damaged", error.to_string())
                .because("Nothing can be signed or verified with it.")
                .advise("Restore the table signing_keys from a backup."),
        ),
    }
}

fn judge(keys: &Examined, secrets_are_known: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    if keys.keys == 0 {
        let finding = Finding::note("no-keys-yet", "there are no signing keys yet");
        findings.push(finding.because("auth-service makes them at its first start.").advise("Start it."));
        return findings;
    }
    if secrets_are_known && !keys.unopened.is_empty() {
        let what = format!("SECRET_KEY does not open the signing key {}", keys.unopened.join(" and "));
        findings.push(
            Finding::error("secret-key-does-not-fit", what)
                .because("auth-service does not start with it on this database.")
                .advise(
                    "Use the secret that it last ran with here, or give that one as SECRET_KEY_PREVIOUS.",
                ),
        );
    } else if secrets_are_known && keys.is_outdated {
        findings.push(
            Finding::note("keys-sealed-by-previous-secret", "a signing key is sealed by SECRET_KEY_PREVIOUS")
                .because("It is lost when SECRET_KEY_PREVIOUS is unset before it is sealed anew.")
                .advise("Restart auth-service, which seals it with SECRET_KEY."),
        );
    }
    if secrets_are_known && !keys.not_ours.is_empty() {
        let told = |(kid, why): &(String, KeyProblem)| format!("{kid} ({})", why.describe());
        let rows = keys.not_ours.iter().map(told).collect::<Vec<_>>().join(" and ");
        findings.push(
            Finding::error("signing-key-not-ours", format!("signing_keys holds {rows}"))
                .because("Somebody else wrote it. It is not published, and nothing is signed with it; whoever wrote it can write.")
                .advise("Find out who can write to the database, and take the row away: auth-service keys revoke, with its id."),
        );
    }
    if keys.is_revoked {
        findings.push(
            Finding::error("shared-key-revoked", "JWT_SIGNING_KEY was revoked")
                .because("auth-service does not start with it.")
                .advise("Set another, here and in every service that verifies with it."),
        );
    }
    match (&keys.active, &keys.next) {
        (None, _) => findings.push(
            Finding::error("no-active-key", "no key signs")
                .because("Nobody can log in.")
                .advise("Restart auth-service, which makes one, and look at its log."),
        ),
        (Some(active), None) if !keys.is_shared => findings.push(
            Finding::warning("no-next-key", format!("{active} signs, and no key is published to follow it"))
                .because("Should it have to be revoked, services would meet a key that they do not know.")
                .advise("A running auth-service makes one within seconds: check that it runs, and its log."),
        ),
        (Some(active), _) if findings.is_empty() => {
            findings.push(Finding::ok("keys", format!("the keys open; {active} signs")));
        }
        _ => {}
    }
    findings
}

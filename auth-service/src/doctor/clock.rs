//! Compares the clocks of machines, database and services.

use super::finding::Finding;
use shared_claims::LEEWAY_SECONDS;

/// The smallest difference that is reported: the leeway that services allow, minus the second by
/// which `Date` may be off.
const TOO_FAR: i64 = LEEWAY_SECONDS * 1000 - 1000;

/// The times are in milliseconds ahead of this machine. `database` is the clock that logins use. It
/// is `None` if the database has no clock of its own; then this machine's clock is taken as
/// correct.
pub(super) fn examine(
    database: Option<i64>,
    auth: Option<i64>,
    services: &[(String, Option<i64>)],
) -> Vec<Finding> {
    let right = database.unwrap_or(0);
    let mut findings = Vec::new();
    if let Some(ahead) = database
        && ahead.abs() > TOO_FAR
    {
        findings.push(differs(
            "clock-differs-from-database",
            "the database's clock",
            ahead,
            Finding::warning,
        ));
    }
    if let Some(ahead) = auth
        && database.is_none()
        && ahead.abs() > TOO_FAR
    {
        findings.push(differs(
            "clock-differs-at-auth-service",
            "the clock of auth-service's machine",
            ahead,
            Finding::error,
        ));
    }
    for (service, ahead) in services {
        if let Some(ahead) = ahead.map(|ahead| ahead - right).filter(|ahead| ahead.abs() > TOO_FAR) {
            findings.push(differs(
                "clock-differs-at-service",
                &format!("the clock of {service}"),
                ahead,
                Finding::error,
            ));
        }
    }
    let is_anything_seen = database.or(auth).is_some() || services.iter().any(|(_, ahead)| ahead.is_some());
    if findings.is_empty() && is_anything_seen {
        findings.push(Finding::ok("clocks", "the clocks agree, as far as they were seen"));
    }
    findings
}

fn differs(
    id: &'static str,
    whose: &str,
    ahead: i64,
    severity: fn(&'static str, String) -> Finding,
) -> Finding {
    let way = if ahead > 0 { "ahead" } else { "behind" };
    severity(id, format!("{whose} is {} seconds {way}", (ahead.abs() + 500) / 1000))
        .because(format!(
            "Services refuse tokens that are more than {LEEWAY_SECONDS} seconds off: people go in circles."
        ))
        .advise("Run NTP on every machine.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(database: Option<i64>, auth: Option<i64>, service: i64) -> Vec<&'static str> {
        let services = [("https://shop.example.org/".to_owned(), Some(service))];
        examine(database, auth, &services).into_iter().map(|finding| finding.id).collect()
    }

    #[test]
    fn what_services_allow_is_no_finding_and_more_is() {
        assert_eq!(ids(None, Some(0), 3_900), ["clocks"]);
        assert_eq!(ids(None, Some(0), -4_600), ["clock-differs-at-service"]);
        assert_eq!(ids(None, Some(60_000), 0), ["clock-differs-at-auth-service"]);
    }

    /// All instances go by the database's clock, so a machine that agrees with it is right.
    #[test]
    fn where_the_database_has_a_clock_services_are_compared_with_that() {
        assert_eq!(ids(Some(60_000), Some(0), 60_000), ["clock-differs-from-database"]);
        assert_eq!(
            ids(Some(60_000), Some(0), 0),
            ["clock-differs-from-database", "clock-differs-at-service"]
        );
    }
}

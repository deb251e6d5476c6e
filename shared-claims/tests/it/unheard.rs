//! What a program sees that has no `tracing` subscriber. The tests run themselves again as that
//! program.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use shared_claims::{KeySource, SharedLogin};

use crate::support_web::{ask, opens};

/// The lines on stderr of a program that looks for auth-service at a port where nothing listens.
fn lines_of(program: &str) -> Vec<String> {
    let mut run = Command::new(std::env::current_exe().unwrap());
    run.args(["--exact", &format!("unheard::{program}"), "--ignored", "--nocapture"]);
    let output = run.stdout(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    stderr.lines().filter(|line| line.starts_with("shared-claims: ")).map(str::to_owned).collect()
}

/// A request to a service that cannot fetch its keys.
async fn looks_for_keys() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let keys = KeySource::url(format!("http://{closed}/jwks.json").parse().unwrap()).unwrap();
    let issuer = shared_claims::testing::TestIssuer::new();
    let login = SharedLogin::with_keys(issuer.settings(), keys);
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for _ in 0..2 {
        let answer = ask(&login, opens("/private").insert_header(("Cookie", ada.clone()))).await;
        assert_eq!(answer.status, 503);
    }
}

#[actix_web::test]
#[ignore = "run by the tests below"]
async fn a_program_without_a_subscriber() {
    looks_for_keys().await;
}

#[actix_web::test]
#[ignore = "run by the tests below"]
async fn a_program_with_a_subscriber() {
    tracing_subscriber::fmt().with_writer(std::io::sink).init();
    looks_for_keys().await;
}

#[test]
fn a_program_without_a_subscriber_is_told_what_is_wrong_and_how_to_see_more() {
    let lines = lines_of("a_program_without_a_subscriber");
    let count = |text: &str| lines.iter().filter(|line| line.contains(text)).count();
    assert_eq!(count("keys not fetched from http://127.0.0.1:"), 1, "{lines:?}");
    assert_eq!(count("no keys loaded yet"), 1, "{lines:?}");
    assert_eq!(count("tracing_subscriber::fmt().init()"), 1, "{lines:?}");
}

#[test]
fn a_program_with_a_subscriber_has_its_stderr_for_itself() {
    assert_eq!(lines_of("a_program_with_a_subscriber"), [""; 0]);
}

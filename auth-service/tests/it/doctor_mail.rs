//! `SMTP_URL` and `MAIL_FROM`: refused, shown masked, and tried by the doctor.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

use super::commands::{Program, folder};
use crate::support::{Deployment, Mood, PASSWORD, PostOffice, SmtpServer};

/// A mail server that accepts all logins or none, and records whether mail was sent.
fn mail_server(login: &'static str) -> (u16, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(client.try_clone().unwrap());
        client.write_all(b"220 mail.example.org\r\n").unwrap();
        let mut heard = String::new();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap_or(0) == 0 {
                return heard;
            }
            heard.push_str(&line);
            let answer = match line.split([' ', '\r']).next().unwrap() {
                "EHLO" => "250-mail.example.org\r\n250 AUTH PLAIN\r\n".to_owned(),
                // A bad server's answer, which repeats the password.
                "AUTH" => format!("{login} ada hunter2\r\n"),
                _ => "250 OK\r\n".to_owned(),
            };
            if client.write_all(answer.as_bytes()).is_err() {
                return heard;
            }
        }
    });
    (port, served)
}

#[tokio::test]
async fn a_mail_server_that_takes_us_in_is_given_no_mail() {
    let deployment = Deployment::healthy().await;
    let (port, served) = mail_server("235");
    let doctor = deployment.doctor().set("SMTP_URL", &format!("smtp://ada:hunter2@127.0.0.1:{port}"));
    let diagnosis = doctor.set("MAIL_FROM", "Accounts <accounts@example.org>").examine().await;
    assert!(
        diagnosis.ids("error").is_empty() && diagnosis.ids("warning").is_empty(),
        "{:#}",
        diagnosis.report
    );
    assert!(diagnosis.ids("ok").contains(&"smtp"), "{:#}", diagnosis.report);
    let heard = served.join().unwrap();
    assert!(heard.contains("AUTH PLAIN") && !heard.contains("MAIL FROM"), "{heard}");
}

#[tokio::test]
async fn a_mail_server_that_refuses_the_password() {
    let deployment = Deployment::healthy().await;
    let (port, _served) = mail_server("535");
    let doctor = deployment.doctor().set("SMTP_URL", &format!("smtp://ada:hunter2@127.0.0.1:{port}"));
    doctor.set("MAIL_FROM", "accounts@example.org").examine().await.assert_wrong(&["smtp-refused"]);
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_and_a_sender_that_is_missing() {
    let deployment = Deployment::healthy().await;
    let diagnosis = deployment.doctor().set("SMTP_URL", "smtp://127.0.0.1:1").examine().await;
    diagnosis.assert_wrong(&["smtp-unreachable", "mail-from-missing"]);
}

#[test]
fn the_mail_settings_are_shown_without_user_and_password() {
    let (folder, url) = folder();
    let check = || Program::new(&["check-config"]).set_all(&url).set("MAIL_FROM", "accounts@example.org");
    let file = folder.path().join("smtp");
    std::fs::write(&file, "smtps://ada:hunter2@mail.example.org\n").unwrap();
    let ended = check().set("SMTP_URL_FILE", file.to_str().unwrap()).run();
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("\nSMTP_URL=smtps://…@mail.example.org\n"), "{ended:?}");
    assert!(
        ended.out.contains("\nMAIL_FROM=accounts@example.org\n") && !ended.out.contains("hunter2"),
        "{ended:?}"
    );
    assert!(check().run().out.contains("\nSMTP_URL=(not used)\n"));
}

#[test]
fn mail_settings_that_cannot_be_used_are_refused() {
    let (_folder, url) = folder();
    for (setting, value) in [
        ("SMTP_URL", "https://ada:hunter2@mail.example.org"),
        ("SMTP_URL", "smtp://hunter2@mail.example.org"),
        ("MAIL_FROM", "hunter2"),
        ("MAIL_FROM", "a@example.org, hunter2@example.org"),
    ] {
        let ended = Program::new(&["check-config"]).set_all(&url).set(setting, value).run();
        ended.assert_says(2, &format!("{setting}: "));
        assert!(!ended.err.contains("hunter2"), "{ended:?}");
    }
}

/// Who waits for a letter waits for the operator too.
#[tokio::test]
async fn letters_that_wait_and_people_who_have_not_verified_their_address() {
    let office = PostOffice::with(SmtpServer::up(Mood::Recipient(550))).await;
    office.app.user("ada@example.org", PASSWORD).await;
    let url = office.app.database.url.clone();
    let doctor = || {
        let doctor = Program::new(&["doctor", "--json"]).set_all(&url).set("SMTP_URL", &office.server.url());
        doctor.set("AUTH_URL", "http://auth.sso.localhost:1").set("COOKIE_DOMAIN", "sso.localhost")
    };
    let healthy = doctor().examine().await;
    assert!(!healthy.ids("warning").contains(&"mail-waits"), "{:#}", healthy.report);
    assert!(healthy.ids("note").contains(&"mail-unverified"), "{:#}", healthy.report);
    let free = doctor().set("REQUIRE_VERIFIED_EMAIL", "false").examine().await;
    assert!(!free.ids("note").contains(&"mail-unverified"), "{:#}", free.report);

    let long_ago = office.app.service().at(office.app.clock.now() - Duration::from_secs(660));
    office.post_at("bob@example.org", long_ago).await;
    let said = doctor().examine().await;
    assert!(said.ended.out.contains("the oldest letter waits 11 minutes"), "{:#}", said.report);
    let worker = office.worker();
    for _ in 0..4 {
        worker.deliver_due().await.unwrap();
        office.app.wait(Duration::from_secs(3600));
    }
    let said = doctor().examine().await;
    assert!(said.ids("warning").contains(&"mail-waits"), "{:#}", said.report);
    assert!(said.ended.out.contains("\"1 letter(s) were given up\""), "{:#}", said.report);
}

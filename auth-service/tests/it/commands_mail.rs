//! `auth-service mail …`, and what an operator learns of letters that wait. V9.

use std::time::Duration;

use auth_service::config::{MailFlags, ServeFlags};
use serde_json::Value;

use crate::commands::{Ended, Program, folder};
use crate::support::{Mood, PostOffice, SmtpServer, Tweaks};

const HOUR: Duration = Duration::from_secs(3600);

impl PostOffice {
    fn mail(&self, arguments: &[&str]) -> Ended {
        Program::new(&[&["mail"], arguments].concat()).set("DATABASE_URL", &self.app.database.url).run()
    }

    fn list(&self, arguments: &[&str]) -> Vec<Value> {
        let ended = self.mail(&[&["list", "--json"], arguments].concat());
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
        ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[tokio::test]
async fn an_operator_sees_what_waits_and_why_and_has_it_tried_again() {
    let office = PostOffice::with(SmtpServer::up(Mood::Recipient(451))).await;
    assert_eq!(office.mail(&["list"]).out, "No letter waits, and none was given up.\n");
    assert_eq!(office.mail(&["list", "--all"]).out, "There are no letters.\n");
    office.post("ada@example.org").await;
    let fresh = office.mail(&["list"]).out;
    assert!(fresh.contains("  mail/test  ada@example.org  waits 0 s for its first attempt"), "{fresh}");
    let worker = office.worker();
    worker.deliver_due().await.unwrap();
    let said = office.mail(&["list"]).out;
    assert!(
        said.contains("s, 1 attempt(s), next in ") && said.ends_with(": the mail server answered 451\n"),
        "{said}"
    );
    let rows = office.list(&[]);
    let [row] = &rows[..] else { panic!("{rows:?}") };
    let mut members: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    members.sort_unstable();
    let all = [
        "attempts",
        "kind",
        "last_error",
        "letter",
        "next_at",
        "posted_at",
        "recipient",
        "settled_at",
        "state",
    ];
    assert_eq!(members, all, "and nothing of its content");

    let id = row["letter"].as_str().unwrap();
    office.server.set(Mood::Good);
    let again = office.mail(&["retry", id]);
    assert_eq!(again.out, "1 letter(s) are due; a running service tries them within seconds.\n");
    assert_eq!(worker.deliver_due().await.unwrap(), 1, "without waiting");
    assert!(office.list(&[]).is_empty());
    assert_eq!(office.list(&["--all"])[0]["state"], "sent");
    assert!(office.mail(&["list", "--all"]).out.contains("  sent "));
    office
        .mail(&["retry", id])
        .assert_says(1, &format!("there is no letter {id} that was put off or given up"));
    assert_eq!(office.mail(&["retry"]).out, "No letter was put off or given up.\n");
}

/// A letter that a worker has in its hands would be sent twice.
#[tokio::test]
async fn a_letter_that_is_being_sent_is_not_tried_again_beside_that() {
    let office = PostOffice::with(SmtpServer::up(Mood::Silent)).await;
    office.post("ada@example.org").await;
    let worker = office.worker();
    let sending = tokio::spawn(async move { worker.deliver_due().await.unwrap() });
    office.server.is_reached(1).await;
    assert!(office.mail(&["list"]).out.contains("and attempt 1 is under way"));
    assert_eq!(office.mail(&["retry"]).out, "No letter was put off or given up.\n");
    office.server.set(Mood::Good);
    assert_eq!(office.worker().deliver_due().await.unwrap(), 0);
    office.server.hang_up();
    sending.await.unwrap();
    assert!(office.mail(&["retry"]).out.starts_with("1 letter(s) are due"));
}

#[tokio::test]
async fn a_letter_is_given_up_for_the_operator_to_see() {
    let office = PostOffice::with(SmtpServer::up(Mood::Recipient(550))).await;
    let worker = office.worker();
    office.post("nobody@example.org").await;
    for _ in 0..4 {
        worker.deliver_due().await.unwrap();
        office.app.wait(HOUR);
    }
    let said = office.mail(&["list"]).out;
    assert!(
        said.contains("  given up after ")
            && said.contains(" and 4 attempt(s): the mail server answered 550"),
        "{said}"
    );
    assert!(office.list(&[])[0]["next_at"].is_null());
}

fn test_letter(server: &str, address: &str) -> Ended {
    let (_folder, url) = folder();
    Program::new(&["mail", "test", address]).set_all(&url).set("SMTP_URL", server).run()
}

#[tokio::test]
async fn a_test_letter_goes_out_at_once_and_the_answer_is_told() {
    let server = SmtpServer::up(Mood::Good);
    let sent = test_letter(&server.url(), "ada@example.org");
    assert_eq!((sent.code, sent.err.as_str()), (0, ""), "{sent:?}");
    assert!(sent.out.contains(" has taken a letter to ada@example.org and answered 250."), "{sent:?}");
    assert!(!sent.out.contains("hunter2"), "{sent:?}");
    let letters = server.taken();
    assert_eq!((letters.len(), letters[0].to.as_str()), (1, "ada@example.org"));
    server.set(Mood::Recipient(550));
    let refused = test_letter(&server.url(), "ada@example.org");
    assert!(refused.code == 1 && refused.err.ends_with(": the mail server answered 550\n"), "{refused:?}");
    server.set(Mood::Login(535));
    let refused = test_letter(&server.url(), "ada@example.org");
    assert!(
        refused.err.ends_with(": the mail server answered 535\n") && !refused.err.contains("hunter2"),
        "{refused:?}"
    );
    assert!(test_letter("smtp://127.0.0.1:1", "ada@example.org").err.contains("cannot be reached"));
    test_letter(&server.url(), "ada").assert_says(2, "ada is not an address such as");
    test_letter("", "ada@example.org").assert_says(2, "SMTP_URL is not set");
    assert_eq!(server.taken().len(), 1);
}

/// An attacker on the way removes the offer of encryption: neither password nor letter is sent.
#[tokio::test]
async fn without_the_encryption_that_was_asked_for_nothing_is_sent() {
    let server = SmtpServer::up(Mood::Good);
    let refused = test_letter(&format!("{}?tls=required", server.url()), "ada@example.org");
    assert_eq!(refused.code, 1, "{refused:?}");
    let encrypted = server.url().replace("smtp://", "smtps://");
    assert_eq!(test_letter(&encrypted, "ada@example.org").code, 1);
    assert!(server.taken().is_empty() && !server.heard().contains("AUTH"), "{}", server.heard());
    let either = test_letter(&format!("{}?tls=opportunistic", server.url()), "ada@example.org");
    assert_eq!((either.code, server.taken().len()), (0, 1), "{either:?}");
}

/// Z1: letters that wait are told, and no instance is taken away for it.
#[tokio::test]
async fn readiness_says_that_letters_wait_and_stays_ready() {
    let office = PostOffice::with(SmtpServer::down()).await;
    let mail = MailFlags {
        smtp_url: Some(office.server.url()),
        require_verified_email: Some("false".to_owned()),
        ..MailFlags::default()
    };
    let flags = ServeFlags { mail, ..ServeFlags::default() };
    let instance = office.app.another(Tweaks { flags, ..Tweaks::default() }).await;
    let probe = instance.person();
    office.post("ada@example.org").await;
    assert_eq!(probe.get("/readyz").await.text, "ready\n");
    let mut said = String::new();
    while !said.contains("mail") {
        office.app.wait(Duration::from_secs(660));
        tokio::time::sleep(Duration::from_millis(50)).await;
        let reply = probe.get("/readyz").await;
        assert_eq!(reply.status, 200);
        said = reply.text;
    }
    let seconds =
        said.strip_prefix("ready\nmail: the oldest letter waits ").and_then(|rest| rest.strip_suffix(" s\n"));
    assert!(seconds.is_some_and(|seconds| 600 < seconds.parse::<u64>().unwrap()), "{said}");
    assert!(instance.log().contains("letters wait: the oldest for so long"));
    assert_eq!(probe.get("/healthz").await.text, "alive\n");
}

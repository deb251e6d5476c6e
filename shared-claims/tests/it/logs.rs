//! Log events.

use std::io::Write;
use std::sync::{Arc, Mutex};

use actix_web::{App, test, web};
use shared_claims::actix::User;
use shared_claims::testing::TestIssuer;
use tracing_subscriber::fmt::MakeWriter;

use crate::support_web::{answer, ask, opens, sends};

#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Records all events of this thread, of every level, until the guard is dropped.
    pub fn of_this_thread() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(log.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// J14, L1: the log has the cause, and no part of the token, the cookie, the form or the query.
#[actix_web::test]
async fn the_log_names_the_cause_and_holds_no_token() {
    let issuer = TestIssuer::new();
    let mut claims = issuer.claims_for("ada@example.org");
    claims.aud = "elsewhere.example".to_owned();
    let cookie = issuer.cookie(&claims);
    let (log, guard) = Log::of_this_thread();
    ask(&issuer.login(), opens("/private?token=hunter2").insert_header(("Cookie", cookie.clone()))).await;
    ask(&issuer.login(), sends("/private", "text=hunter2").insert_header(("Cookie", cookie.clone()))).await;
    drop(guard);
    let text = log.text();
    assert_eq!(text.matches("aud is another audience").count(), 2, "{text}");
    assert_eq!(text.matches("reason=\"wrong_audience\"").count(), 2, "{text}");
    for part in cookie.split(['.', '=']).skip(1).chain(["hunter2", "ada@", "elsewhere"]) {
        assert!(!text.contains(part), "{part} in {text}");
    }
}

/// L3: a key id is logged only if it is plain, so that a token cannot write lines into the log.
#[actix_web::test]
async fn a_token_cannot_write_into_the_log() {
    let issuer = TestIssuer::new();
    let header = "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"x\\n2026 ERROR all is lost\\u001b[2J\"}";
    let cookie = format!("__Secure-sso_access={}", issuer.sign_raw(header, "{}"));
    let (log, guard) = Log::of_this_thread();
    ask(&issuer.login(), opens("/private").insert_header(("Cookie", cookie))).await;
    drop(guard);
    assert!(log.text().contains("the header's kid is not acceptable"));
    assert!(!log.text().contains("all is lost"));
}

#[actix_web::test]
async fn a_forgotten_registration_is_named_with_its_cure() {
    let (log, guard) = Log::of_this_thread();
    let app = App::new().route("/", web::get().to(async |_: User| "in"));
    answer(&test::init_service(app).await, opens("/")).await;
    drop(guard);
    assert!(log.text().contains(".wrap(SharedLoginMiddleware::new(login))"), "{}", log.text());
}

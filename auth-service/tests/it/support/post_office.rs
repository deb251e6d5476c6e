//! A post office: a database, a mail server, and workers that deliver when they are told to.

use std::collections::BTreeMap;

use auth_service::app::Frontend;
use auth_service::audit::RequestContext;
use auth_service::config::{Config, Outgoing, SecretKey, SmtpUrl};
use auth_service::http::Draining;
use auth_service::mail::{Addressee, MailWorker, Postbox, Sender, TestLetter, Transport};
use auth_service::outbox::{Delivery, DeliveryState, PayloadKeys};
use auth_service::pages::Letter;
use auth_service::users::Email;

use super::app::{SECRET_KEY, TestApp};
use super::smtp::SmtpServer;

pub struct PostOffice {
    pub app: TestApp,
    pub server: SmtpServer,
}

impl PostOffice {
    pub async fn with(server: SmtpServer) -> Self {
        Self { app: TestApp::start().await, server }
    }

    /// A worker, as each instance has one.
    pub fn worker(&self) -> MailWorker {
        self.worker_with(|_| {})
    }

    pub fn worker_with(&self, change: impl FnOnce(&mut Config)) -> MailWorker {
        let mut config = self.app.config.clone();
        config.mail.outgoing = Some(Outgoing::Smtp(SmtpUrl::parse(&self.server.url()).unwrap()));
        change(&mut config);
        let frontend = Frontend::of(&config.site, &config.services, &config.auth_url).unwrap();
        let keys = PayloadKeys::new(&config.secret_key, config.secret_key_previous.as_ref());
        MailWorker {
            db: self.app.db(),
            clock: self.app.clock.clock(),
            postbox: Postbox::new(keys, true),
            sender: Sender {
                pages: frontend.pages,
                transport: Transport::of(&config.mail, "auth.example.org").unwrap().unwrap(),
                from: config.mail.from.clone(),
                host: "auth.example.org".to_owned(),
            },
            draining: Draining::default(),
        }
    }

    pub async fn post(&self, address: &str) {
        post(&self.app, address, TestLetter {}).await;
    }

    /// Posts at the moment of this context.
    pub async fn post_at(&self, address: &str, context: RequestContext) {
        post_in(&self.app, address, TestLetter {}, context).await;
    }

    /// The only letter there is.
    pub async fn row(&self) -> Delivery {
        let mut rows = self.rows().await;
        assert_eq!(rows.len(), 1);
        rows.remove(0)
    }

    pub async fn rows(&self) -> Vec<Delivery> {
        let all = [DeliveryState::Waiting, DeliveryState::Sent, DeliveryState::Failed];
        self.app.sql(move |conn| Delivery::list(conn, &all, 1000)).await
    }

    /// What became of the only letter, after how many attempts, and why the last one failed.
    pub async fn fate(&self) -> (&'static str, i64, String) {
        let row = self.row().await;
        (row.state.known().unwrap().as_str(), row.attempts, row.last_error.unwrap_or_default())
    }

    /// How often the server has taken each message.
    pub fn taken(&self) -> BTreeMap<String, usize> {
        let mut taken = BTreeMap::new();
        for letter in self.server.taken() {
            *taken.entry(letter.id).or_default() += 1;
        }
        taken
    }
}

/// Posts a letter as a feature does, in a transaction of its own.
pub async fn post(app: &TestApp, address: &str, letter: impl Letter + Send + 'static) {
    post_in(app, address, letter, app.service()).await;
}

async fn post_in(
    app: &TestApp,
    address: &str,
    letter: impl Letter + Send + 'static,
    context: RequestContext,
) {
    let secret = SecretKey::parse("SECRET_KEY", SECRET_KEY).unwrap();
    let postbox = Postbox::new(PayloadKeys::new(&secret, None), true);
    let to = Addressee { user: None, email: Email::parse(address).unwrap(), language: Some("de".to_owned()) };
    app.sql(move |conn| conn.write(|conn| postbox.post(conn, &to, &letter, &context))).await;
}

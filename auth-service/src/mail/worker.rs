//! The worker: draws the letters that are due, and hands them to the transport.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;

use super::postbox::{Payload, Postbox};
use super::sender::{Draft, Sender};
use crate::audit::RequestContext;
use crate::clock::Clock;
use crate::db::{Database, DatabaseError};
use crate::http::Draining;
use crate::outbox::{Delivery, DeliveryKind, Setback};

/// How often the outbox is looked at when nobody rings: other instances and commands post too.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long the answer has to go out that posted a letter. Drawing and sending would slow it, and
/// so tell whoever measures that there was one (ASVS 6.3.8).
const ANSWER_FIRST: Duration = Duration::from_millis(100);

/// How long the database is left alone after it could not be asked.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(15);

/// How many letters are on their way at one time.
const AT_ONCE: usize = 4;

/// How many letters are claimed at once. The last of them is through before its lease ends, even if
/// the mail server lets each wait as long as the transport does.
const BATCH: i64 = 2 * AT_ONCE as i64;

/// Delivers letters. Each instance runs one.
#[derive(Clone)]
pub struct MailWorker {
    pub db: Database,
    pub clock: Clock,
    pub postbox: Postbox,
    pub sender: Sender,
    pub draining: Draining,
}

impl MailWorker {
    /// Runs until the process stops.
    pub async fn run(self) {
        while !self.draining.has_begun() {
            // Whichever comes first.
            let _ = tokio::time::timeout(LOOK_EVERY, self.postbox.rung()).await;
            tokio::time::sleep(ANSWER_FIRST).await;
            if let Err(error) = self.deliver_due().await {
                tracing::warn!(error = error.to_string(), "the delivery of mail was put off");
                tokio::time::sleep(PAUSE_AFTER_ERROR).await;
            }
        }
    }

    /// Tries every letter that is due once. Returns how many were tried.
    pub async fn deliver_due(&self) -> Result<usize, DatabaseError> {
        let mut tried = 0;
        loop {
            if self.draining.has_begun() {
                return Ok(tried);
            }
            self.look_at_the_backlog().await?;
            let claimed = self.claim().await?;
            if claimed.is_empty() {
                return Ok(tried);
            }
            tried += claimed.len();
            let results = stream::iter(claimed).map(|letter| self.deliver(letter));
            let results: Vec<Result<(), DatabaseError>> = results.buffer_unordered(AT_ONCE).collect().await;
            results.into_iter().collect::<Result<(), _>>()?;
        }
    }

    async fn look_at_the_backlog(&self) -> Result<(), DatabaseError> {
        let (backlog, running) = (self.postbox.backlog(), self.clock.running());
        if !backlog.is_to_look(running) {
            return Ok(());
        }
        let clock = self.clock.clone();
        let look = move |conn: &mut _| Ok((Delivery::oldest_waiting(conn)?, clock.read(conn)?));
        let (since, now) = self.db.query(look).await?;
        if let Some(wait) = backlog.saw(since, (now, running)) {
            tracing::warn!(
                seconds = wait.as_secs(),
                "letters wait: the oldest for so long; auth-service mail list says why"
            );
        }
        Ok(())
    }

    async fn claim(&self) -> Result<Vec<Delivery>, DatabaseError> {
        let clock = self.clock.clone();
        let look = move |conn: &mut _| {
            let now = clock.read(conn)?;
            Delivery::is_any_due(conn, DeliveryKind::Letter, now)
        };
        if !self.db.query(look).await? {
            return Ok(Vec::new());
        }
        let context = RequestContext::service(&self.clock);
        self.db
            .query_on_writer(move |conn| Delivery::claim(conn, DeliveryKind::Letter, BATCH, &context))
            .await
    }

    async fn deliver(&self, delivery: Delivery) -> Result<(), DatabaseError> {
        let context = RequestContext::service(&self.clock);
        // Another instance, or the next start, need not wait for the end of the lease.
        if self.draining.has_begun() {
            return self.db.query_on_writer(move |conn| delivery.give_back(conn, &context)).await;
        }
        let (this, letter) = (self.clone(), delivery.clone());
        let sent = tokio::task::spawn_blocking(move || this.send(&letter)).await;
        let sent = sent.unwrap_or_else(|_| Err(Setback::Passing("the attempt was broken off".to_owned())));
        let (id, topic) = (delivery.id, delivery.topic.clone());
        match sent {
            Ok(()) => {
                self.db.query_on_writer(move |conn| delivery.settle(conn, &context)).await?;
                tracing::info!(delivery = %id, letter = topic, "a letter was handed to the mail server");
            }
            Err(setback) => {
                let (reason, attempts) = (setback.reason().to_owned(), delivery.attempts);
                let put_off = move |conn: &mut _| delivery.put_off(conn, &setback, &context);
                if self.db.query_on_writer(put_off).await? {
                    tracing::error!(
                        delivery = %id, letter = topic, attempts, reason,
                        "a letter was given up: auth-service mail retry tries it again"
                    );
                } else {
                    tracing::warn!(delivery = %id, letter = topic, attempts, reason, "a letter was put off");
                }
            }
        }
        Ok(())
    }

    fn send(&self, delivery: &Delivery) -> Result<(), Setback> {
        let payload = delivery.open(self.postbox.keys()).ok_or_else(|| {
            Setback::Impossible("it was sealed with another SECRET_KEY, or was changed".to_owned())
        })?;
        let payload: Payload =
            serde_json::from_slice(&payload).map_err(|error| Setback::Impossible(error.to_string()))?;
        let draft = Draft {
            template: &delivery.topic,
            language: payload.language.as_deref(),
            letter: &payload.letter,
        };
        let envelope = (delivery.id.uuid(), delivery.created_at);
        self.sender.send(&draft, &delivery.recipient, envelope).map(|_| ())
    }
}

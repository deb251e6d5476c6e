//! The postbox: puts letters into the outbox.

use std::sync::Arc;
use std::time::Duration;

use diesel::QueryResult;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::backlog::Backlog;
use crate::audit::RequestContext;
use crate::db::AnyConnection;
use crate::outbox::{Delivery, DeliveryId, DeliveryKind, Limit, NewDelivery, PayloadKeys};
use crate::pages::Letter;
use crate::users::{Email, User, UserId};

/// A notice of one kind is not repeated within this time, so that nobody floods a mailbox.
const NOTICE_PAUSE: Duration = Duration::from_secs(10 * 60);

/// Where features post their letters. Clones share the worker's bell.
#[derive(Clone)]
pub struct Postbox {
    keys: PayloadKeys,
    /// Whether there is a mail server.
    is_on: bool,
    bell: Arc<Notify>,
    backlog: Backlog,
}

/// Whom a letter is for.
#[derive(Debug, Clone)]
pub struct Addressee {
    pub user: Option<UserId>,
    pub email: Email,
    /// The reader's language, as a tag (BCP 47); English if there is none.
    pub language: Option<String>,
}

impl From<&User> for Addressee {
    fn from(user: &User) -> Self {
        Self { user: Some(user.id), email: user.email.clone(), language: user.language.clone() }
    }
}

/// The content of a delivery: what the templates need, and the language.
#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    pub language: Option<String>,
    pub letter: serde_json::Value,
}

impl Postbox {
    pub fn new(keys: PayloadKeys, is_on: bool) -> Self {
        Self { keys, is_on, bell: Arc::default(), backlog: Backlog::default() }
    }

    /// Whether letters are delivered. Without a mail server none is written.
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Posts a letter that must go out, within the caller's transaction.
    pub fn post<L: Letter>(
        &self,
        conn: &mut AnyConnection,
        to: &Addressee,
        letter: &L,
        context: &RequestContext,
    ) -> QueryResult<()> {
        self.enqueue(conn, to, letter, context).map(|_| ())
    }

    /// Posts a letter that somebody asked for, or does the same work and leaves nothing, so that
    /// nobody can measure which of the two it was.
    pub fn post_if<L: Letter>(
        &self,
        is_meant: bool,
        conn: &mut AnyConnection,
        (to, letter): (&Addressee, &L),
        context: &RequestContext,
    ) -> QueryResult<()> {
        let Some(id) = self.enqueue(conn, to, letter, context)? else { return Ok(()) };
        let nothing = DeliveryId::from(uuid::Uuid::nil());
        Delivery::take_back(conn, if is_meant { nothing } else { id })
    }

    fn enqueue<L: Letter>(
        &self,
        conn: &mut AnyConnection,
        to: &Addressee,
        letter: &L,
        context: &RequestContext,
    ) -> QueryResult<Option<DeliveryId>> {
        if !self.is_on {
            return Ok(None);
        }
        let to_json = |error| diesel::result::Error::SerializationError(Box::new(error));
        let letter = serde_json::to_value(letter).map_err(to_json)?;
        let payload = Payload { language: to.language.clone(), letter };
        let payload = serde_json::to_vec(&payload).map_err(to_json)?;
        let new = NewDelivery {
            kind: DeliveryKind::Letter,
            topic: L::TEMPLATE,
            user: to.user.map(UserId::uuid),
            recipient: to.email.as_str(),
            payload: &payload,
        };
        Delivery::enqueue(conn, &new, &self.keys, context).map(Some)
    }

    /// Whether one more letter that anybody can ask for may go to this address. Call it in the
    /// transaction that posts it: from here on, others wait who ask for the same address.
    pub fn has_room<L: Letter>(
        &self,
        conn: &mut AnyConnection,
        to: &Addressee,
        context: &RequestContext,
    ) -> QueryResult<bool> {
        self.has_room_for(conn, &[L::TEMPLATE], to, context)
    }

    /// [`Postbox::has_room`] for one of several letters, where the asker must not learn which.
    pub fn has_room_for(
        &self,
        conn: &mut AnyConnection,
        templates: &[&str],
        to: &Addressee,
        context: &RequestContext,
    ) -> QueryResult<bool> {
        conn.lock_name(to.email.as_str())?;
        let asked = (templates, to.user.map(UserId::uuid), to.email.as_str());
        Limit::OF_REQUESTS.has_room(conn, asked, context)
    }

    /// Posts a notice to an account, unless it was sent one of this kind just now.
    pub fn notify<L: Letter>(
        &self,
        conn: &mut AnyConnection,
        user: &User,
        notice: &L,
        context: &RequestContext,
    ) -> QueryResult<()> {
        let kind = (L::TEMPLATE, user.id.uuid());
        if Limit::was_sent_within(conn, kind, NOTICE_PAUSE, context)? {
            return Ok(());
        }
        self.post(conn, &user.into(), notice, context)
    }

    /// Tells this instance's worker that something may be due. Call it after the commit; without
    /// it, the letter waits for the worker's next look.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// How long letters wait, as this instance has seen last.
    pub fn backlog(&self) -> &Backlog {
        &self.backlog
    }

    pub(super) fn keys(&self) -> &PayloadKeys {
        &self.keys
    }

    pub(super) async fn rung(&self) {
        self.bell.notified().await;
    }
}

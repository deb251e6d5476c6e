//! The audit trail in the database.

use std::collections::HashSet;

use auth_service::audit::SubjectId;
use auth_service::db::schema::audit_events;
use auth_service::db::types::Timestamp;
use diesel::{QueryDsl, Queryable, RunQueryDsl};
use uuid::Uuid;

use super::TestApp;

/// One event.
#[derive(Debug, Clone, Queryable)]
pub struct Row {
    id: SubjectId,
    pub at: Timestamp,
    pub event: String,
    pub actor: String,
    user_id: Option<SubjectId>,
    session_id: Option<SubjectId>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    request_id: Option<SubjectId>,
    pub detail: Option<String>,
    pub repeats: i64,
    pub last_at: Option<Timestamp>,
}

impl Row {
    pub fn user(&self) -> Option<Uuid> {
        self.user_id.map(SubjectId::uuid)
    }

    pub fn session(&self) -> Option<Uuid> {
        self.session_id.map(SubjectId::uuid)
    }

    pub fn request(&self) -> Option<Uuid> {
        self.request_id.map(SubjectId::uuid)
    }

    pub fn detail(&self) -> &str {
        self.detail.as_deref().unwrap_or_default()
    }
}

impl TestApp {
    /// The whole trail, the oldest event first. Events of the same time are sorted by name.
    pub async fn trail(&self) -> Vec<Row> {
        use audit_events as e;
        let columns = (
            e::id,
            e::at,
            e::event,
            e::actor,
            e::user_id,
            e::session_id,
            e::address,
            e::user_agent,
            e::request_id,
            e::detail,
            e::repeats,
            e::last_at,
        );
        self.sql(move |conn| e::table.order((e::at, e::event)).select(columns).load(conn)).await
    }

    /// All events of one kind.
    pub async fn events(&self, kind: &str) -> Vec<Row> {
        self.trail().await.into_iter().filter(|row| row.event == kind).collect()
    }
}

/// A reader of the trail, who continues at the last position.
pub struct Trail<'a> {
    app: &'a TestApp,
    read: HashSet<SubjectId>,
}

impl<'a> Trail<'a> {
    /// A reader that starts at the end of the trail.
    pub async fn of(app: &'a TestApp) -> Self {
        Self { app, read: app.trail().await.iter().map(|row| row.id).collect() }
    }

    /// The events since the last call.
    pub async fn news(&mut self) -> Vec<Row> {
        let mut rows = self.app.trail().await;
        rows.retain(|row| self.read.insert(row.id));
        rows
    }

    /// The only event since the last call.
    pub async fn one(&mut self, kind: &str) -> Row {
        let mut news = self.news().await;
        let kinds: Vec<&str> = news.iter().map(|row| row.event.as_str()).collect();
        assert_eq!(kinds, [kind]);
        news.remove(0)
    }

    /// The kinds of the events since the last call.
    pub async fn kinds(&mut self) -> Vec<String> {
        self.news().await.into_iter().map(|row| row.event).collect()
    }
}

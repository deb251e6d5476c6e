//! The page of `/account/security`.

use serde::Serialize;

use super::events::EventLine;
use crate::audit::History;
use crate::db::types::Timestamp;
use crate::i18n::Moment;
use crate::pages::Page;

/// `templates/account_security/security.html`
#[derive(Debug, Serialize)]
pub struct SecurityPage {
    /// When the password was changed last, if the audit trail goes back so far.
    password_changed: Option<Moment>,
    events: Vec<EventLine>,
    /// Whether more failed attempts happened in this time than the page shows.
    has_more_refused: bool,
    /// The value of `before` for the next page.
    older: Option<i64>,
    /// Whether this page is not the first one.
    is_older: bool,
}

impl Page for SecurityPage {
    const TEMPLATE: &'static str = "account_security/security.html";
    const RUNS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let empty = Self {
            password_changed: None,
            events: Vec::new(),
            has_more_refused: false,
            older: None,
            is_older: false,
        };
        let full = Self {
            password_changed: Some(Moment::sample()),
            events: EventLine::samples(),
            has_more_refused: true,
            older: Some(1),
            is_older: true,
        };
        vec![empty, full]
    }
}

impl SecurityPage {
    pub fn new(
        history: &History,
        password_changed: Option<Timestamp>,
        is_older: bool,
        now: Timestamp,
    ) -> Self {
        Self {
            password_changed: password_changed.map(|at| Moment::of(at, now)),
            events: history.events.iter().filter_map(|event| EventLine::of(event, now)).collect(),
            has_more_refused: history.has_more_refused,
            older: history.older.map(Timestamp::unix_micros),
            is_older,
        }
    }
}

//! The pages of `/account/sessions`.

use serde::Serialize;

use super::action::End;
use super::events::EventLine;
use crate::accounts::{Current, Session, device_in_words};
use crate::audit::Entry;
use crate::web::{Field, Page};

/// `templates/session_list/sessions.html`
#[derive(Debug, Serialize)]
pub struct SessionsPage {
    errors: Vec<String>,
    sessions: Vec<SessionLine>,
    has_others: bool,
    events: Vec<EventLine>,
    csrf_token: String,
}

impl Page for SessionsPage {
    const TEMPLATE: &'static str = "session_list/sessions.html";
}

#[derive(Debug, Serialize)]
struct SessionLine {
    id: String,
    device: String,
    address: Option<String>,
    began: String,
    last_used: String,
    is_this: bool,
}

impl SessionLine {
    fn of(session: &Session, current: &Session) -> Self {
        Self {
            id: session.id.to_string(),
            device: device_in_words(session.user_agent.as_deref()),
            address: session.address.clone(),
            began: session.began_at.in_words(),
            last_used: session.rotated_at.in_words(),
            is_this: session.id == current.id,
        }
    }
}

impl SessionsPage {
    /// This browser's session first, then the others, the one used last first; of the events the latest first.
    pub fn new(
        current: &Session,
        mut alive: Vec<Session>,
        mut events: Vec<Entry>,
        error: Option<&str>,
        csrf_token: String,
    ) -> Self {
        events.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        alive.sort_by_key(|session| (session.id != current.id, std::cmp::Reverse(session.rotated_at)));
        Self {
            errors: error.map(str::to_owned).into_iter().collect(),
            has_others: alive.iter().any(|session| session.id != current.id),
            sessions: alive.iter().map(|session| SessionLine::of(session, current)).collect(),
            events: events.iter().filter_map(EventLine::of).collect(),
            csrf_token,
        }
    }
}

/// `templates/session_list/confirm.html`
#[derive(Debug, Serialize)]
pub struct ConfirmPage {
    email: String,
    what: &'static str,
    end: String,
    password: Field,
    csrf_token: String,
}

impl Page for ConfirmPage {
    const TEMPLATE: &'static str = "session_list/confirm.html";
}

impl ConfirmPage {
    pub fn new(current: &Current, end: End, error: Option<&str>, csrf_token: String) -> Self {
        let mut password =
            Field::password("password", "Password", "current-password").errors(error.map(str::to_owned));
        crate::web::field::focus(&mut [&mut password]);
        Self {
            email: current.user.email.to_string(),
            what: end.in_words(),
            end: end.field(&current.session),
            password,
            csrf_token,
        }
    }
}

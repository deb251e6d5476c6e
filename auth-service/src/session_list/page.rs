//! The pages of `/account/sessions`.

use serde::Serialize;

use super::action::End;
use super::events::EventLine;
use crate::audit::AuditEvent;
use crate::forms::Field;
use crate::i18n::Message;
use crate::i18n::datetime;
use crate::pages::Page;
use crate::sessions::{Current, Session, device};

/// `templates/session_list/sessions.html`
#[derive(Debug, Serialize)]
pub struct SessionsPage {
    errors: Vec<Message>,
    sessions: Vec<SessionLine>,
    has_others: bool,
    events: Vec<EventLine>,
    csrf_token: String,
}

impl Page for SessionsPage {
    const TEMPLATE: &'static str = "session_list/sessions.html";

    fn samples() -> Vec<Self> {
        let line = |is_this, address: Option<&str>| SessionLine {
            id: "01234567-89ab-7def-8123-456789abcdef".to_owned(),
            device: Message::new("device-unknown"),
            address: address.map(str::to_owned),
            began: Message::verbatim("then"),
            last_used: Message::verbatim("now"),
            is_this,
        };
        let page = |errors: Vec<Message>, sessions: Vec<SessionLine>, events: Vec<EventLine>| Self {
            errors,
            has_others: sessions.len() > 1,
            sessions,
            events,
            csrf_token: "token".to_owned(),
        };
        let alone = page(Vec::new(), vec![line(true, None)], Vec::new());
        let sessions = vec![line(true, None), line(false, Some("192.0.2.7"))];
        vec![alone, page(vec![Message::new("sessions-unknown")], sessions, EventLine::samples())]
    }
}

#[derive(Debug, Serialize)]
struct SessionLine {
    id: String,
    device: Message,
    address: Option<String>,
    began: Message,
    last_used: Message,
    is_this: bool,
}

impl SessionLine {
    fn of(session: &Session, current: &Session) -> Self {
        Self {
            id: session.id.to_string(),
            device: device(session.user_agent.as_deref()),
            address: session.address.clone(),
            began: datetime(session.began_at),
            last_used: datetime(session.rotated_at),
            is_this: session.id == current.id,
        }
    }
}

impl SessionsPage {
    /// Sorts this browser's session first, then the others by last use. The latest events come
    /// first.
    pub fn new(
        current: &Session,
        mut alive: Vec<Session>,
        mut events: Vec<AuditEvent>,
        error: Option<Message>,
        csrf_token: String,
    ) -> Self {
        events.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        alive.sort_by_key(|session| (session.id != current.id, std::cmp::Reverse(session.rotated_at)));
        Self {
            errors: error.into_iter().collect(),
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
    what: Message,
    end: String,
    password: Field,
    csrf_token: String,
}

impl Page for ConfirmPage {
    const TEMPLATE: &'static str = "session_list/confirm.html";

    fn samples() -> Vec<Self> {
        let page = |error| Self {
            email: "ada@example.org".to_owned(),
            what: End::Others.text(),
            end: "others".to_owned(),
            password: Self::password(error),
            csrf_token: "token".to_owned(),
        };
        vec![page(None), page(Some(Message::new("confirm-wrong")))]
    }
}

impl ConfirmPage {
    pub fn new(current: &Current, end: End, error: Option<Message>, csrf_token: String) -> Self {
        Self {
            email: current.user.email.to_string(),
            what: end.text(),
            end: end.field(&current.session),
            password: Self::password(error),
            csrf_token,
        }
    }

    fn password(error: Option<Message>) -> Field {
        let mut password =
            Field::password("password", Message::new("label-password"), "current-password").errors(error);
        crate::forms::field::focus(&mut [&mut password]);
        password
    }
}

//! The pages of `/account/sessions`.

use serde::Serialize;

use super::action::End;
use crate::db::types::Timestamp;
use crate::forms::Field;
use crate::i18n::{Message, Moment};
use crate::pages::Page;
use crate::sessions::{Current, DeviceKind, Session, device};

/// `templates/session_list/sessions.html`
#[derive(Debug, Serialize)]
pub struct SessionsPage {
    errors: Vec<Message>,
    sessions: Vec<SessionLine>,
    has_others: bool,
    csrf_token: String,
}

impl Page for SessionsPage {
    const TEMPLATE: &'static str = "session_list/sessions.html";
    const RUNS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let line = |is_this, kind, address: Option<&str>| SessionLine {
            id: "01234567-89ab-7def-8123-456789abcdef".to_owned(),
            device: Message::new("device-unknown"),
            kind,
            address: address.map(str::to_owned),
            began: Moment::sample(),
            last_used: Moment::sample(),
            is_this,
        };
        let page = |errors: Vec<Message>, sessions: Vec<SessionLine>| Self {
            errors,
            has_others: sessions.len() > 1,
            sessions,
            csrf_token: "token".to_owned(),
        };
        let sessions = vec![
            line(true, DeviceKind::Desktop, None),
            line(false, DeviceKind::Phone, Some("192.0.2.7")),
            line(false, DeviceKind::Tablet, Some("192.0.2.7")),
            line(false, DeviceKind::Program, Some("192.0.2.7")),
        ];
        vec![
            page(Vec::new(), vec![line(true, DeviceKind::Desktop, None)]),
            page(vec![Message::new("sessions-unknown")], sessions),
        ]
    }
}

#[derive(Debug, Serialize)]
struct SessionLine {
    id: String,
    device: Message,
    kind: DeviceKind,
    address: Option<String>,
    began: Moment,
    last_used: Moment,
    is_this: bool,
}

impl SessionLine {
    fn of(session: &Session, current: &Session, now: Timestamp) -> Self {
        Self {
            id: session.id.to_string(),
            device: device(session.user_agent.as_deref()),
            kind: DeviceKind::of(session.user_agent.as_deref()),
            address: session.address.clone(),
            began: Moment::of(session.began_at, now),
            last_used: Moment::of(session.rotated_at, now),
            is_this: session.id == current.id,
        }
    }
}

impl SessionsPage {
    /// Sorts this browser's session first, then the others by last use.
    pub fn new(
        current: &Current,
        mut alive: Vec<Session>,
        error: Option<Message>,
        csrf_token: String,
    ) -> Self {
        let (this, now) = (&current.session, current.at);
        alive.sort_by_key(|session| (session.id != this.id, std::cmp::Reverse(session.rotated_at)));
        Self {
            errors: error.into_iter().collect(),
            has_others: alive.iter().any(|session| session.id != this.id),
            sessions: alive.iter().map(|session| SessionLine::of(session, this, now)).collect(),
            csrf_token,
        }
    }
}

/// `templates/session_list/confirm.html`: the question before several sessions end, the password
/// before any other session does, or both at once.
#[derive(Debug, Serialize)]
pub struct ConfirmPage {
    email: String,
    what: Message,
    /// What the button ends; `None` if the page offers both to end the others and to end all.
    end: Option<String>,
    /// `None` if the password was given lately.
    password: Option<Field>,
    csrf_token: String,
}

impl Page for ConfirmPage {
    const TEMPLATE: &'static str = "session_list/confirm.html";
    const RUNS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let page = |end: Option<&str>, password: Option<Field>| Self {
            email: "ada@example.org".to_owned(),
            what: End::Others.text(),
            end: end.map(str::to_owned),
            password,
            csrf_token: "token".to_owned(),
        };
        let wrong = Self::password(Some(Message::new("confirm-wrong")));
        vec![
            page(None, None),
            page(None, Some(Self::password(None))),
            page(Some("others"), Some(Self::password(None))),
            page(Some("others"), Some(wrong)),
        ]
    }
}

impl ConfirmPage {
    /// Asks for the password before `end`.
    pub fn of(current: &Current, end: End, error: Option<Message>, csrf_token: String) -> Self {
        Self {
            email: current.user.email.to_string(),
            what: end.text(),
            end: Some(end.field(&current.session)),
            password: Some(Self::password(error)),
            csrf_token,
        }
    }

    /// Asks which sessions to end, and for the password if that is needed.
    pub fn of_all(current: &Current, csrf_token: String) -> Self {
        let needs_password = End::Others.needs_reauthentication(&current.session, current.at);
        Self {
            email: current.user.email.to_string(),
            what: End::Others.text(),
            end: None,
            password: needs_password.then(|| Self::password(None)),
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

//! The actions on the session page: which sessions to end.

use std::time::Duration;

use serde::Deserialize;

use crate::app::NotEnded;
use crate::db::types::Timestamp;
use crate::forms::CsrfProtected;
use crate::i18n::Message;
use crate::passwords::Password;
use crate::sessions::{Session, SessionId};

/// Ending other sessions requires a password entry within this time (ASVS 7.5.1, 7.5.2).
const REAUTHENTICATION_LASTS: Duration = Duration::from_secs(10 * 60);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndForm {
    /// A session's id, `others` or `all`.
    pub end: String,
    /// Only if it was requested.
    pub password: Option<Password>,
    csrf_token: String,
}

impl CsrfProtected for EndForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// The sessions to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The session of this browser: a logout.
    This,
    One(SessionId),
    /// All sessions except this browser's.
    Others,
    All,
}

impl End {
    /// Parses the field `end`, relative to the session `current`.
    pub fn parse(text: &str, current: &Session) -> Option<Self> {
        match text {
            "others" => Some(Self::Others),
            "all" => Some(Self::All),
            id => {
                let id = SessionId::from(uuid::Uuid::try_parse(id).ok()?);
                Some(if id == current.id { Self::This } else { Self::One(id) })
            }
        }
    }

    /// The logout that `text` requests, judged by the token alone, because the database may be
    /// unavailable. `None` if other browsers are meant.
    pub fn leaves(text: &str, held: Option<SessionId>) -> Option<NotEnded> {
        match text {
            "all" => Some(NotEnded::All),
            id => {
                let id = SessionId::from(uuid::Uuid::try_parse(id).ok()?);
                (Some(id) == held).then_some(NotEnded::This)
            }
        }
    }

    /// The value of the field `end`, for the form that asks for the password.
    pub fn field(self, current: &Session) -> String {
        match self {
            Self::This => current.id.to_string(),
            Self::One(id) => id.to_string(),
            Self::Others => "others".to_owned(),
            Self::All => "all".to_owned(),
        }
    }

    /// Whether the password is required first. Logging out of this browser is always possible, but
    /// a stranger at an unlocked browser must not log its owner out everywhere else.
    pub fn needs_reauthentication(self, current: &Session, now: Timestamp) -> bool {
        self != Self::This && !current.was_authenticated_within(REAUTHENTICATION_LASTS, now)
    }

    /// Whether `session`, of the same user, is to end.
    pub fn includes(self, session: &Session, current: &Session) -> bool {
        match self {
            Self::This => session.id == current.id,
            Self::One(id) => session.id == id,
            Self::Others => session.id != current.id,
            Self::All => true,
        }
    }

    /// The description of the action, for the page that asks for the password.
    pub fn text(self) -> Message {
        match self {
            Self::This => Message::new("confirm-this"),
            Self::One(_) => Message::new("confirm-one"),
            Self::Others => Message::new("confirm-others"),
            Self::All => Message::new("confirm-all"),
        }
    }
}

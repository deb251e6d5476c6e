//! The actions on the page of sessions: which ones to end.

use std::time::Duration;

use serde::Deserialize;

use crate::app::NotEnded;
use crate::db::types::Timestamp;
use crate::forms::CsrfProtected;
use crate::i18n::Message;
use crate::passwords::Password;
use crate::sessions::{Session, SessionId};

/// Ending other sessions needs a password that was given no longer ago than this (ASVS 7.5.1,
/// 7.5.2).
const REAUTHENTICATION_LASTS: Duration = Duration::from_secs(10 * 60);

/// The form as it is posted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndForm {
    /// A session's id, `others` or `all`.
    pub end: String,
    /// Only where it was asked for.
    pub password: Option<Password>,
    csrf_token: String,
}

impl CsrfProtected for EndForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// Which sessions end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The one that this browser holds: a logout.
    This,
    One(SessionId),
    /// All but the one that this browser holds.
    Others,
    All,
}

impl End {
    /// Reads the field `end`, as seen from `current`.
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

    /// What somebody wants to leave by `text`, from what their token says alone: the database may
    /// be away. `None` where other browsers are meant.
    pub fn leaves(text: &str, held: Option<SessionId>) -> Option<NotEnded> {
        match text {
            "all" => Some(NotEnded::All),
            id => {
                let id = SessionId::from(uuid::Uuid::try_parse(id).ok()?);
                (Some(id) == held).then_some(NotEnded::This)
            }
        }
    }

    /// The field `end` again, for a form that asks for the password in between.
    pub fn field(self, current: &Session) -> String {
        match self {
            Self::This => current.id.to_string(),
            Self::One(id) => id.to_string(),
            Self::Others => "others".to_owned(),
            Self::All => "all".to_owned(),
        }
    }

    /// Whether this asks for a password first: anybody may leave, but who found a browser open may
    /// not lock its owner out everywhere else.
    pub fn needs_reauthentication(self, current: &Session, now: Timestamp) -> bool {
        self != Self::This && !current.was_authenticated_within(REAUTHENTICATION_LASTS, now)
    }

    /// Whether `session`, of the same person, is among those that end.
    pub fn includes(self, session: &Session, current: &Session) -> bool {
        match self {
            Self::This => session.id == current.id,
            Self::One(id) => session.id == id,
            Self::Others => session.id != current.id,
            Self::All => true,
        }
    }

    /// What is about to happen, as the page that asks for the password says it.
    pub fn text(self) -> Message {
        match self {
            Self::This => Message::new("confirm-this"),
            Self::One(_) => Message::new("confirm-one"),
            Self::Others => Message::new("confirm-others"),
            Self::All => Message::new("confirm-all"),
        }
    }
}

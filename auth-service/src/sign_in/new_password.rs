//! A new password: stored, and everything closed that the old one or an earlier letter has opened.

use diesel::QueryResult;
use serde::Serialize;

use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::config::AuthUrl;
use crate::db::AnyConnection;
use crate::db::types::text_enum;
use crate::i18n::{Message, datetime};
use crate::mail::Postbox;
use crate::pages::Letter;
use crate::proofs::Proof;
use crate::sessions::{Current, EndReason, Session, SessionId};
use crate::users::{PasswordHash, User};

text_enum! {
    /// How an account came to a new password.
    pub enum Way {
        /// By a link or a code.
        Reset = "by reset",
        /// By its owner, who gave the old one.
        Owner = "by owner",
    }
}

/// A new password for an account.
pub struct NewPasswordFor<'a> {
    pub user: &'a User,
    pub hash: &'a PasswordHash,
    pub way: Way,
    /// The session that goes on.
    pub kept: Option<SessionId>,
    /// The language of the notice, if the account has none: that of the page.
    pub language: &'a str,
}

impl NewPasswordFor<'_> {
    /// Stores the password in a transaction of its own, for the owner of the kept session, who has
    /// given the password that `user` has. `false` if the account has another one since, or the
    /// session is over.
    pub fn replace(
        &self,
        conn: &mut AnyConnection,
        letters: (&Postbox, &AuthUrl),
        context: &RequestContext,
    ) -> QueryResult<bool> {
        conn.write(|conn| {
            User::lock_row(conn, self.user.id)?;
            let context = &context.read_time(conn)?;
            let goes_on = |kept| Current::goes_on(conn, kept, self.user, context.now());
            if !self.kept.map_or(Ok(false), goes_on)? {
                return Ok(false);
            }
            self.store(conn, letters, context)?;
            Ok(true)
        })
    }

    /// Stores the password, ends the sessions that began with the old one, closes every open link
    /// and code, and posts the notice. Call it in a transaction, after [`User::lock_row`].
    pub fn store(
        &self,
        conn: &mut AnyConnection,
        (postbox, auth_url): (&Postbox, &AuthUrl),
        context: &RequestContext,
    ) -> QueryResult<()> {
        let (id, now) = (self.user.id, context.now());
        User::set_password(conn, id, self.hash)?;
        Proof::close_all(conn, id, context)?;
        let why = EndReason::PasswordChanged;
        let ended = match self.kept {
            Some(kept) => Session::end_all_but(conn, (id, kept), why, now)?,
            None => Session::end_all_of(conn, id, why, now)?,
        };
        let language = self.user.language.clone().unwrap_or_else(|| self.language.to_owned());
        let reader = User { language: Some(language), ..self.user.clone() };
        postbox.notify(conn, &reader, &PasswordChangedNotice::new(auth_url, context), context)?;
        let entry = AuditEvent::new(EventKind::PasswordChanged, context).user(id.uuid());
        entry.detail(format!("{}; {ended} session(s) ended", self.way.as_str())).record(conn)
    }
}

/// `templates/sign_in/password_changed`: tells the owner of an account that it has another
/// password.
#[derive(Debug, Serialize)]
pub struct PasswordChangedNotice {
    when: Message,
    host: String,
    /// Where somebody gets a new one who did not change it.
    forgot_url: String,
}

impl Letter for PasswordChangedNotice {
    const TEMPLATE: &'static str = "sign_in/password_changed";

    fn samples() -> Vec<Self> {
        vec![Self {
            when: Message::verbatim("then"),
            host: "auth.example.org".to_owned(),
            forgot_url: "https://auth.example.org/password/forgot".to_owned(),
        }]
    }
}

impl PasswordChangedNotice {
    fn new(auth_url: &AuthUrl, context: &RequestContext) -> Self {
        Self {
            when: datetime(context.now()),
            host: auth_url.host().to_owned(),
            forgot_url: auth_url.join("/password/forgot"),
        }
    }
}

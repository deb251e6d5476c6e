//! The notice of a login from a browser and a network that are new for the account.

use std::time::Duration;

use diesel::QueryResult;
use serde::Serialize;
use url::form_urlencoded;

use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::config::AuthUrl;
use crate::db::AnyConnection;
use crate::i18n::{Message, datetime};
use crate::mail::Postbox;
use crate::pages::Letter;
use crate::proofs::{Proof, ProofKeys, Purpose};
use crate::rate_limit::Network;
use crate::sessions::{Current, device};

/// "It was not me": for a week, whatever happens to the account meanwhile.
pub const NOT_ME: Purpose = Purpose { name: "undo_login", link_life: Duration::from_secs(7 * 24 * 3600) };

/// The page behind the link.
pub const NOT_ME_PATH: &str = "/account/sessions/not-me";

/// How many former logins tell which networks are known.
const LOGINS: usize = 50;

/// Tells people of logins that may not be theirs.
#[derive(Clone)]
pub struct LoginNotices {
    pub postbox: Postbox,
    pub keys: ProofKeys,
    pub auth_url: AuthUrl,
}

impl LoginNotices {
    /// Posts a notice of this login, in its transaction, if the network is new too and the person
    /// wants to know. The first login of an account is nobody else's.
    pub(super) fn tell(
        &self,
        conn: &mut AnyConnection,
        current: &Current,
        context: &RequestContext,
    ) -> QueryResult<()> {
        let Current { user, session, .. } = current;
        if !self.postbox.is_on() || !user.login_notices || is_known(conn, current, context)? {
            return Ok(());
        }
        let session = session.id.to_string();
        let proof = Proof::issue_beside(conn, &NOT_ME, (Some(user.id), Some(&session)), &self.keys, context)?;
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair("token", &proof.link.text()).finish();
        let letter = NewLoginLetter {
            when: datetime(context.now()),
            device: device(context.user_agent.as_deref()),
            address: context.address_text().unwrap_or_else(|| "-".to_owned()),
            url: self.auth_url.join(&format!("{NOT_ME_PATH}?{query}")),
        };
        self.postbox.notify(conn, user, &letter, context)
    }
}

/// Whether a former login came from the same network, or there was none.
fn is_known(conn: &mut AnyConnection, current: &Current, context: &RequestContext) -> QueryResult<bool> {
    let this = Some(current.session.id.uuid().into());
    let logins = AuditEvent::latest_of(conn, current.user.id.uuid(), &[EventKind::Login], LOGINS)?;
    let mut former = logins.iter().filter(|login| login.session_id != this).peekable();
    let here = Network::from(context);
    let network =
        |login: &AuditEvent| Network::of(login.address.as_deref().and_then(|text| text.parse().ok()));
    Ok(former.peek().is_none() || former.any(|login| network(login) == here))
}

/// `templates/login_notice/new_login.*`
#[derive(Serialize)]
pub struct NewLoginLetter {
    when: Message,
    device: Message,
    address: String,
    url: String,
}

impl Letter for NewLoginLetter {
    const TEMPLATE: &'static str = "login_notice/new_login";

    fn samples() -> Vec<Self> {
        vec![Self {
            when: Message::verbatim("then"),
            device: device(Some("Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Firefox/153.0")),
            address: "192.0.2.7".to_owned(),
            url: "https://auth.example.org/account/sessions/not-me?token=secret".to_owned(),
        }]
    }
}

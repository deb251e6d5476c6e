//! Recovery links: for a new password, made by an operator who hands them over.

use std::time::Duration;

use diesel::QueryResult;

use super::PURPOSE;
use super::letter::address;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::config::AuthUrl;
use crate::db::AnyConnection;
use crate::db::types::Timestamp;
use crate::proofs::{Proof, Purpose};
use crate::users::UserId;

/// Longer than a letter's link, because it is read out or forwarded.
const LIFE: Duration = Duration::from_secs(3600);

/// A link that sets a new password, once. Whoever holds it can.
pub struct RecoveryLink {
    pub url: String,
    pub expires_at: Timestamp,
}

impl RecoveryLink {
    /// Makes a link for an account, and closes the former ones. It works with or without mail, and
    /// does not prove the address, because no letter went there. Call it within a transaction.
    pub fn make(
        conn: &mut AnyConnection,
        user: UserId,
        auth_url: &AuthUrl,
        operator: &RequestContext,
    ) -> QueryResult<Self> {
        let purpose = Purpose { link_life: LIFE, ..PURPOSE };
        let (link, expires_at) = Proof::issue_link(conn, &purpose, user, operator)?;
        AuditEvent::new(EventKind::RecoveryLinkMade, operator).user(user.uuid()).record(conn)?;
        Ok(Self { url: address(auth_url, &link), expires_at })
    }
}

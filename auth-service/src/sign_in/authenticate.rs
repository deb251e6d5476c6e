//! Authentication: the check of a password, and the record of attempts that were rejected.

use super::attempt::{Attempt, Rejection};
use super::service::SignIn;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::error::Error;
use crate::passwords::{HASH_LIMITS, Password, PasswordVerification, Requester};
use crate::users::{PasswordHash, User, UserId};

impl SignIn {
    /// Checks the password of an account, and returns the account as it is afterwards. A right
    /// password is kept under another hash where the settings ask for one: a costlier one, or one
    /// of ours for somebody who came from Django.
    pub(super) async fn verify(
        &self,
        user: User,
        password: Password,
        requester: Requester,
    ) -> Result<(User, PasswordVerification), Error> {
        let stored = user.password_hash.clone();
        // An account that may not log in keeps its hash.
        let (verification, update) = match user.is_active {
            true => self.hashers.check_and_update(stored, password.clone(), requester).await?,
            false => (self.hashers.check(stored, password.clone(), requester).await?, None),
        };
        match verification {
            PasswordVerification::Damaged => {
                tracing::error!(user = %user.id, "the stored password hash is damaged");
            }
            PasswordVerification::TooCostly => tracing::error!(
                user = %user.id,
                limits = HASH_LIMITS,
                "the stored password hash asks for more than the limits allow: give its owner another password \
                 (auth-service users set-password)"
            ),
            PasswordVerification::Match
            | PasswordVerification::Mismatch
            | PasswordVerification::NoPasswordSet => {}
        }
        match update {
            Some(new) => self.upgrade(user, new, password, requester).await,
            None => Ok((user, verification)),
        }
    }

    /// Stores the new hash of the same password.
    async fn upgrade(
        &self,
        mut user: User,
        new: PasswordHash,
        password: Password,
        requester: Requester,
    ) -> Result<(User, PasswordVerification), Error> {
        let (id, old) = (user.id, user.password_hash.clone());
        let stored = new.clone();
        let is_stored = self.db.query(move |conn| User::upgrade_password(conn, id, &old, &stored)).await?;
        if is_stored {
            user.password_hash = new;
            return Ok((user, PasswordVerification::Match));
        }
        // Another hash was stored in between, which decides: a login in another tab stored one of
        // the same password, or somebody set a new password.
        let stored = self.db.query(move |conn| User::by_id(conn, id)).await?;
        let Some(user) = stored else { return Ok((user, PasswordVerification::Mismatch)) };
        match self.hashers.check(user.password_hash.clone(), password, requester).await? {
            PasswordVerification::Match => Ok((user, PasswordVerification::Match)),
            // Whatever the hash is like by now, the password is not the one that it belongs to.
            _ => Ok((user, PasswordVerification::Mismatch)),
        }
    }

    /// Writes a rejected attempt into the audit trail, which alone tells the reasons apart.
    pub(super) async fn reject(
        &self,
        rejection: Rejection,
        user: Option<UserId>,
        context: RequestContext,
    ) -> Result<Attempt, Error> {
        let write = move |conn: &mut _| {
            let entry = AuditEvent::new(EventKind::LoginRefused, &context.read_time(conn)?).reason(rejection);
            let entry = match user {
                Some(user) => entry.user(user.uuid()),
                None => entry,
            };
            entry.record_or_count(conn)
        };
        self.db.query(write).await?;
        Ok(rejection.into())
    }
}

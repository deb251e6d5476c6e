//! Authentication: checks the password, and records rejected attempts.

use super::attempt::{Attempt, Rejection};
use super::service::SignIn;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::error::Error;
use crate::passwords::{HASH_LIMITS, Password, PasswordVerification, Requester};
use crate::users::{PasswordHash, User, UserId};

impl SignIn {
    /// Checks an account's password, and returns the account as it is afterwards. A correct
    /// password is hashed again if the settings require it: at another cost, or in our own form for
    /// an imported user.
    pub(super) async fn verify(
        &self,
        user: User,
        password: Password,
        requester: Requester,
    ) -> Result<(User, PasswordVerification), Error> {
        let stored = user.password_hash.clone();
        // The hash of an inactive account is not changed.
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
        // Another hash was stored in the meantime, and that one counts: either a login in another
        // tab stored one of the same password, or the password was changed.
        let stored = self.db.query(move |conn| User::by_id(conn, id)).await?;
        let Some(user) = stored else { return Ok((user, PasswordVerification::Mismatch)) };
        match self.hashers.check(user.password_hash.clone(), password, requester).await? {
            PasswordVerification::Match => Ok((user, PasswordVerification::Match)),
            // The password does not match the current hash.
            _ => Ok((user, PasswordVerification::Mismatch)),
        }
    }

    /// Records a rejected attempt in the audit trail, which is the only place with the reason.
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

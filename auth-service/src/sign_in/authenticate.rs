//! Authentication: an address and a password are judged, in the same time whether or not there is an account.

use super::attempt::Rejection;
use super::service::{Credentials, SignIn};
use crate::audit::{Entry, Event, RequestContext};
use crate::error::Error;
use crate::passwords::{Checked, HASH_LIMITS, Password, Requester};
use crate::users::{PasswordHash, User, UserId};

/// Who it is, unless nobody is let in.
type Judged = Result<Box<User>, Rejection>;

impl SignIn {
    /// Judges an address and a password, and keeps the password under another hash where the settings ask for it:
    /// a costlier one, or ours for somebody who came from Django.
    pub(super) async fn authenticate(
        &self,
        Credentials { email, password }: Credentials,
        requester: Requester,
        context: &RequestContext,
    ) -> Result<Judged, Error> {
        // Both are asked for, whether or not there is an account.
        let dummies = self.dummy_hashes.clone();
        let find =
            move |conn: &mut _| Ok((User::by_email(conn, &email)?, dummies.for_address(conn, &email)?));
        let (user, dummy): (_, PasswordHash) = self.db.query(find).await?;
        let (id, judged) = match user {
            Some(user) => (Some(user.id), self.judge(user, password, requester).await?),
            None => {
                self.hashers.verify_dummy(dummy, requester).await?;
                (None, Err(Rejection::NoSuchAccount))
            }
        };
        if let Err(rejection) = judged {
            self.record(rejection, id, context).await?;
        }
        Ok(judged)
    }

    /// Judges the password of an account that there is.
    async fn judge(&self, user: User, password: Password, requester: Requester) -> Result<Judged, Error> {
        let stored = user.password_hash.clone();
        // Who may not log in keeps the hash that they have.
        let (checked, update) = match user.is_active {
            true => self.hashers.check_and_update(stored, password.clone(), requester).await?,
            false => (self.hashers.check(stored, password.clone(), requester).await?, None),
        };
        match checked {
            Checked::Corrupt => tracing::error!(user = %user.id, "the stored password hash is damaged"),
            Checked::TooCostly => tracing::error!(
                user = %user.id,
                limits = HASH_LIMITS,
                "the stored password hash asks for more than the limits allow: give its owner another password \
                 (auth-service users set-password)"
            ),
            Checked::Right | Checked::Wrong | Checked::Unusable => {}
        }
        match (verdict(checked, &user), update) {
            (Ok(()), Some(new)) => self.upgrade(user, new, password, requester).await,
            (Ok(()), None) => Ok(Ok(Box::new(user))),
            (Err(rejection), _) => Ok(Err(rejection)),
        }
    }

    /// Rejections look alike to the outside, and differ in the trail.
    async fn record(
        &self,
        rejection: Rejection,
        user: Option<UserId>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let (context, clock) = (context.clone(), self.clock.clone());
        let write = move |conn: &mut _| {
            let entry = Entry::new(Event::LoginRefused, &context, clock.read(conn)?).reason(rejection);
            let entry = match user {
                Some(user) => entry.user(user.uuid()),
                None => entry,
            };
            entry.record_or_count(conn)
        };
        Ok(self.db.query(write).await?)
    }

    /// Keeps the new hash of the same password.
    async fn upgrade(
        &self,
        mut user: User,
        new: PasswordHash,
        password: Password,
        requester: Requester,
    ) -> Result<Judged, Error> {
        let (id, old) = (user.id, user.password_hash.clone());
        let stored = new.clone();
        let is_stored = self.db.query(move |conn| User::upgrade_password(conn, id, &old, &stored)).await?;
        if is_stored {
            user.password_hash = new;
            return Ok(Ok(Box::new(user)));
        }
        // Another hash came in between: of the same password, by a login in another tab, or of a new password. It
        // decides.
        let now = self.db.query(move |conn| User::by_id(conn, id)).await?;
        let Some(user) = now else { return Ok(Err(Rejection::WrongPassword)) };
        let checked = self.hashers.check(user.password_hash.clone(), password, requester).await?;
        Ok(match verdict(checked, &user) {
            Ok(()) => Ok(Box::new(user)),
            Err(Rejection::Inactive) => Err(Rejection::Inactive),
            // Whatever the hash is like by now: the password was not the one that it belongs to.
            Err(_) => Err(Rejection::WrongPassword),
        })
    }
}

/// Whether `user` may log in, by what came of checking their password.
fn verdict(checked: Checked, user: &User) -> Result<(), Rejection> {
    match checked {
        Checked::Right if user.is_active => Ok(()),
        Checked::Right => Err(Rejection::Inactive),
        Checked::Wrong => Err(Rejection::WrongPassword),
        Checked::Unusable => Err(Rejection::NoPasswordSet),
        Checked::Corrupt => Err(Rejection::DamagedPasswordHash),
        Checked::TooCostly => Err(Rejection::TooCostlyPasswordHash),
    }
}

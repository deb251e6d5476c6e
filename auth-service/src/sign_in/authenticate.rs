//! Is it them? An address and a password are judged, in the same time whether or not there is an account.

use crate::audit::{Client, Entry, Event};
use crate::clock::Clock;
use crate::db::Database;
use crate::error::Error;
use crate::passwords::{Checked, HASH_LIMITS, HashPool, Password, Requester};
use crate::users::{Email, PasswordHash, User, UserId};

/// What came of an address and a password.
#[derive(Debug)]
#[must_use]
pub enum Authenticated {
    /// It is they, and they may log in.
    Yes(Box<User>),
    /// The password is right, but the account may not log in. Only who knows the password learns this.
    Inactive,
    /// No such account, or another password: nobody learns which.
    No,
}

/// Judges `email` and `password`, and keeps the password under another hash where the settings ask for it:
/// a costlier one, or ours for somebody who came from Django.
pub async fn authenticate(
    db: &Database,
    hashers: &HashPool,
    (email, password): (Email, Password),
    (client, requester): (&Client, Requester),
    clock: &Clock,
) -> Result<Authenticated, Error> {
    let wanted = email.clone();
    let user = db.query(move |conn| User::by_email(conn, &wanted)).await?;
    let Some(user) = user else {
        hashers.check_nobody(&email, password, requester).await?;
        refused(db, None, client, "no such account", clock).await?;
        return Ok(Authenticated::No);
    };
    let stored = user.password_hash.clone();
    // Who may not log in keeps the hash that they have.
    let (checked, update) = match user.is_active {
        true => hashers.check_and_update(stored, password.clone(), requester).await?,
        false => (hashers.check(stored, password.clone(), requester).await?, None),
    };
    let (id, outcome, reason) = match checked {
        Checked::Right if user.is_active => {
            let id = user.id;
            let outcome = match update {
                Some(new) => upgrade(db, hashers, (user, new), password, requester).await?,
                None => Authenticated::Yes(Box::new(user)),
            };
            let reason = match outcome {
                Authenticated::Yes(_) => return Ok(outcome),
                Authenticated::Inactive => "inactive",
                Authenticated::No => "wrong password",
            };
            (id, outcome, reason)
        }
        Checked::Right => (user.id, Authenticated::Inactive, "inactive"),
        Checked::Corrupt => {
            tracing::error!(user = %user.id, "the stored password hash is damaged");
            (user.id, Authenticated::No, "damaged password hash")
        }
        Checked::TooCostly => {
            tracing::error!(
                user = %user.id,
                limits = HASH_LIMITS,
                "the stored password hash asks for more than the limits allow: give its owner another password \
                 (auth-service users set-password)"
            );
            (user.id, Authenticated::No, "too costly password hash")
        }
        Checked::Unusable => (user.id, Authenticated::No, "no password set"),
        Checked::Wrong => (user.id, Authenticated::No, "wrong password"),
    };
    refused(db, Some(id), client, reason, clock).await?;
    Ok(outcome)
}

/// Refusals look alike to the outside, and differ in the trail.
async fn refused(
    db: &Database,
    user: Option<UserId>,
    client: &Client,
    reason: &'static str,
    clock: &Clock,
) -> Result<(), Error> {
    let (client, clock) = (client.clone(), clock.clone());
    let write = move |conn: &mut _| {
        let entry = Entry::new(Event::LoginRefused, &client, clock.read(conn)?).detail(reason);
        let entry = match user {
            Some(user) => entry.user(user.uuid()),
            None => entry,
        };
        entry.record_or_count(conn)
    };
    Ok(db.query(write).await?)
}

/// Keeps the new hash of the same password.
async fn upgrade(
    db: &Database,
    hashers: &HashPool,
    (mut user, new): (User, PasswordHash),
    password: Password,
    requester: Requester,
) -> Result<Authenticated, Error> {
    let (id, old) = (user.id, user.password_hash.clone());
    let stored = new.clone();
    let is_stored = db.query(move |conn| User::upgrade_password(conn, id, &old, &stored)).await?;
    if is_stored {
        user.password_hash = new;
        return Ok(Authenticated::Yes(Box::new(user)));
    }
    // Another hash came in between: of the same password, by a login in another tab, or of a new password. It
    // decides.
    let now = db.query(move |conn| User::by_id(conn, id)).await?;
    let Some(user) = now else { return Ok(Authenticated::No) };
    let checked = hashers.check(user.password_hash.clone(), password, requester).await;
    match checked? {
        Checked::Right if user.is_active => Ok(Authenticated::Yes(Box::new(user))),
        Checked::Right => Ok(Authenticated::Inactive),
        Checked::Wrong | Checked::Unusable | Checked::Corrupt | Checked::TooCostly => Ok(Authenticated::No),
    }
}

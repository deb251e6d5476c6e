//! Several instances check the keys at the same moment: each change happens once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use auth_service::keyring::{KeyAdminError, SigningKey, State, revoke, rotate};
use diesel::result::Error as SqlError;
use tokio::task::JoinSet;

use crate::support::{PASSWORD, TestApp, header};

const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

fn count(keys: &[SigningKey], state: State) -> usize {
    keys.iter().filter(|key| key.state() == state).count()
}

/// Ends the observation when it is dropped.
struct Over(Arc<AtomicBool>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// K1: four instances, forty logins at the moment of each rotation, and a constant check of the
/// table.
#[tokio::test]
async fn instances_that_rotate_at_once_never_make_two_active_keys() {
    let app = TestApp::start_for_a_race().await;
    app.user("ada@example.org", PASSWORD).await;
    let others = [app.second_instance().await, app.second_instance().await, app.second_instance().await];
    let apps: Vec<&TestApp> = std::iter::once(&app).chain(&others).collect();
    let is_over = Arc::new(AtomicBool::new(false));
    // Set even if an assertion below fails, because the runtime waits for the observer.
    let watched = Over(is_over.clone());
    let watcher = tokio::task::spawn_blocking({
        let (db, is_over) = (app.db(), is_over.clone());
        move || {
            let mut looks = 0_u32;
            while !is_over.load(Ordering::Relaxed) {
                let look =
                    |conn: &mut _| SigningKey::all(conn).map_err(auth_service::db::DatabaseError::from);
                let keys = db.run_blocking(look).unwrap();
                assert_eq!(count(&keys, State::Active), 1, "{keys:?}");
                assert!(count(&keys, State::Next) <= 1, "{keys:?}");
                looks += 1;
            }
            looks
        }
    });
    for round in 0..6 {
        let before = app.kid(State::Active).await;
        let expected = app.kid(State::Next).await;
        app.wait(MONTH + Duration::from_secs(1));
        let mut logins = JoinSet::new();
        for n in 0..40 {
            let person = apps[n % apps.len()].person();
            logins.spawn(async move {
                let mut reply = person.log_in("ada@example.org", PASSWORD).await;
                while reply.status == 503 {
                    reply = person.log_in("ada@example.org", PASSWORD).await;
                }
                header(&reply.cookie(crate::support::ACCESS).unwrap().value).0
            });
        }
        let signed_by = logins.join_all().await;
        assert!(signed_by.iter().all(|kid| *kid == expected), "round {round}: {signed_by:?}");
        let keys = app.keys().await;
        let states: Vec<State> = keys.iter().map(SigningKey::state).collect();
        assert_eq!(states, [State::Active, State::Next, State::Retired], "round {round}");
        assert_eq!((&keys[0].kid, &keys[2].kid), (&expected, &before), "round {round}");
    }
    drop(watched);
    assert!(watcher.await.unwrap() > 50);
}

/// Two operators change the same key. One succeeds, and the other gets an error.
#[tokio::test]
async fn of_many_rotations_and_revocations_at_once_each_key_changes_once() {
    for round in 0..10 {
        let app = TestApp::start_for_a_race().await;
        app.token().await;
        app.wait(Duration::from_secs(306));
        let (active, next) = (app.kid(State::Active).await, app.kid(State::Next).await);
        let (times, operator) = (app.config.key_times, app.operator());
        let mut operators = JoinSet::new();
        for n in 0..6 {
            let (db, active, operator) = (app.db(), active.clone(), operator.clone());
            operators.spawn_blocking(move || {
                let act = |conn: &mut _| -> Result<bool, auth_service::db::DatabaseError> {
                    let done = if n % 2 == 0 {
                        rotate(conn, &times, &operator).map(|_| ())
                    } else {
                        revoke(conn, &active, &operator).map(|_| ())
                    };
                    match done {
                        Ok(()) => Ok(true),
                        Err(KeyAdminError::Database(error))
                            if !matches!(error, SqlError::RollbackTransaction) =>
                        {
                            Err(error.into())
                        }
                        Err(_) => Ok(false),
                    }
                };
                db.run_blocking(act).unwrap()
            });
        }
        let done = operators.join_all().await.into_iter().filter(|done| *done).count();
        assert!((1..=2).contains(&done), "round {round}: {done} of them say that they did it");
        app.wait(Duration::from_secs(2));
        assert_eq!(header(&app.token().await).0, next, "round {round}");
        let keys = app.keys().await;
        assert_eq!(
            (count(&keys, State::Active), count(&keys, State::Next)),
            (1, 1),
            "round {round}: {keys:?}"
        );
    }
}

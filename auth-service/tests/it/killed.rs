//! A service that is killed while it renews: what it answered is stored, and what it did not
//! answer is stored as a whole or not at all. Z32.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth_service::audit::EventKind;
use auth_service::db::schema::{audit_events, sessions};
use auth_service::sessions::{RefreshToken, SessionId};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use tokio::task::JoinSet;

use crate::commands::Program;
use crate::stopping::Instance;
use crate::support::{PASSWORD, Person, REFRESH, TestDatabase, is_long_run};

const PEOPLE: usize = 12;

fn token(person: &Person) -> RefreshToken {
    RefreshToken::parse(&person.cookie(REFRESH).unwrap()).unwrap()
}

/// Renews until the service is gone, and returns the last token that it answered with.
async fn renew_to_the_end(person: Person, renewals: Arc<AtomicUsize>) -> RefreshToken {
    loop {
        let sent = person.request(reqwest::Method::GET, "/login?next=https://shop.example.org/").send().await;
        let Ok(response) = sent else { return token(&person) };
        assert_eq!(response.status(), 303);
        let cookies = response.headers().get_all("set-cookie").iter();
        let renewed = cookies.filter_map(|value| value.to_str().ok()?.strip_prefix(&format!("{REFRESH}=")));
        let renewed = renewed.map(|rest| rest.split(';').next().unwrap().to_owned()).next().unwrap();
        person.set_cookie(REFRESH, &renewed);
        renewals.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn what_was_answered_is_stored_and_the_rest_is_whole_or_absent() {
    let database = TestDatabase::create();
    for round in 1..=if is_long_run() { 3 } else { 1 } {
        let program = Program::new(&[]).set_all(&database.url);
        let instance = Instance::start_as(program.set("SHUTDOWN_DELAY", "0s").set("REFRESH_GRACE", "0s"));
        let renewals = Arc::new(AtomicUsize::new(0));
        let mut lives = JoinSet::new();
        for n in 0..PEOPLE {
            let person = instance.person();
            let email = format!("ada{n}@example.org");
            let begun = match round {
                1 => person.register(&email, PASSWORD).await,
                _ => person.log_in(&email, PASSWORD).await,
            };
            assert_eq!(begun.status, 303);
            lives.spawn(renew_to_the_end(person, renewals.clone()));
        }
        while renewals.load(Ordering::SeqCst) < 20 * PEOPLE * round {
            tokio::task::yield_now().await;
        }
        instance.signal("KILL");
        let answered = lives.join_all().await;
        for token in answered {
            let (generation, events) = stored(&database, token.session);
            assert!(generation >= token.generation, "an answered renewal is lost");
            assert_eq!(generation, 1 + events, "each renewal is there with its event");
        }
    }
}

/// The generation of a session, and the number of its renewals in the audit trail.
fn stored(database: &TestDatabase, id: SessionId) -> (i64, i64) {
    let db = database.connect();
    db.run_blocking(|conn| {
        let generation = sessions::table.find(id).select(sessions::generation).first(conn)?;
        let events = audit_events::table
            .filter(audit_events::session_id.eq(auth_service::audit::SubjectId::from(id.uuid())))
            .filter(audit_events::event.eq(EventKind::Renewal.as_str()));
        let events = events.count().get_result(conn)?;
        Ok::<_, auth_service::db::DatabaseError>((generation, events))
    })
    .unwrap()
}

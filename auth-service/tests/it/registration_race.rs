//! Concurrent registrations with one address: one account, and a clear message to the others.

use std::sync::{Arc, Barrier};

use auth_service::audit::RequestContext;
use auth_service::db::schema::users;
use auth_service::users::{CreateUserError, Email, NewUser, PasswordHash, PersonName, User};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use tokio::task::JoinSet;

use crate::support::TestApp;

/// All are the same address (T4).
const SPELLINGS: [&str; 4] = ["ada@example.org", "Ada@Example.org", " ADA@EXAMPLE.ORG", "ada@EXAMPLE.org "];

#[tokio::test]
async fn of_several_registrations_at_once_with_one_address_exactly_one_succeeds() {
    let app = TestApp::start_for_a_race().await;
    for round in 0..15 {
        // Wait, because so many taken addresses in one network look like probing (W4).
        app.wait(std::time::Duration::from_secs(10 * 60));
        let mut registrations = JoinSet::new();
        for (n, spelling) in SPELLINGS.iter().enumerate() {
            let (person, email) = (app.person(), spelling.replace('@', &format!("{round}@")));
            let password = format!("violet harbour kites {n}");
            let token = person.get("/register").await.field("csrf_token").unwrap();
            registrations.spawn(async move {
                let fields = [
                    ("csrf_token", token.as_str()),
                    ("first_name", "Ada"),
                    ("last_name", "Lovelace"),
                    ("email", &email),
                    ("password", &password),
                ];
                (password.clone(), person.post("/register", &fields).await)
            });
        }
        let replies = registrations.join_all().await;
        let (made, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|(_, reply)| reply.status == 303);
        assert_eq!(made.len(), 1, "round {round}");
        for (_, reply) in &refused {
            assert_eq!(reply.status, 422, "round {round}: {}", reply.text);
            assert!(reply.says("already has an account."), "{}", reply.text);
            assert!(reply.tag("email").contains("aria-invalid=\"true\""));
            assert_eq!(reply.field("password"), None);
        }
        let email = Email::parse(&format!("ada{round}@example.org")).unwrap();
        let count = app
            .sql(move |conn| users::table.filter(users::email.eq(email)).count().get_result::<i64>(conn))
            .await;
        assert_eq!(count, 1, "round {round}");
        // The account has the winner's password, and no other works.
        for (password, reply) in &replies {
            let login = app.person().log_in(&format!("ada{round}@example.org"), password).await;
            assert_eq!(login.status == 303, reply.status == 303, "round {round}");
        }
    }
}

/// Without the form's own check: the unique index refuses it, and the error is recognized.
#[tokio::test]
async fn the_database_itself_lets_one_of_many_have_the_address() {
    let app = TestApp::start_for_a_race().await;
    let clock = app.clock.clock();
    let hash = PasswordHash::dummy(4);
    let dbs: Vec<_> = (0..8).map(|_| app.db()).collect();
    for round in 0..25 {
        let start = Arc::new(Barrier::new(dbs.len()));
        let threads: Vec<_> = dbs
            .iter()
            .map(|db| {
                let (db, start, hash, clock) = (db.clone(), start.clone(), hash.clone(), clock.clone());
                std::thread::spawn(move || {
                    let new = NewUser {
                        email: Email::parse(&format!("ada{round}@example.org")).unwrap(),
                        first_name: PersonName::none(),
                        last_name: PersonName::none(),
                        password_hash: hash,
                        is_staff: false,
                        is_superuser: false,
                        language: None,
                    };
                    start.wait();
                    db.run_blocking(|conn| User::register(conn, new, &RequestContext::operator(&clock)))
                })
            })
            .collect();
        let outcomes: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(
            outcomes.iter().filter(|outcome| outcome.is_ok()).count(),
            1,
            "round {round}: {outcomes:?}"
        );
        for outcome in &outcomes {
            assert!(matches!(outcome, Ok(_) | Err(CreateUserError::EmailTaken)), "{outcome:?}");
        }
    }
}

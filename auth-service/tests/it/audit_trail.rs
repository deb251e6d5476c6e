//! Each event of an account or a login is one row of the trail and one line of the log: group L.

use std::time::Duration;

use auth_service::sessions::RefreshToken;
use auth_service::users::User;
use uuid::Uuid;

use super::commands::Program;
use super::session_list::{PATH, SAFARI, browser, end};
use crate::support::{PASSWORD, Person, REFRESH, Row, TestApp, Trail, Tweaks};

const OTHER: &str = "grey gulls fold paper 9";

/// The user agent in each row that this browser causes.
const AGENT: &str = "witness/7 (audit)";

fn witness(app: &TestApp) -> Person {
    app.person().using(AGENT)
}

fn session_in(token: &str) -> Uuid {
    RefreshToken::parse(token).unwrap().session.uuid()
}

/// Asserts that `row` names the user and the origin, is recent, and has one log line with its
/// request id.
#[track_caller]
fn assert_tells(app: &TestApp, row: &Row, user: Option<Uuid>, session: Option<Uuid>) {
    assert_eq!((row.user(), row.session()), (user, session), "{row:?}");
    assert_eq!((row.actor.as_str(), row.address.as_deref()), ("person", Some("127.0.0.1")), "{row:?}");
    assert_eq!(row.user_agent.as_deref(), Some(AGENT));
    let age = row.at.until(app.clock.now());
    assert!(row.at <= app.clock.now() && age < Duration::from_secs(60), "{row:?}");
    let request = row.request().expect("the id of the request").to_string();
    let log = app.log();
    let of_request: Vec<&str> = log.lines().filter(|line| line.contains(&request)).collect();
    let told: Vec<&&str> =
        of_request.iter().filter(|line| line.contains(&format!("event=\"{}\"", row.event))).collect();
    assert_eq!(told.len(), 1, "{} in {of_request:#?}", row.event);
    for id in [user, session].into_iter().flatten() {
        assert!(told[0].contains(&id.to_string()), "{}", told[0]);
    }
    assert!(told[0].contains("127.0.0.1") && told[0].contains("actor=\"person\""), "{}", told[0]);
    assert!(row.detail.is_none() || told[0].contains(row.detail()), "{}", told[0]);
    assert!(of_request.iter().any(|line| line.contains("answered")), "the request's own line has the id too");
}

/// L2
#[tokio::test]
async fn an_account_begins_with_its_event_and_its_first_login() {
    let app = TestApp::start().await;
    let (ada, mut trail) = (witness(&app), Trail::of(&app).await);
    assert_eq!(ada.register("ada@example.org", PASSWORD).await.status, 303);
    let user = app.sql(|conn| User::list_after(conn, "", 10)).await.remove(0).id.uuid();
    let session = ada.session_id().uuid();
    let news = trail.news().await;
    assert_eq!(news.iter().map(|row| &*row.event).collect::<Vec<_>>(), ["registered", "login"]);
    assert_tells(&app, &news[0], Some(user), None);
    assert_tells(&app, &news[1], Some(user), Some(session));
    // A registration ends the login of the person who used the browser before.
    ada.register("eve@example.org", PASSWORD).await;
    let news = trail.news().await;
    assert_eq!(
        news.iter().map(|row| &*row.event).collect::<Vec<_>>(),
        ["registered", "session_ended", "login"]
    );
    assert_tells(&app, &news[1], Some(user), Some(session));
    assert_eq!(news[1].detail(), "replaced");
}

/// L2: a refused form is no event, because the row is rolled back with its change.
#[tokio::test]
async fn a_registration_that_is_refused_leaves_nothing() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let (eve, mut trail) = (witness(&app), Trail::of(&app).await);
    assert_eq!(eve.register("Ada@Example.org", PASSWORD).await.status, 422);
    assert_eq!(eve.register("eve@example.org", "short").await.status, 422);
    // Without the form's own check, so that the database's unique index refuses it.
    let taken = app.sql(|conn| User::list_after(conn, "", 10)).await.remove(0);
    let new = auth_service::users::NewUser {
        email: taken.email.clone(),
        first_name: auth_service::users::PersonName::none(),
        last_name: auth_service::users::PersonName::none(),
        password_hash: taken.password_hash,
        is_staff: false,
        is_superuser: false,
        language: None,
    };
    let operator = app.operator();
    assert!(app.db().run(move |conn| User::register(conn, new, &operator)).await.is_err());
    assert!(trail.news().await.is_empty());
}

/// L2: if a change is rolled back after its event was written, the event is rolled back too.
#[tokio::test]
async fn an_event_of_a_change_that_did_not_happen_is_not_in_the_trail() {
    let app = TestApp::start().await;
    let user = app.user("ada@example.org", PASSWORD).await.id.uuid();
    let (mut trail, operator) = (Trail::of(&app).await, app.operator());
    let db = app.db();
    let undone = db.run(move |conn| {
        conn.write(|conn| {
            use auth_service::audit::{AuditEvent, EventKind};
            AuditEvent::new(EventKind::PasswordChanged, &operator).user(user).record(conn)?;
            Err::<(), _>(auth_service::db::DatabaseError::from(diesel::result::Error::RollbackTransaction))
        })
    });
    assert!(undone.await.is_err());
    assert!(trail.news().await.is_empty());
}

/// L2
#[tokio::test]
async fn a_login_a_renewal_and_a_logout_are_one_event_each() {
    let app = TestApp::start().await;
    let user = Some(app.user("ada@example.org", PASSWORD).await.id.uuid());
    let (ada, mut trail) = (witness(&app), Trail::of(&app).await);
    ada.log_in("ada@example.org", PASSWORD).await;
    let session = Some(ada.session_id().uuid());
    assert_tells(&app, &trail.one("login").await, user, session);
    let tab = ada.copy();
    ada.get("/login").await;
    assert_tells(&app, &trail.one("renewal").await, user, session);
    tab.get("/login").await;
    assert_tells(&app, &trail.one("renewal_grace").await, user, session);
    // Reading a page and failed validation are no events.
    ada.get("/").await;
    ada.get(PATH).await;
    ada.post("/logout", &[("csrf_token", "x")]).await;
    assert!(trail.news().await.is_empty());
    ada.log_out().await;
    let row = trail.one("logout").await;
    assert_tells(&app, &row, user, session);
    assert_eq!(row.detail(), "logged_out");
    ada.log_out().await;
    tab.get("/login").await;
    assert!(trail.news().await.is_empty(), "nobody logs out twice");
}

/// L2: the same by the API.
#[tokio::test]
async fn a_program_leaves_the_same_events() {
    let app = TestApp::start().await;
    let user = Some(app.user("ada@example.org", PASSWORD).await.id.uuid());
    let (program, mut trail) = (witness(&app), Trail::of(&app).await);
    let (access, first) = program.obtain("ada@example.org", PASSWORD).await;
    let session = Some(session_in(&first));
    assert_tells(&app, &trail.one("login").await, user, session);
    let second = program.refresh(&first).await.pair().1;
    assert_tells(&app, &trail.one("renewal").await, user, session);
    program.refresh(&first).await;
    assert_tells(&app, &trail.one("renewal_grace").await, user, session);
    program.verifies(&access).await;
    program.verifies(&second).await;
    program.refresh("nonsense").await;
    assert!(trail.news().await.is_empty());
    program.blacklist(&second).await;
    assert_tells(&app, &trail.one("logout").await, user, session);
}

/// L2: refused logins each have a reason. From outside they look the same.
#[tokio::test]
async fn a_login_that_is_refused_is_one_event_with_its_reason() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id;
    let gone = app.user("gone@example.org", PASSWORD).await.id;
    app.sql(move |conn| User::set_active(conn, gone, false)).await;
    let (somebody, mut trail) = (witness(&app), Trail::of(&app).await);
    for (email, password, user, reason) in [
        ("ada@example.org", OTHER, Some(ada.uuid()), "wrong password"),
        ("eve@example.org", PASSWORD, None, "no such account"),
        ("gone@example.org", PASSWORD, Some(gone.uuid()), "inactive"),
        ("gone@example.org", OTHER, Some(gone.uuid()), "wrong password"),
    ] {
        assert_eq!(somebody.log_in(email, password).await.status, 401);
        let row = trail.one("login_refused").await;
        assert_tells(&app, &row, user, None);
        assert_eq!(row.detail(), reason, "{email}");
    }
    app.sql(|conn| {
        use diesel::RunQueryDsl;
        diesel::sql_query("UPDATE users SET password_hash = 'damaged'").execute(conn)
    })
    .await;
    somebody.log_in("ada@example.org", PASSWORD).await;
    assert_eq!(trail.one("login_refused").await.detail(), "damaged password hash");
}

/// L2, R10: a login is also refused if the account changed while the password was checked.
#[tokio::test]
async fn a_login_that_the_account_changed_under_is_written_down_as_refused() {
    use auth_service::sessions::{Amr, AuthMethod, Session};
    use auth_service::sign_in::{Attempt, Rejection};
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await;
    let bob = app.user("bob@example.org", OTHER).await;
    let limits = app.config.session_limits;
    let mut trail = Trail::of(&app).await;
    // The account as it was read and verified a moment before.
    let sign_in = |user: User| {
        let operator = app.operator();
        let proofs = Amr::from([AuthMethod::Password]);
        app.sql(move |conn| Session::sign_in(conn, &user, &proofs, None, None, &operator, limits))
    };
    let id = ada.id;
    app.sql(move |conn| User::set_active(conn, id, false)).await;
    assert!(matches!(sign_in(ada.clone()).await, Attempt::Rejected(Rejection::Inactive)));
    let row = trail.one("login_refused").await;
    assert_eq!((row.user(), row.session(), row.detail()), (Some(id.uuid()), None, "inactive"));
    app.sql(move |conn| {
        User::set_active(conn, id, true)?;
        User::set_password(conn, id, &bob.password_hash)
    })
    .await;
    assert!(matches!(sign_in(ada).await, Attempt::Rejected(Rejection::WrongPassword)));
    let row = trail.one("login_refused").await;
    assert_eq!((row.user(), row.session(), row.detail()), (Some(id.uuid()), None, "wrong password"));
}

/// L2, P7: a login that also rehashes the password is still one event.
#[tokio::test]
async fn a_login_that_costs_more_from_now_on_is_one_event() {
    let app = TestApp::start().await;
    let user = Some(app.user("ada@example.org", PASSWORD).await.id.uuid());
    let tweaks = Tweaks { bcrypt_cost: Some(5), ..Tweaks::default() };
    let costlier = TestApp::start_on(app.database.clone(), app.clock.clone(), tweaks).await;
    let (ada, mut trail) = (witness(&costlier), Trail::of(&app).await);
    assert_eq!(ada.log_in("ada@example.org", OTHER).await.status, 401);
    assert_tells(&app, &trail.one("login_refused").await, user, None);
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
    assert_tells(&app, &trail.one("login").await, user, Some(ada.session_id().uuid()));
    let hash = app.sql(|conn| User::list_after(conn, "", 1)).await.remove(0).password_hash;
    assert!(!hash.must_update(5), "it was made anew");
}

/// L2: the session that a new login in the same browser replaces.
#[tokio::test]
async fn a_session_that_another_login_replaces_is_one_event() {
    let app = TestApp::start().await;
    let ada = Some(app.user("ada@example.org", PASSWORD).await.id.uuid());
    let bob = Some(app.user("bob@example.org", PASSWORD).await.id.uuid());
    let person = witness(&app);
    person.log_in("ada@example.org", PASSWORD).await;
    let (before, mut trail) = (Some(person.session_id().uuid()), Trail::of(&app).await);
    let page = person.get("/register").await;
    person.fill_in_on(&page, "/login", &[("email", "bob@example.org"), ("password", PASSWORD)]).await;
    let news = trail.news().await;
    assert_eq!(news.iter().map(|row| &*row.event).collect::<Vec<_>>(), ["session_ended", "login"]);
    assert_tells(&app, &news[0], ada, before);
    assert_eq!(news[0].detail(), "replaced");
    assert_tells(&app, &news[1], bob, Some(person.session_id().uuid()));
}

/// L2, R6, R10: refused renewals that are recorded.
#[tokio::test]
async fn theft_and_an_account_that_may_not_log_in_are_one_event_each() {
    let app = TestApp::start().await;
    let ada = app.user("ada@example.org", PASSWORD).await.id;
    let (person, user) = (witness(&app), Some(ada.uuid()));
    person.log_in("ada@example.org", PASSWORD).await;
    let (thief, session) = (person.copy(), Some(person.session_id().uuid()));
    let mut trail = Trail::of(&app).await;
    app.sql(move |conn| User::set_active(conn, ada, false)).await;
    person.get("/login").await;
    assert_tells(&app, &trail.one("renewal_refused").await, user, session);
    app.sql(move |conn| User::set_active(conn, ada, true)).await;
    for _ in 0..2 {
        person.get("/login").await;
        app.wait(Duration::from_secs(31));
    }
    trail.news().await;
    thief.get("/login").await;
    let row = trail.one("refresh_reuse").await;
    assert_tells(&app, &row, user, session);
    let (log, request) = (app.log(), row.request().unwrap().to_string());
    let loud = log.lines().find(|line| line.contains(&request) && line.contains("refresh_reuse"));
    assert!(loud.is_some_and(|line| line.contains("WARN")), "{loud:?}");
    for person in [&person, &thief] {
        person.get("/login").await;
    }
    let forged = app.person();
    forged.set_cookie(REFRESH, "v1.AAAAAAAAAAAAAAAAAAAAAA.1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    forged.get("/login").await;
    assert!(trail.news().await.is_empty(), "a token of an ended session, or of none, is no event");
}

/// L2, S7: on the page with the session list.
#[tokio::test]
async fn a_proof_and_the_logins_that_it_ends_are_events() {
    let app = TestApp::start().await;
    let user = Some(app.user("ada@example.org", PASSWORD).await.id.uuid());
    let desk = witness(&app);
    desk.log_in("ada@example.org", PASSWORD).await;
    let phone = browser(&app, "ada@example.org", SAFARI).await;
    let (here, there) = (Some(desk.session_id().uuid()), Some(phone.session_id().uuid()));
    app.wait(Duration::from_secs(601));
    let mut trail = Trail::of(&app).await;
    desk.fill_in(PATH, &[("end", "others"), ("password", OTHER)]).await;
    assert_tells(&app, &trail.one("password_refused").await, user, here);
    desk.fill_in(PATH, &[("end", "others"), ("password", PASSWORD)]).await;
    let news = trail.news().await;
    assert_eq!(news.iter().map(|row| &*row.event).collect::<Vec<_>>(), ["password_proven", "session_ended"]);
    assert_tells(&app, &news[0], user, here);
    // By whom and from where, not in which browser the ended session was.
    assert_tells(&app, &news[1], user, there);
    assert_eq!(news[1].detail(), "ended_by_owner");
    end(&desk, &desk.session_id().to_string()).await;
    assert_tells(&app, &trail.one("logout").await, user, here);
}

/// L2: the operator's commands on the host.
#[tokio::test]
async fn what_the_commands_do_is_the_operators() {
    let app = TestApp::start().await;
    let user = app.user("ada@example.org", PASSWORD).await.id.uuid();
    let mut trail = Trail::of(&app).await;
    let run = |arguments: &[&str]| {
        let program = Program::new(arguments).set("DATABASE_URL", &app.database.url).set("BCRYPT_COST", "10");
        assert_eq!(program.run_with(OTHER).code, 0, "{arguments:?}");
    };
    let by_operator = |row: &Row, session: Option<Uuid>, detail: &str| {
        assert_eq!((row.user(), row.session(), row.detail()), (Some(user), session, detail));
        assert_eq!(
            (row.actor.as_str(), &row.address, &row.user_agent, row.request()),
            ("operator", &None, &None, None)
        );
        assert!(row.at.until(app.clock.now()) < Duration::from_secs(60), "{row:?}");
    };
    app.person().log_in("ada@example.org", PASSWORD).await;
    trail.news().await;
    run(&["users", "set-password", "ada@example.org", "--password-stdin"]);
    by_operator(&trail.one("password_changed").await, None, "1 session(s) ended");
    run(&["users", "deactivate", "ada@example.org"]);
    by_operator(&trail.one("deactivated").await, None, "0 session(s) ended");
    run(&["users", "activate", "ada@example.org"]);
    by_operator(&trail.one("activated").await, None, "");
    let (first, second) = (app.person(), app.person());
    first.log_in("ada@example.org", OTHER).await;
    second.log_in("ada@example.org", OTHER).await;
    trail.news().await;
    run(&["sessions", "end", &first.session_id().to_string()]);
    by_operator(&trail.one("session_ended").await, Some(first.session_id().uuid()), "ended_by_operator");
    run(&["sessions", "end", "--user", "ada@example.org"]);
    by_operator(&trail.one("session_ended").await, Some(second.session_id().uuid()), "ended_by_operator");
    run(&["users", "create", "eve@example.org", "--password-stdin"]);
    let row = trail.one("registered").await;
    assert_eq!((row.actor.as_str(), row.session(), &row.address), ("operator", None, &None));
}

//! Rights that are removed while a login, a renewal or a reauthentication waits are not in the
//! token that follows.

use std::time::Duration;

use auth_service::db::AnyConnection;
use auth_service::db::schema::users;
use auth_service::sessions::Session;
use auth_service::users::{Role, Roles, User, UserId};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, RunQueryDsl};
use serde_json::{Value, json};

use crate::support::{ACCESS, Held, PASSWORD, Person, Reply, TestApp, claims};

/// Superusers with a role.
async fn ada(app: &TestApp) -> UserId {
    let id = app.user_with("ada@example.org", PASSWORD, |new| new.is_superuser = true).await.id;
    let roles = Roles::default().with(&[Role::parse("editor").unwrap()]).unwrap();
    app.sql(move |conn| diesel::update(users::table.find(id)).set(users::roles.eq(roles)).execute(conn))
        .await;
    id
}

async fn logged_in(app: &TestApp) -> (UserId, Person) {
    let (id, ada) = (ada(app).await, app.person());
    let reply = ada.log_in("ada@example.org", PASSWORD).await;
    assert_eq!(rights_in(&reply), (json!(true), json!(["editor"])));
    (id, ada)
}

fn take_all(conn: &mut AnyConnection, id: UserId) -> QueryResult<usize> {
    let nothing = (users::is_superuser.eq(false), users::roles.eq(Roles::default()));
    diesel::update(users::table.find(id)).set(nothing).execute(conn)
}

/// Removes all rights and holds the lock, so that requests for the session wait.
async fn taking_all(app: &TestApp, id: UserId, ada: &Person) -> Held {
    let (session, operator) = (ada.session_id(), app.operator());
    app.hold(move |conn| {
        Session::lock(conn, session, &operator)?;
        take_all(conn, id)
    })
    .await
}

/// Commits once a request waits.
async fn let_go(app: &TestApp, held: Held) {
    app.until_somebody_waits().await;
    tokio::task::spawn_blocking(move || drop(held)).await.unwrap();
}

fn rights_in(reply: &Reply) -> (Value, Value) {
    let mut token = claims(&reply.cookie(ACCESS).unwrap().value);
    (token["user_is_superuser"].take(), token["roles"].take())
}

fn none() -> (Value, Value) {
    (json!(false), json!([]))
}

/// R12
#[tokio::test]
async fn a_renewal_that_waited_gives_back_no_right_that_was_taken_away_meanwhile() {
    let app = TestApp::start().await;
    let (id, ada) = logged_in(&app).await;
    app.wait(Duration::from_secs(60));
    let held = taking_all(&app, id, &ada).await;
    let (reply, ()) = tokio::join!(ada.get("/login?next=https://shop.example.org/"), let_go(&app, held));
    assert_eq!((reply.status.as_u16(), rights_in(&reply)), (303, none()));
}

/// R12: the password was verified before, which may take seconds.
#[tokio::test]
async fn nor_does_a_login() {
    let app = TestApp::start().await;
    let (id, person) = (ada(&app).await, app.person());
    let form = person.get("/login").await;
    let held = app
        .hold(move |conn| {
            User::lock_row(conn, id)?;
            take_all(conn, id)
        })
        .await;
    let fields = [("email", "ada@example.org"), ("password", PASSWORD)];
    let (reply, ()) = tokio::join!(person.fill_in_on(&form, "/login", &fields), let_go(&app, held));
    assert_eq!((reply.status.as_u16(), rights_in(&reply)), (303, none()));
}

/// R12
#[tokio::test]
async fn nor_does_a_proof_of_the_password() {
    let app = TestApp::start().await;
    let (id, ada) = logged_in(&app).await;
    app.wait(Duration::from_secs(601));
    ada.get("/login").await;
    let list = ada.get("/account/sessions").await;
    let asked = ada.fill_in_on(&list, "/account/sessions", &[("end", "others")]).await;
    let held = taking_all(&app, id, &ada).await;
    let fields = [("end", "others"), ("password", PASSWORD)];
    let (reply, ()) = tokio::join!(ada.fill_in_on(&asked, "/account/sessions", &fields), let_go(&app, held));
    assert_eq!((reply.status.as_u16(), rights_in(&reply)), (303, none()));
}

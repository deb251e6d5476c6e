//! Lost responses: a renewal happened, and its response did not reach the browser. That is not
//! reuse.

use auth_service::db::types::Stored;
use std::collections::BTreeSet;
use std::time::Duration;

use auth_service::db::schema::sessions;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use reqwest::Method;
use tokio::task::JoinSet;

use crate::support::{PASSWORD, Person, REFRESH, Reply, TestApp, Trail};

/// Longer than the grace period.
const LATER: Duration = Duration::from_secs(31);

async fn ada(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, 303);
    ada
}

/// Renews, without delivering the response to the browser yet.
async fn renew(browser: &Person) -> Reply {
    Reply::read(browser.request(Method::GET, "/login").send().await.unwrap()).await
}

/// Delivers the response to the browser.
fn arrives(answer: &Reply, browser: &Person) {
    browser.set_cookie(REFRESH, &answer.cookie(REFRESH).expect("a renewal").value);
}

/// R16: a phone in a tunnel.
#[tokio::test]
async fn however_often_an_answer_is_lost_the_browser_stays_logged_in() {
    let app = TestApp::start().await;
    let phone = ada(&app).await;
    let mut trail = Trail::of(&app).await;
    for tunnel in 0..3 {
        let held = phone.refresh_token();
        let mut answers = BTreeSet::new();
        for _ in 0..5 {
            let lost = renew(&phone).await;
            assert_eq!(lost.status, 303, "tunnel {tunnel}");
            answers.insert(lost.cookie(REFRESH).unwrap().value);
            assert_eq!(phone.refresh_token(), held);
            app.wait(LATER);
        }
        assert_eq!(answers.len(), 5, "each answer is a fresh one: a copy must not share it");
        assert_eq!(phone.get("/login").await.status, 303, "tunnel {tunnel}");
        assert!(phone.is_logged_in().await);
        app.wait(LATER);
    }
    let kinds = trail.kinds().await;
    let count = |kind| kinds.iter().filter(|event| *event == kind).count();
    assert_eq!((count("renewal"), count("renewal_repeated"), kinds.len()), (3, 15, 18), "{kinds:?}");
    assert_eq!(app.session_of(&phone).await.revoked_because, None);
}

/// R16: by the API, where a program has the token.
#[tokio::test]
async fn a_program_that_never_got_its_answer_asks_again_a_day_later() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let program = app.person();
    let first = program.obtain("ada@example.org", PASSWORD).await.1;
    let lost = program.refresh(&first).await.pair().1;
    app.wait(Duration::from_secs(86_400));
    let second = program.refresh(&first).await.pair().1;
    assert_ne!(lost, second);
    app.wait(LATER);
    assert_eq!(program.refresh(&second).await.status, 200);
}

/// R16: in any order, as long as the browser has not used a later token.
#[tokio::test]
async fn an_answer_that_arrives_after_the_one_that_followed_it_is_as_good() {
    let app = TestApp::start().await;
    let phone = ada(&app).await;
    for round in 0..3 {
        let early = renew(&phone).await;
        app.wait(LATER);
        let late = renew(&phone).await;
        arrives(&late, &phone);
        arrives(&early, &phone);
        app.wait(LATER);
        // The response to that is lost again.
        assert_eq!(renew(&phone).await.status, 303, "round {round}");
        app.wait(LATER);
        assert_eq!(phone.get("/login").await.status, 303, "round {round}");
        assert!(phone.is_logged_in().await);
        app.wait(LATER);
    }
}

/// R17: two successors of one token, used with more than the grace period between them, mean that
/// two parties have them. Within it they do not.
#[tokio::test]
async fn the_other_successor_gets_the_newest_token_within_the_grace_and_is_theft_after_it() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    for late in [false, true] {
        let owner = app.person();
        owner.log_in("ada@example.org", PASSWORD).await;
        let other = owner.copy();
        for browser in [&owner, &other] {
            browser.get("/login").await;
            app.wait(LATER);
        }
        owner.get("/login").await;
        app.wait(if late { LATER } else { Duration::from_secs(25) });
        let reply = other.get("/login").await;
        assert_eq!(reply.status, if late { 200 } else { 303 });
        if late {
            let ended = app.session_of(&owner).await.revoked_because;
            assert_eq!(ended.as_ref().map(Stored::as_str), Some("refresh_reuse"));
        } else {
            assert_eq!(owner.refresh_token(), other.refresh_token());
        }
        assert_eq!(owner.is_logged_in().await, !late);
    }
}

/// R16, R19: a token that a renewal still accepts identifies no person on pages.
#[tokio::test]
async fn a_token_whose_answer_was_lost_renews_and_does_nothing_else() {
    let app = TestApp::start().await;
    let phone = ada(&app).await;
    assert_eq!(renew(&phone).await.status, 303);
    assert!(phone.is_logged_in().await, "within the grace it is a tab that came second");
    app.wait(LATER);
    assert!(!phone.is_logged_in().await);
    assert_eq!(phone.get("/login").await.status, 303);
    assert!(phone.is_logged_in().await);
    // A logout accepts any token of the session.
    app.wait(LATER);
    assert_eq!(renew(&phone).await.status, 303);
    app.wait(LATER);
    let session = phone.session_id();
    phone.log_out().await;
    assert_eq!(app.session(session).await.revoked_because.as_ref().map(Stored::as_str), Some("logged_out"));
}

/// R16, R3: after the tunnel, fifty tabs at once, over two instances.
#[tokio::test]
async fn fifty_tabs_with_a_token_whose_answer_was_lost_get_one_successor() {
    let app = TestApp::start().await;
    let other = app.second_instance().await;
    let phone = ada(&app).await;
    for round in 0..5 {
        renew(&phone).await;
        app.wait(LATER);
        let mut tabs = JoinSet::new();
        for tab in 0..50 {
            let tab = if tab % 2 == 0 { phone.copy() } else { phone.at(&other) };
            tabs.spawn(async move { renew(&tab).await });
        }
        let answers = tabs.join_all().await;
        let successors: BTreeSet<String> =
            answers.iter().map(|reply| reply.cookie(REFRESH).expect("a renewal").value).collect();
        assert_eq!(successors.len(), 1, "round {round}: {successors:?}");
        arrives(&answers[0], &phone);
        app.wait(LATER);
    }
}

/// R17, R3: of two successors at the same moment one rotates the session, and both get the result.
#[tokio::test]
async fn two_successors_at_the_same_moment_are_one_step() {
    let app = TestApp::start().await;
    let other = app.second_instance().await;
    app.user("ada@example.org", PASSWORD).await;
    for round in 0..10 {
        let one = app.person();
        one.log_in("ada@example.org", PASSWORD).await;
        let two = one.copy();
        for browser in [&one, &two] {
            browser.get("/login").await;
            app.wait(LATER);
        }
        let newest = app.session_of(&one).await.generation;
        let mut shown = JoinSet::new();
        for n in 0..20 {
            let (browser, at) =
                (if n % 2 == 0 { &one } else { &two }, if n % 3 == 0 { &app } else { &other });
            let browser = browser.at(at);
            shown.spawn(async move { renew(&browser).await });
        }
        let answers = shown.join_all().await;
        let successors: BTreeSet<String> =
            answers.iter().map(|reply| reply.cookie(REFRESH).expect("a renewal").value).collect();
        assert_eq!(successors.len(), 1, "round {round}");
        assert_eq!(app.session_of(&one).await.generation, newest + 1, "round {round}");
    }
}

/// The rotation of an instance of the previous release, which does not know the new columns.
async fn moved_on_by_the_former_release(app: &TestApp, browser: &Person) {
    let (id, now) = (browser.session_id(), app.clock.now());
    let changed = app
        .sql(move |conn| {
            diesel::update(sessions::table.find(id))
                .set((sessions::generation.eq(sessions::generation + 1), sessions::rotated_at.eq(now)))
                .execute(conn)
        })
        .await;
    assert_eq!(changed, 1);
}

/// R18: the columns' old values no longer apply. So an earlier token is reuse, and no lost
/// response.
#[tokio::test]
async fn of_a_session_that_the_former_release_moved_on_the_last_two_tokens_are_good() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    for (back, status) in [(0, 303), (1, 200)] {
        let ada = app.person();
        ada.log_in("ada@example.org", PASSWORD).await;
        let mut copies = vec![ada.copy()];
        ada.get("/login").await;
        copies.insert(0, ada.copy());
        app.wait(LATER);
        // The previous release got the newest token, and its response was lost.
        moved_on_by_the_former_release(&app, &ada).await;
        app.wait(LATER);
        assert_eq!(copies[back].get("/login").await.status, status, "{back} back");
        let ended = app.session_of(&ada).await.revoked_because;
        assert_eq!(
            ended.as_ref().map(Stored::as_str),
            (status == 200).then_some("refresh_reuse"),
            "{back} back"
        );
    }
}

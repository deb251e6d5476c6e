//! `GET /auth/verify?role=…`: the proxy also requires a role.

use diesel::prelude::*;
use reqwest::{Method, StatusCode};

use auth_service::db::schema::users;
use auth_service::users::{Role, User};

use crate::support::{PASSWORD, Person, Reply, TestApp, Tweaks};

const WIKI: [(&str, &str); 4] = [
    ("x-forwarded-method", "GET"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "wiki.example.org"),
    ("x-forwarded-uri", "/page"),
];
const BY_A_PERSON: (&str, &str) = ("sec-fetch-mode", "navigate");

async fn behind_a_proxy() -> TestApp {
    let mut tweaks = Tweaks::default();
    tweaks.flags.trusted_proxies = Some("127.0.0.0/8".to_owned());
    TestApp::start_with(tweaks).await
}

async fn somebody_with(app: &TestApp, email: &str, roles: &[&str]) -> Person {
    let user = app.user(email, PASSWORD).await;
    let roles: Vec<Role> = roles.iter().map(|role| Role::parse(role).unwrap()).collect();
    let operator = app.operator();
    app.sql(move |conn| {
        let roles = user.roles.clone().with(&roles).unwrap();
        User::set_roles(conn, &user, &roles, &operator)
    })
    .await;
    let person = app.person();
    assert_eq!(person.log_in(email, PASSWORD).await.status, StatusCode::SEE_OTHER);
    person
}

async fn ask(person: &Person, query: &str, headers: &[(&str, &str)]) -> Reply {
    let request = person.request(Method::GET, &format!("/auth/verify{query}"));
    person.send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

/// O2
#[tokio::test]
async fn a_proxy_that_asks_for_roles_lets_in_who_has_all_of_them() {
    let app = behind_a_proxy().await;
    let ada = somebody_with(&app, "ada@example.org", &["editor", "author"]).await;
    let eve = somebody_with(&app, "eve@example.org", &[]).await;
    for (query, hers) in [
        ("", 200),
        ("?role=editor", 200),
        ("?role=editor&role=author", 200),
        ("?role=%65ditor", 200),
        ("?role=admin", 403),
        ("?role=editor&role=admin", 403),
        ("?role=editors", 403),
        ("?role=edito", 403),
    ] {
        assert_eq!(ask(&ada, query, &WIKI).await.status, hers, "{query}");
        let anybody = ask(&eve, query, &WIKI).await;
        assert_eq!(anybody.status, if query.is_empty() { 200 } else { 403 }, "{query}");
        assert_eq!(anybody.header("x-auth-user").is_some(), query.is_empty(), "{query}");
        assert_eq!(ask(&app.person(), query, &WIKI).await.status, 401, "{query}: nobody");
    }
}

/// O2: a mistake in the proxy's configuration denies access.
#[tokio::test]
async fn a_question_that_is_not_understood_lets_nobody_in() {
    let app = behind_a_proxy().await;
    let ada = somebody_with(&app, "ada@example.org", &["editor"]).await;
    for query in [
        "?role=",
        "?role",
        "?role=editor&role=",
        "?role=editor,author",
        "?role=Editor",
        "?roles=editor",
        "?Role=editor",
        "?role=editor&next=x",
        "?role=editor&email=all",
        "?x",
    ] {
        for person in [&ada, &app.person()] {
            let reply = ask(person, query, &[&WIKI[..], &[BY_A_PERSON]].concat()).await;
            assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{query}");
            assert_eq!(reply.header("x-auth-user"), None, "{query}");
            assert!(reply.text.contains("\"code\":\"bad_question\""), "{query}: {}", reply.text);
        }
    }
}

/// O2: only the verified token's roles count. No header or cookie adds one.
#[tokio::test]
async fn a_role_counts_from_the_next_token_on_and_from_nowhere_else() {
    let app = behind_a_proxy().await;
    let eve = somebody_with(&app, "eve@example.org", &[]).await;
    let claimed =
        [WIKI[0], WIKI[1], WIKI[2], WIKI[3], ("x-auth-roles", "editor"), ("cookie", "roles=editor")];
    assert_ne!(ask(&eve, "?role=editor", &claimed).await.status, 200);
    let id = app.session_of(&eve).await.user_id;
    let operator = app.operator();
    app.sql(move |conn| {
        let user = User::by_id(conn, id)?.unwrap();
        let roles = user.roles.clone().with(&[Role::parse("editor").unwrap()]).unwrap();
        User::set_roles(conn, &user, &roles, &operator)
    })
    .await;
    assert_eq!(ask(&eve, "?role=editor", &WIKI).await.status, 403, "the token is the one from before");
    eve.get("/login").await;
    assert_eq!(ask(&eve, "?role=editor", &WIKI).await.status, 200);
}

#[tokio::test]
async fn who_lacks_a_role_reads_a_page_and_a_program_a_problem() {
    let app = behind_a_proxy().await;
    let eve = somebody_with(&app, "eve@example.org", &[]).await.sending("accept-language", "de");
    let page = ask(&eve, "?role=editor", &[&WIKI[..], &[BY_A_PERSON]].concat()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.says("Nicht für dieses Konto") && page.cookies().is_empty(), "{}", page.text);
    // A form gets a page as well.
    let posted = [("x-forwarded-method", "POST"), WIKI[1], WIKI[2], WIKI[3], BY_A_PERSON];
    assert!(ask(&eve, "?role=editor", &posted).await.says("Nicht für dieses Konto"));
    // Requests past the proxy, or by a script, get a problem document.
    for headers in [&WIKI[..], &[&WIKI[..], &[("sec-fetch-mode", "cors")]].concat()] {
        let problem = ask(&eve, "?role=editor", headers).await;
        assert_eq!(problem.status, StatusCode::FORBIDDEN);
        assert_eq!(problem.header("content-type"), Some("application/problem+json"));
        assert!(problem.text.contains("\"code\":\"role_missing\"") && !problem.text.contains("editor"));
    }
}

/// The proxy shows the page under the service's name, without our style sheet and paths.
#[tokio::test]
async fn the_page_can_be_shown_under_another_name() {
    let app = behind_a_proxy().await;
    let eve = somebody_with(&app, "eve@example.org", &[]).await;
    let page = ask(&eve, "?role=editor", &[&WIKI[..], &[BY_A_PERSON]].concat()).await;
    assert!(!page.text.contains("href=\"/") && !page.text.contains("src=\"/"), "{}", page.text);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("style-src https://auth.example.org;"), "{policy}");
    let (_, rest) = page.text.split_once("href=\"https://auth.example.org/static/style.css").unwrap();
    let style = eve.get(&format!("/static/style.css{}", rest.split('"').next().unwrap())).await;
    assert_eq!(style.header("cross-origin-resource-policy"), Some("same-site"));
}

/// O3: an unverified address is not passed on as the person's.
#[tokio::test]
async fn an_address_that_nobody_has_verified_is_told_to_who_asks_for_it_alone() {
    let app = behind_a_proxy().await;
    let stranger = app.person();
    stranger.register("boss@example.org", PASSWORD).await;
    let told = |reply: &Reply| {
        let header = |name| reply.header(name).map(str::to_owned);
        (header("x-auth-email"), header("x-auth-email-verified"))
    };
    let (boss, yes, no) =
        (Some("boss@example.org".to_owned()), Some("true".to_owned()), Some("false".to_owned()));
    assert_eq!(told(&ask(&stranger, "", &WIKI).await), (None, no.clone()));
    assert_eq!(told(&ask(&stranger, "?email=any", &WIKI).await), (boss.clone(), no));
    let (id, now) = (app.session_of(&stranger).await.user_id, app.clock.now());
    app.sql(move |conn| {
        let row = diesel::update(users::table.find(id));
        row.set(users::email_verified_at.eq(Some(now))).execute(conn)
    })
    .await;
    stranger.get("/login").await;
    for query in ["", "?email=any"] {
        assert_eq!(told(&ask(&stranger, query, &WIKI).await), (boss.clone(), yes.clone()), "{query}");
    }
}

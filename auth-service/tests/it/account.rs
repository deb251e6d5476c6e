//! The account page at `/`.

use std::time::Duration;

use reqwest::{Method, StatusCode};

use auth_service::config::ServeFlags;
use auth_service::i18n::date;

use crate::support::{PASSWORD, TestApp, Tweaks, english};

#[tokio::test]
async fn you_must_be_logged_in_to_see_your_account() {
    let app = TestApp::start().await;
    let stranger = app.person();
    let away = stranger.get("/").await;
    assert_eq!((away.status, away.location()), (StatusCode::SEE_OTHER, "https://auth.example.org/login"));
    assert!(away.text.is_empty());
}

#[tokio::test]
async fn the_page_shows_who_you_are_and_lets_you_out() {
    let app = TestApp::start().await;
    let user = app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let page = ada.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["Ada Lovelace", "ada@example.org", &english(&date(user.date_joined)), "Last login", "UTC"] {
        assert!(page.says(words), "{words}: {}", page.text);
    }
    assert!(!page.says("staff pages") && !page.says("every right"));
    let out = ada.fill_in_on(&page, "/logout", &[]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert!(!ada.is_logged_in().await);
}

#[tokio::test]
async fn rights_are_shown_to_those_who_have_them() {
    let app = TestApp::start().await;
    app.user_with("grace@example.org", PASSWORD, |new| new.is_staff = true).await;
    app.user_with("joan@example.org", PASSWORD, |new| (new.is_staff, new.is_superuser) = (true, true)).await;
    for (email, is_superuser) in [("grace@example.org", false), ("joan@example.org", true)] {
        let person = app.person();
        person.log_in(email, PASSWORD).await;
        let page = person.get("/").await;
        assert!(page.says("You can see staff pages"), "{email}");
        assert_eq!(page.says("You have every right"), is_superuser, "{email}");
    }
}

#[tokio::test]
async fn an_address_is_not_called_confirmed_before_it_is() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let page = ada.get("/").await;
    assert!(page.says("<bdi>ada@example.org</bdi> (not confirmed)"), "{}", page.text);
}

/// N1: the page leads back to services, and to nobody else.
#[tokio::test]
async fn the_page_leads_back_to_the_service_that_one_came_from() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let page = ada.get("/?next=https%3A%2F%2Fshop.example.org%2Fcart").await;
    assert!(
        page.says("href=\"https://shop.example.org/cart\">Back to shop.example.org</a>"),
        "{}",
        page.text
    );
    for nowhere in
        ["https%3A%2F%2Fevil.net%2F", "%2F%2Fevil.net", "%2Faccount%2Fsessions", "javascript%3Aalert(1)"]
    {
        let page = ada.get(&format!("/?next={nowhere}")).await;
        assert!(!page.says("Back to") && !page.says("evil.net"), "{nowhere}: {}", page.text);
    }
}

#[tokio::test]
async fn the_services_that_have_names_are_tiles() {
    let services = Some("Shop=https://shop.example.org, Wiki=https://wiki.example.org:8443".to_owned());
    let flags = ServeFlags { services, ..ServeFlags::default() };
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let page = ada.get("/?next=https%3A%2F%2Fshop.example.org%2Fcart").await;
    assert_eq!(page.text.matches("class=\"tile\"").count(), 2, "{}", page.text);
    assert!(page.says("href=\"https://wiki.example.org:8443/\""), "{}", page.text);
    assert!(page.says("<strong>Wiki</strong><small>wiki.example.org:8443</small>"), "{}", page.text);
    assert!(page.says(">Back to Shop</a>"), "{}", page.text);
}

#[tokio::test]
async fn somebody_without_a_name_is_called_by_their_address() {
    let app = TestApp::start().await;
    let nameless = |new: &mut auth_service::users::NewUser| {
        new.first_name = auth_service::users::PersonName::none();
        new.last_name = auth_service::users::PersonName::none();
    };
    app.user_with("ada@example.org", PASSWORD, nameless).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    let page = ada.get("/").await;
    assert!(page.text.contains("<bdi class=\"menu-name\">ada@example.org</bdi>"), "{}", page.text);
    assert!(!page.text.contains("<dt>Name</dt>"));
}

/// I1: a name is shown as text, whatever it contains.
#[tokio::test]
async fn a_name_that_looks_like_markup_or_a_template_is_shown_as_it_was_written() {
    let app = TestApp::start().await;
    let ada = app.person();
    let fields = [
        ("first_name", "<script>alert(1)</script>"),
        ("last_name", "{{ site.auth_url }}\" onload=\"x"),
        ("email", "ada@example.org"),
        ("password", PASSWORD),
    ];
    assert_eq!(ada.fill_in("/register", &fields).await.status, StatusCode::SEE_OTHER);
    let page = ada.get("/").await;
    assert!(page.says("<script>alert(1)</script> {{ site.auth_url }}\" onload=\"x"), "{}", page.text);
    assert!(!page.without_our_scripts().contains("<script") && !page.text.contains("\" onload"));
}

#[tokio::test]
async fn looking_at_the_page_renews_nothing_and_a_login_that_ran_out_is_over() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    app.wait(Duration::from_secs(4 * 24 * 3600));
    let page = ada.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.cookies().iter().all(|cookie| cookie.name == "__Host-sso_browser"));
    app.wait(Duration::from_secs(24 * 3600));
    assert!(!ada.is_logged_in().await);
}

/// C11: the access token is for the services. On this host it gives no access.
#[tokio::test]
async fn the_access_cookie_alone_is_nobody_here() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    ada.log_in("ada@example.org", PASSWORD).await;
    ada.forget_cookie("__Host-sso_refresh");
    assert!(ada.cookie("__Secure-sso_access").is_some());
    assert!(!ada.is_logged_in().await);
    assert_eq!(ada.get("/login").await.status, StatusCode::OK);
}

#[tokio::test]
async fn head_answers_as_get_would_without_a_body() {
    let app = TestApp::start().await;
    for (path, status) in [("/", 303), ("/login", 200), ("/register", 200), ("/logout", 200)] {
        let person = app.person();
        let head = person.send(person.request(Method::HEAD, path)).await;
        assert_eq!((head.status.as_u16(), head.text.as_str()), (status, ""), "{path}");
    }
}

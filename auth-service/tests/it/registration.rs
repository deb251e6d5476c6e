//! Making an account.

use reqwest::StatusCode;

use crate::support::{PASSWORD, Person, Reply, TestApp};

/// A valid form.
const RIGHT: [(&str, &str); 4] =
    [("first_name", "Ada"), ("last_name", "Lovelace"), ("email", "ada@example.org"), ("password", PASSWORD)];

const SHOP: &str = "https://shop.example.org/cart?item=7&sort=a%20b";

fn encoded(next: &str) -> String {
    url::form_urlencoded::byte_serialize(next.as_bytes()).collect()
}

/// Fills in a valid form, changed by `changes`.
async fn register_with(person: &Person, changes: &[(&str, &str)]) -> Reply {
    let mut fields = RIGHT;
    for (name, value) in changes {
        fields.iter_mut().find(|(field, _)| field == name).unwrap().1 = value;
    }
    person.fill_in("/register", &fields).await
}

/// Asserts that `name` is marked as invalid with `message`, for screen readers too.
#[track_caller]
fn assert_refused(reply: &Reply, name: &str, message: &str) {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text);
    assert!(reply.says(message), "{name}: {}", reply.text);
    let tag = reply.tag(name);
    assert!(tag.contains(" aria-invalid=\"true\""), "{tag}");
    let described = tag.split_once("aria-describedby=\"").expect(tag).1.split('"').next().unwrap();
    assert!(described.split(' ').any(|id| id == format!("{name}-error")), "{tag}");
    for id in described.split(' ') {
        let element = reply.text.find(&format!(" id=\"{id}\"")).unwrap_or_else(|| panic!("no element {id}"));
        if id.ends_with("-error") {
            let rest = &reply.text[element..];
            assert!(
                rest[..rest.find("</ul>").unwrap()].contains(message.split('\'').next().unwrap()),
                "{id}"
            );
        }
    }
}

#[tokio::test]
async fn the_form_asks_for_four_things_and_says_what_to_fill_in_where() {
    let app = TestApp::start().await;
    let page = app.person().get("/register").await;
    assert_eq!(page.status, StatusCode::OK);
    for (name, kind, autocomplete) in [
        ("email", "email", "username"),
        ("password", "password", "new-password"),
        ("first_name", "text", "given-name"),
        ("last_name", "text", "family-name"),
    ] {
        let tag = page.tag(name);
        assert!(tag.contains(&format!(" type=\"{kind}\"")), "{tag}");
        assert!(tag.contains(&format!(" autocomplete=\"{autocomplete}\"")), "{tag}");
        assert!(
            page.text.contains(&format!("<label for=\"id_{name}\">"))
                && tag.contains(&format!("id=\"id_{name}\""))
        );
        assert_eq!(tag.contains(" required"), name != "last_name", "{tag}");
        assert!(!tag.contains("aria-invalid"), "{tag}");
    }
    assert!(!page.text.contains("confirm_password"), "a password is typed once");
    assert!(page.tag("email").contains(" autofocus"));
    assert_eq!(page.text.matches(" autofocus").count(), 1);
    // A page without `next` has no hidden field for it.
    assert_eq!(page.field("next"), None);
    assert!(page.says("At least 12 characters."));
}

/// P5: password managers and the clipboard work.
#[tokio::test]
async fn passwords_can_be_pasted_and_filled_in_by_a_manager() {
    let app = TestApp::start().await;
    for path in ["/register", "/login"] {
        let page = app.person().get(path).await;
        assert!(!page.text.contains("onpaste") && !page.text.contains("autocomplete=\"off\""), "{path}");
        let tag = page.tag("password");
        assert!(!tag.contains("maxlength") && !tag.contains("readonly"), "{tag}");
    }
}

#[tokio::test]
async fn the_way_leads_from_login_by_one_form_to_where_one_wanted_to_go() {
    let app = TestApp::start().await;
    let ada = app.person();
    let login = ada.get(&format!("/login?next={}", encoded(SHOP))).await;
    let link = format!("/register?next={}", encoded(SHOP));
    assert!(login.text.contains(&format!("href=\"{link}\"")), "{}", login.text);
    assert!(login.says("Log in to continue to <strong>shop.example.org</strong>"));

    let register = ada.get(&link).await;
    assert_eq!(register.field("next").as_deref(), Some(SHOP));
    assert!(register.text.contains(&format!("href=\"/login?next={}\"", encoded(SHOP))), "{}", register.text);
    // After a mistake, the input is kept.
    let mut mistake = RIGHT;
    mistake[2].1 = "ada";
    let mistaken = ada.fill_in_on(&register, "/register", &mistake).await;
    assert_eq!(mistaken.field("next").as_deref(), Some(SHOP));
    let registered = ada.fill_in_on(&mistaken, "/register", &RIGHT).await;
    assert_eq!(registered.status, StatusCode::SEE_OTHER, "{}", registered.text);
    assert_eq!(registered.location(), SHOP);
    assert!(ada.is_logged_in().await);
    assert!(!ada.get("/").await.says("Your account was created."), "the service greets its people itself");
}

#[tokio::test]
async fn whoever_registers_is_logged_in_and_told_once_that_the_account_is_there() {
    let app = TestApp::start().await;
    let ada = app.person();
    let registered = ada.register("ada@example.org", PASSWORD).await;
    assert_eq!(
        (registered.status, registered.location()),
        (StatusCode::SEE_OTHER, "https://auth.example.org/")
    );
    assert!(registered.cookie("__Secure-sso_access").is_some());
    assert!(registered.cookie("__Host-sso_refresh").is_some());
    let home = ada.get("/").await;
    assert!(home.says("Your account was created.") && home.text.contains("role=\"status\""), "{}", home.text);
    assert!(!ada.get("/").await.says("Your account was created."));
    let user = app.session_of(&ada).await.user_id;
    let user = app.sql(move |conn| auth_service::users::User::by_id(conn, user)).await.unwrap();
    assert!(user.email.as_str() == "ada@example.org" && user.last_login.is_some());
}

/// As by a login: the former session ends, and one's own begins.
#[tokio::test]
async fn registering_ends_the_login_of_whoever_used_the_browser_before() {
    let app = TestApp::start().await;
    app.user("bob@example.org", PASSWORD).await;
    let browser = app.person();
    browser.log_in("bob@example.org", PASSWORD).await;
    let bob = browser.copy();
    browser.register("ada@example.org", "seven lanterns over the weir").await;
    assert!(browser.get("/").await.says("ada@example.org"));
    assert!(!bob.is_logged_in().await);
}

#[tokio::test]
async fn people_with_one_name_leave_the_other_empty() {
    let app = TestApp::start().await;
    let suharto = app.person();
    let fields =
        [("first_name", "Suharto"), ("last_name", " "), ("email", "s@example.org"), ("password", PASSWORD)];
    assert_eq!(suharto.fill_in("/register", &fields).await.status, StatusCode::SEE_OTHER);
    assert!(suharto.get("/").await.text.contains("<bdi class=\"menu-name\">Suharto</bdi>"));
    let user = app.session_of(&suharto).await.user_id;
    let user = app.sql(move |conn| auth_service::users::User::by_id(conn, user)).await.unwrap();
    assert_eq!((user.first_name.as_str(), user.last_name.as_str()), ("Suharto", ""));
}

/// Clients with a form of their own may go on sending it.
#[tokio::test]
async fn a_second_password_that_is_sent_all_the_same_must_be_the_first() {
    let app = TestApp::start().await;
    let ada = app.person();
    let with = |again| [&RIGHT[..], &[("confirm_password", again)]].concat();
    for again in ["violet harbour kites 8", ""] {
        let refused = ada.fill_in("/register", &with(again)).await;
        assert_refused(&refused, "password", "Please enter the same password in both fields.");
    }
    assert_eq!(ada.fill_in("/register", &with(PASSWORD)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn each_field_says_what_is_wrong_with_it() {
    let app = TestApp::start().await;
    let ada = app.person();
    for (name, value, message) in [
        ("first_name", "", "Please enter a name."),
        ("last_name", "a\nb", "Please write the name on one line"),
        ("first_name", "a\nb", "Please write the name on one line"),
        ("email", "", "Please enter an email address, such as ada@example.org."),
        ("email", "ada@", "Please enter an email address, such as ada@example.org."),
        ("password", "violet", "Please use at least 12 characters."),
        ("password", "AdaLovelace1815", "This is too much like your name or email address."),
        ("password", "passwordpassword", "Too easy to guess: "),
    ] {
        let refused = register_with(&ada, &[(name, value)]).await;
        assert_refused(&refused, name, message);
        assert!(refused.tag(name).contains(" autofocus"), "{name}");
        assert_eq!(refused.text.matches(" autofocus").count(), 1, "{name}");
        assert!(refused.text.contains("<title>Error: "), "{name}");
        // One mistake is told once: at its field, where the cursor is.
        assert!(!refused.text.contains(&format!("<a href=\"#id_{name}\">")), "{name}");
    }
    let long = "x".repeat(151);
    let refused = register_with(&ada, &[("last_name", &long)]).await;
    assert_refused(&refused, "last_name", "Please use at most 150 characters.");
    assert!(!refused.tag("first_name").contains("aria-invalid"));
}

#[tokio::test]
async fn everything_wrong_is_told_at_once_with_the_focus_on_the_first() {
    let app = TestApp::start().await;
    let all = [("first_name", ""), ("last_name", "a\nb"), ("email", "x"), ("password", "short")];
    let refused = register_with(&app.person(), &all).await;
    for (name, _) in all {
        assert!(refused.tag(name).contains("aria-invalid=\"true\""), "{name}");
        assert!(refused.text.contains(&format!("<a href=\"#id_{name}\">")), "{name}");
    }
    assert!(refused.tag("email").contains(" autofocus"));
    assert_eq!(refused.text.matches(" autofocus").count(), 1);
}

#[tokio::test]
async fn what_was_entered_is_kept_but_for_the_passwords() {
    let app = TestApp::start().await;
    let entered =
        [("first_name", "Zoë \"Z\" <b>"), ("last_name", "O'Neil & Co"), ("email", "not an address")];
    let refused = register_with(&app.person(), &entered).await;
    for (name, value) in entered {
        assert_eq!(refused.field(name).as_deref(), Some(value));
    }
    assert_eq!(refused.field("password"), None);
    assert!(!refused.text.contains(PASSWORD));
}

#[tokio::test]
async fn a_taken_address_is_told_however_it_is_spelt() {
    let app = TestApp::start().await;
    app.user("ada@example.org", PASSWORD).await;
    for spelling in ["ada@example.org", " ADA@Example.ORG "] {
        let ada = app.person();
        let refused = register_with(&ada, &[("email", spelling)]).await;
        assert_refused(&refused, "email", "This email address already has an account.");
        assert!(refused.says("<a href=\"/login\">Log in instead</a>"), "{}", refused.text);
        // The form of the login has the address, once, and no address of a page has it.
        assert_eq!(ada.get("/login").await.field("email").as_deref(), Some("ada@example.org"));
        assert_ne!(ada.get("/login").await.field("email").as_deref(), Some("ada@example.org"));
    }
}

#[tokio::test]
async fn of_two_registrations_at_the_same_moment_one_is_told_that_the_address_is_taken() {
    let app = TestApp::start().await;
    let people: Vec<_> = (0..4).map(|_| app.person()).collect();
    let (a, b, c, d) = tokio::join!(
        people[0].register("ada@example.org", PASSWORD),
        people[1].register("Ada@example.org", PASSWORD),
        people[2].register("ada@Example.org", PASSWORD),
        people[3].register("ADA@example.org", PASSWORD),
    );
    let replies = [a, b, c, d];
    let made = replies.iter().filter(|reply| reply.status == StatusCode::SEE_OTHER).count();
    assert_eq!(made, 1);
    for refused in replies.iter().filter(|reply| reply.status != StatusCode::SEE_OTHER) {
        assert_refused(refused, "email", "This email address already has an account.");
    }
}

/// I3: rights are given by a command on the host, and never by a form.
#[tokio::test]
async fn nobody_registers_as_staff() {
    let app = TestApp::start().await;
    let ada = app.person();
    for extra in ["is_staff", "is_superuser", "is_active", "id"] {
        let fields = [&RIGHT[..], &[(extra, "true")]].concat();
        assert_eq!(ada.fill_in("/register", &fields).await.status, StatusCode::BAD_REQUEST, "{extra}");
    }
    ada.register("ada@example.org", PASSWORD).await;
    let email = auth_service::users::Email::parse("ada@example.org").unwrap();
    let user = app.sql(move |conn| auth_service::users::User::by_email(conn, &email)).await.unwrap();
    assert!(user.is_active && !user.is_staff && !user.is_superuser);
    assert!(user.email_verified_at.is_none());
}

#[tokio::test]
async fn a_registration_form_that_lay_open_too_long_can_be_sent_again() {
    let app = TestApp::start().await;
    let ada = app.person();
    let page = ada.get(&format!("/register?next={}", encoded(SHOP))).await;
    ada.forget_cookie("__Host-sso_browser");
    let stale = ada.fill_in_on(&page, "/register", &RIGHT).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    assert!(stale.says("open for too long"), "{}", stale.text);
    for (name, value) in &RIGHT[..3] {
        assert_eq!(stale.field(name).as_deref(), Some(*value));
    }
    assert_eq!(stale.field("next").as_deref(), Some(SHOP));
    assert!(!stale.text.contains(PASSWORD));
    let second = ada.fill_in_on(&stale, "/register", &RIGHT).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.text);
}

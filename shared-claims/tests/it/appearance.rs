//! The service's own name, colour and icon on the pages that the library answers with.

use actix_web::test::TestRequest;
use shared_claims::testing::TestIssuer;
use shared_claims::{Settings, SharedLogin};

use crate::support_web::{ask, opens};

/// The page for who lacks a right, at a service with these settings.
async fn forbidden_page(settings: &[(&str, &str)]) -> String {
    let issuer = TestIssuer::new();
    let login = SharedLogin::with_keys(looks(settings).unwrap(), issuer.login().keys().clone());
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let request: TestRequest = opens("/staff").insert_header(("Cookie", ada));
    ask(&login, request).await.body
}

fn looks(settings: &[(&str, &str)]) -> Result<Settings, String> {
    let lookup = |name: &str| match name {
        "AUTH_URL" => Some("http://auth.sso.localhost:8000"),
        "COOKIE_DOMAIN" => Some("sso.localhost"),
        "SERVICE_URL" => Some("http://demo.sso.localhost:8001"),
        name => settings.iter().find(|(known, _)| *known == name).map(|(_, value)| *value),
    };
    Settings::from_lookup(|name| lookup(name).map(str::to_owned)).map_err(|error| error.to_string())
}

#[actix_web::test]
async fn a_page_carries_the_name_the_colour_and_the_icon_of_its_service() {
    let settings =
        [("SERVICE_NAME", "Tea & <Co>"), ("SERVICE_COLOR", "#0f5a3e,#8fdcb8"), ("SERVICE_ICON", "/icon.svg")];
    let page = forbidden_page(&settings).await;
    assert!(page.contains("<title>Not for this account · Tea &amp; &lt;Co&gt;</title>"), "{page}");
    assert!(page.contains("<span>Tea &amp; &lt;Co&gt;</span>"));
    assert!(
        page.contains("<link rel=\"icon\" href=\"/icon.svg\">") && page.contains("<img src=\"/icon.svg\"")
    );
    assert!(page.contains("--accent:#0f5a3e") && page.contains("--accent:#8fdcb8"));
}

#[actix_web::test]
async fn without_settings_the_host_and_its_first_letter_stand_there() {
    let page = forbidden_page(&[]).await;
    assert!(page.contains("<title>Not for this account · demo.sso.localhost</title>"), "{page}");
    assert!(page.contains("<span class=\"brand-initial\" aria-hidden=\"true\">D</span>"));
    assert!(!page.contains("rel=\"icon\""));
}

#[actix_web::test]
async fn who_is_logged_in_finds_their_account_and_the_way_out_behind_their_name() {
    let page = forbidden_page(&[]).await;
    assert!(page.contains("<bdi class=\"menu-name\">Test Person</bdi>"), "{page}");
    for way in ["/?next=http", "/account/sessions\"", "/logout\""] {
        assert!(page.contains(&format!("<li><a href=\"http://auth.sso.localhost:8000{way}")), "{way}");
    }
}

#[test]
fn what_cannot_be_shown_is_refused_at_the_start_by_the_name_of_its_setting() {
    let long = "x".repeat(61);
    for (name, value) in [
        ("SERVICE_NAME", long.as_str()),
        ("SERVICE_NAME", "two\nlines"),
        ("SERVICE_COLOR", "green"),
        ("SERVICE_COLOR", "#fff,#000,#fff"),
        ("SERVICE_ICON", "logo.svg"),
        ("SERVICE_ICON", "https://elsewhere.example.org/icon.svg"),
        ("SERVICE_ICON", "//elsewhere.example.org/icon.svg"),
    ] {
        let problem = looks(&[(name, value)]).unwrap_err();
        assert!(problem.starts_with(name) && !problem.contains(value), "{problem}");
    }
}

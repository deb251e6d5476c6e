//! `auth-service doctor` on deployments with one fault each: it reports that fault and no other.

use crate::support::{Deployment, Faults, Quirks, TestApp, Tweaks};

#[tokio::test]
async fn a_service_with_another_auth_url() {
    let other = Some("http://login.sso.localhost:8000".to_owned());
    let deployment = Deployment::with(Faults { service_auth_url: other, ..Faults::default() }).await;
    deployment.doctor().examine().await.assert_wrong(&["service-redirects-elsewhere"]);
}

/// A wrong port in its `AUTH_URL`, for one. It sends nobody to a login that does not answer.
#[tokio::test]
async fn a_service_that_cannot_fetch_its_keys() {
    let nowhere = Some("http://auth.sso.localhost:1/.well-known/jwks.json".to_owned());
    let deployment = Deployment::with(Faults { service_jwks: nowhere, ..Faults::default() }).await;
    deployment.doctor().examine().await.assert_wrong(&["service-has-no-keys"]);
}

#[tokio::test]
async fn a_service_with_another_service_url() {
    let other = Some("http://wiki.sso.localhost:8000".to_owned());
    let deployment = Deployment::with(Faults { service_url: other, ..Faults::default() }).await;
    deployment.doctor().examine().await.assert_wrong(&["service-next-differs"]);
}

#[tokio::test]
async fn a_service_that_is_not_below_the_domain() {
    let deployment = Deployment::healthy().await;
    let elsewhere = deployment.private.replace("shop.sso.localhost", "shop.localhost");
    deployment.doctor_for(&[&elsewhere]).examine().await.assert_wrong(&["service-outside-cookie-domain"]);
}

#[tokio::test]
async fn a_service_of_another_scheme() {
    let deployment = Deployment::healthy().await;
    let https = deployment.private.replace("http://", "https://");
    deployment.doctor_for(&[&https]).examine().await.assert_wrong(&["service-scheme-differs"]);
}

#[tokio::test]
async fn a_service_that_is_not_there() {
    let deployment = Deployment::healthy().await;
    let diagnosis = deployment.doctor_for(&["http://shop.sso.localhost:1/"]).examine().await;
    diagnosis.assert_wrong(&["service-unreachable"]);
}

#[tokio::test]
async fn a_page_of_a_service_that_there_is_not() {
    let deployment = Deployment::healthy().await;
    let missing = format!("{}/missing", deployment.private);
    let diagnosis = deployment.doctor_for(&[&missing]).examine().await;
    diagnosis.assert_wrong(&["service-answers-error"]);
    // Whoever gave the root of a service without a page there learns what the doctor wants.
    let report = format!("{:#}", diagnosis.report);
    assert!(report.contains("it answers 404") && report.contains("a page that needs a login"), "{report}");
}

/// Refused by the doctor's own settings, and by those of the running service only.
#[tokio::test]
async fn a_service_that_people_are_not_sent_back_to() {
    let others = "http://wiki.sso.localhost:8000";
    let deployment = Deployment::healthy().await;
    let diagnosis = deployment.doctor().set("ALLOWED_ORIGINS", others).examine().await;
    diagnosis.assert_wrong(&["next-refused"]);

    let mut tweaks = Tweaks::default();
    tweaks.flags.allowed_origins = Some(others.to_owned());
    let deployment = Deployment::with(Faults { tweaks, ..Faults::default() }).await;
    deployment.doctor().examine().await.assert_wrong(&["next-refused"]);
}

#[tokio::test]
async fn a_service_whose_clock_is_wrong() {
    let service_proxy = Quirks { date: Some("Sun, 06 Nov 1994 08:49:37 GMT"), ..Quirks::default() };
    let deployment = Deployment::with(Faults { service_proxy, ..Faults::default() }).await;
    deployment.doctor().examine().await.assert_wrong(&["clock-differs-at-service"]);
}

#[tokio::test]
async fn an_auth_service_whose_clock_is_wrong() {
    let auth_proxy = Quirks { date: Some("Sun, 06 Nov 1994 08:49:37 GMT"), ..Quirks::default() };
    let deployment = Deployment::with(Faults { auth_proxy, ..Faults::default() }).await;
    // It uses the database's clock, if there is one.
    if !deployment.app.database.is_postgres() {
        deployment.doctor().examine().await.assert_wrong(&["clock-differs-at-auth-service"]);
    }
}

#[tokio::test]
async fn keys_at_the_public_address_that_are_not_the_databases() {
    let deployment = Deployment::healthy().await;
    let other = TestApp::start().await;
    let diagnosis = deployment.doctor().set("DATABASE_URL", &other.database.url).examine().await;
    diagnosis.assert_wrong(&["jwks-differs"]);
}

#[tokio::test]
async fn a_proxy_that_serves_something_else_for_the_keys() {
    let instead = Some(("/.well-known/jwks.json", "<h1>Hello</h1>"));
    let auth_proxy = Quirks { instead, ..Quirks::default() };
    let deployment = Deployment::with(Faults { auth_proxy, ..Faults::default() }).await;
    // An open page, because the service has no keys here.
    let open = deployment.private.replace("/private", "/");
    deployment.doctor_for(&[&open]).examine().await.assert_wrong(&["jwks-unreadable"]);
}

#[tokio::test]
async fn a_proxy_that_sends_a_host_of_its_own() {
    let auth_proxy = Quirks { host: Some("backend:8000"), ..Quirks::default() };
    let deployment = Deployment::with(Faults { auth_proxy, ..Faults::default() }).await;
    deployment.doctor().examine().await.assert_wrong(&["host-not-passed-on"]);
}

#[tokio::test]
async fn a_proxy_that_is_not_among_the_trusted() {
    let mut tweaks = Tweaks::default();
    tweaks.flags.trusted_proxies = Some("192.0.2.0/24".to_owned());
    let deployment = Deployment::with(Faults { tweaks, ..Faults::default() }).await;
    deployment.doctor().examine().await.assert_wrong(&["proxy-not-trusted"]);
}

#[tokio::test]
async fn proxies_that_are_everybody() {
    let deployment = Deployment::healthy().await;
    let diagnosis = deployment.doctor().set("TRUSTED_PROXIES", "0.0.0.0/0").examine().await;
    diagnosis.assert_wrong(&["proxies-trust-everybody"]);
}

#[tokio::test]
async fn a_proxy_that_redirects_to_wherever_a_client_says() {
    let auth_proxy = Quirks { believes_forwarded_host: true, ..Quirks::default() };
    let deployment = Deployment::with(Faults { auth_proxy, ..Faults::default() }).await;
    deployment.doctor().examine().await.assert_wrong(&["forwarded-host-believed"]);
}

#[tokio::test]
async fn a_proxy_that_takes_the_cookies_flags_away() {
    for flag in ["; Secure", "; HttpOnly", "; SameSite=Lax"] {
        let auth_proxy = Quirks { drops: Some(flag), ..Quirks::default() };
        let deployment = Deployment::with(Faults { auth_proxy, ..Faults::default() }).await;
        deployment.doctor().examine().await.assert_wrong(&["browser-cookie-altered"]);
    }
}

#[tokio::test]
async fn an_address_where_something_else_answers() {
    let auth_proxy = Quirks { instead: Some(("/healthz", "Welcome")), ..Quirks::default() };
    let deployment = Deployment::with(Faults { auth_proxy, ..Faults::default() }).await;
    deployment.doctor().examine().await.assert_wrong(&["auth-service-not-there"]);
}

#[tokio::test]
async fn an_address_that_hangs_up_on_one_question_of_several() {
    for path in ["/readyz", "/.well-known/jwks.json", "/login"] {
        let auth_proxy = Quirks { hangs_up: Some(path), ..Quirks::default() };
        let deployment = Deployment::with(Faults { auth_proxy, ..Faults::default() }).await;
        // Keys only: a check of the service would report the same fault again.
        deployment.doctor_for(&[]).examine().await.assert_wrong(&["auth-service-unreachable"]);
    }
}

/// As from inside a container. It is reported, and the other checks still run.
#[tokio::test]
async fn a_public_address_that_cannot_be_reached() {
    let deployment = Deployment::healthy().await;
    let diagnosis = deployment.doctor_for(&[]).set("AUTH_URL", "http://auth.sso.localhost:1").examine().await;
    diagnosis.assert_wrong(&["auth-service-unreachable"]);
    assert!(diagnosis.ids("ok").contains(&"keys"));
}

#[tokio::test]
async fn a_service_and_a_proxy_that_never_answer() {
    let hanging = Quirks { hangs: true, ..Quirks::default() };
    let faults = Faults { auth_proxy: hanging, service_proxy: hanging, ..Faults::default() };
    let deployment = Deployment::with(faults).await;
    let diagnosis = deployment.doctor().examine().await;
    diagnosis.assert_wrong(&["auth-service-unreachable", "service-unreachable"]);
}

/// The setting was changed, and the instance was not restarted; in both directions.
#[tokio::test]
async fn registration_is_not_what_the_settings_say() {
    let deployment = Deployment::healthy().await;
    let doctor = deployment.doctor().set("REGISTRATION", "closed");
    doctor.examine().await.assert_wrong(&["registration-differs"]);
    let mut tweaks = Tweaks::default();
    tweaks.flags.registration = Some("closed".to_owned());
    let deployment = Deployment::with(Faults { tweaks, ..Faults::default() }).await;
    deployment.doctor().examine().await.assert_wrong(&["registration-differs"]);
}

//! `auth-service doctor` on a deployment without faults.

use crate::support::{Deployment, Faults, Tweaks};

#[tokio::test]
async fn a_healthy_deployment_is_called_healthy() {
    let deployment = Deployment::healthy().await;
    let diagnosis = deployment.doctor().examine().await;
    assert!(
        diagnosis.ids("error").is_empty() && diagnosis.ids("warning").is_empty(),
        "{:#}",
        diagnosis.report
    );
    assert_eq!(diagnosis.ids("note"), ["http-on-localhost", "registration-open", "smtp-not-set"]);
    for id in [
        "settings",
        "secret-files",
        "cookie-domain",
        "database",
        "schema",
        "keys",
        "auth-service",
        "browser-cookie",
        "forwarded-host",
        "proxy-trusted",
        "jwks",
        "next-accepted",
        "service-redirect",
        "service-script-answer",
        "clocks",
    ] {
        assert!(diagnosis.ids("ok").contains(&id), "{id} {:#}", diagnosis.report);
    }
    // The only difference is whether the role is a superuser.
    if !deployment.app.database.is_postgres() {
        assert_eq!((diagnosis.ended.code, diagnosis.ended.err.as_str()), (0, ""));
        assert_eq!(diagnosis.report["healthy"], true);
    }
}

/// An open page does not show whether the login works.
#[tokio::test]
async fn a_page_that_is_open_to_all_is_a_note() {
    let deployment = Deployment::healthy().await;
    let open = deployment.private.replace("/private", "/");
    let diagnosis = deployment.doctor_for(&[&open, &deployment.private]).examine().await;
    assert!(diagnosis.ids("note").contains(&"service-page-is-open"), "{:#}", diagnosis.report);
    assert!(
        diagnosis.ids("error").is_empty() && diagnosis.ids("warning").is_empty(),
        "{:#}",
        diagnosis.report
    );
}

#[tokio::test]
async fn cookies_without_secure_on_localhost_are_a_note() {
    let mut tweaks = Tweaks::default();
    tweaks.flags.cookie_secure = Some("false".to_owned());
    let deployment = Deployment::with(Faults { tweaks, ..Faults::default() }).await;
    let diagnosis = deployment.doctor().set("COOKIE_SECURE", "false").examine().await;
    assert!(
        diagnosis.ids("error").is_empty() && diagnosis.ids("warning").is_empty(),
        "{:#}",
        diagnosis.report
    );
    assert!(diagnosis.ended.out.contains("COOKIE_SECURE=false"), "{:?}", diagnosis.ended);
}

#[tokio::test]
async fn closed_registration_is_as_it_should_be() {
    let mut tweaks = Tweaks::default();
    tweaks.flags.registration = Some("closed".to_owned());
    let deployment = Deployment::with(Faults { tweaks, ..Faults::default() }).await;
    let diagnosis = deployment.doctor().set("REGISTRATION", "closed").examine().await;
    assert!(diagnosis.ids("error").is_empty(), "{:#}", diagnosis.report);
    assert!(diagnosis.ids("ok").contains(&"registration-closed"), "{:#}", diagnosis.report);
}

/// The doctor changes nothing.
#[tokio::test]
async fn the_doctor_changes_nothing() {
    let deployment = Deployment::healthy().await;
    let before = deployment.app.keys().await;
    deployment.doctor().examine().await;
    assert!(deployment.app.keys().await == before);
}

//! Liveness (`/healthz`) and readiness (`/readyz`). Neither tells more than that, but for a line
//! that letters wait.
//!
//! `OPTIONS /` says what `/readyz` says: load balancers that were told of no address ask so,
//! HAProxy above all.

use std::borrow::Cow;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, ContentType, RETRY_AFTER};
use actix_web::{HttpResponse, guard, web};

use crate::app::App;
use crate::db::{DatabaseError, migrate};
use crate::error::RETRY_AFTER_SECONDS;
use crate::feature::Feature;
use crate::http::Draining;
use crate::http::RoutePolicy;

/// The feature.
pub const FEATURE: Feature = Feature {
    policies: &[
        RoutePolicy::of("/healthz").any_host().probe(),
        RoutePolicy::of("/readyz").any_host().probe(),
    ],
    ..Feature::new(routes)
};

fn routes(services: &mut web::ServiceConfig) {
    services
        .service(web::resource("/healthz").route(web::get().to(alive)).route(web::head().to(alive)))
        .service(web::resource("/readyz").route(web::get().to(ready)).route(web::head().to(ready)))
        .service(web::resource("/").guard(guard::Options()).route(web::to(probe)));
}

/// The answer of `/readyz`, as one to OPTIONS.
async fn probe(app: web::Data<App>, draining: web::Data<Draining>) -> HttpResponse {
    let answer = ready(app, draining).await;
    match answer.status() {
        StatusCode::OK => HttpResponse::NoContent().insert_header((ALLOW, "GET, HEAD, OPTIONS")).finish(),
        _ => answer,
    }
}

/// The prober has a deadline too, and wants to hear `503` within it.
const TIMEOUT: Duration = Duration::from_secs(2);

async fn alive() -> HttpResponse {
    say(StatusCode::OK, "alive\n")
}

/// The database answers, can be written and has every migration of ours, and nobody told us to
/// stop. The signing key was opened before we listened.
async fn ready(app: web::Data<App>, draining: web::Data<Draining>) -> HttpResponse {
    if draining.has_begun() {
        return say(StatusCode::SERVICE_UNAVAILABLE, "not ready\n");
    }
    let is_pending = |conn: &mut _| migrate::is_pending(conn).map_err(DatabaseError::Migration);
    let pending = app.db.run_within(TIMEOUT, is_pending).await;
    match pending {
        Ok(false) => match app.write_probe.problem(&app.db).await {
            None => say(StatusCode::OK, format!("ready\n{}", mail(&app))),
            Some(problem) => {
                tracing::error!(problem, "not ready: the database cannot be written");
                say(StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
            }
        },
        Ok(true) => {
            tracing::error!("not ready: the database lacks a migration");
            say(StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
        Err(error) => {
            tracing::error!(error = error.to_string(), "not ready");
            say(StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        }
    }
}

/// That letters wait is no reason to take an instance away: every other one has the same outbox.
fn mail(app: &App) -> String {
    let wait = app.postbox.backlog().long_wait(app.clock.estimate());
    wait.map(|wait| format!("mail: the oldest letter waits {} s\n", wait.as_secs())).unwrap_or_default()
}

fn say(status: StatusCode, text: impl Into<Cow<'static, str>>) -> HttpResponse {
    let mut answer = HttpResponse::build(status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS));
    }
    answer.content_type(ContentType::plaintext()).body(text.into())
}

//! A small service that trusts the shared login. Copy it and make it yours.

use axum::http::header::CACHE_CONTROL;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use shared_claims::SharedLogin;
use shared_claims::axum::{MaybeUser, SharedLoginLayer, User, script};

/// All routes. A handler's arguments say who may see it.
pub fn app(login: SharedLogin) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/private", get(private))
        .route("/api/me", get(me))
        .route("/sso.js", get(script))
        // Around everything above: it identifies the person, and lets only our own pages post.
        .layer(SharedLoginLayer::new(login))
        .route("/healthz", get(async || "ok"))
}

const PERSONAL: [(axum::http::HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

async fn home(visitor: MaybeUser) -> impl IntoResponse {
    let known = if visitor.is_some() { ", and you are logged in" } else { "" };
    (PERSONAL, Html(format!("Open to all{known}. <a href=\"/private\">Mine</a>")))
}

/// Plain text, because a name may contain anything. Your templates escape it.
async fn private(user: User) -> impl IntoResponse {
    (PERSONAL, format!("Hello, {}.", user.full_name()))
}

async fn me(user: User) -> impl IntoResponse {
    (PERSONAL, Json(user.into_claims()))
}

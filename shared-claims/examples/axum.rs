//! A service on axum: one open page, one for people who are logged in, one for staff.
//!
//! `AUTH_URL=http://auth.sso.localhost:8000 COOKIE_DOMAIN=sso.localhost SERVICE_URL=http://my.sso.localhost:8002 cargo run --example axum --no-default-features --features axum`,
//! with auth-service running.

use axum::Router;
use axum::routing::get;
use shared_claims::SharedLogin;
use shared_claims::axum::{MaybeUser, SharedLoginLayer, Staff, User, script};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let login = SharedLogin::from_env()?;
    let url = login.settings().service_url();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8002").await?;
    println!("Listening: open {url}/private");
    Ok(axum::serve(listener, app(login)).await?)
}

/// A handler's arguments say who may see the page.
pub fn app(login: SharedLogin) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/private", get(private))
        .route("/staff", get(staff_room))
        .route("/sso.js", get(script))
        .layer(SharedLoginLayer::new(login))
}

async fn home(visitor: MaybeUser) -> String {
    match visitor.into_claims() {
        Some(claims) => format!("Hello, {}.", claims.full_name()),
        None => "Hello, whoever you are.".to_owned(),
    }
}

async fn private(user: User) -> String {
    format!("Hello, {}. Your data is filed under {}.", user.full_name(), user.user_uuid)
}

async fn staff_room(staff: Staff) -> String {
    format!("Tea, {}?", staff.full_name())
}

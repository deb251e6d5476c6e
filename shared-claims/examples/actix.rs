//! A service on actix-web: one open page, one for people who are logged in, one for staff.
//!
//! `AUTH_URL=http://auth.sso.localhost:8000 COOKIE_DOMAIN=sso.localhost SERVICE_URL=http://my.sso.localhost:8002 cargo run --example actix`,
//! with auth-service running.

use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpServer};
use shared_claims::SharedLogin;
use shared_claims::actix::{MaybeUser, SharedLoginMiddleware, Staff, User, script};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let login = SharedLogin::from_env()?;
    let url = login.settings().service_url();
    let app = move || App::new().wrap(SharedLoginMiddleware::new(login.clone())).configure(routes);
    let server = HttpServer::new(app).bind("127.0.0.1:8002")?;
    println!("Listening: open {url}/private");
    Ok(server.run().await?)
}

/// A handler's arguments say who may see the page.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/", web::get().to(home))
        .route("/private", web::get().to(private))
        .route("/staff", web::get().to(staff_room))
        .route("/sso.js", web::get().to(script));
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

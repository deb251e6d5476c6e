//! The pages without data of their own. Who may see one stands in its arguments.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{Data, Json};
use serde::Serialize;
use shared_claims::Claims;
use shared_claims::actix::{MaybeUser, Staff, User};

use crate::database::Database;
use crate::error::Error;
use crate::notes::Note;
use crate::templates::{Page, Templates};

#[derive(Serialize)]
struct Home {}

impl Page for Home {
    const TEMPLATE: &str = "home.html";
}

/// `GET /`: open to all, and greets who is logged in, also when the token has ended and the login has not.
pub async fn home(user: MaybeUser, templates: Data<Templates>) -> Result<HttpResponse, Error> {
    templates.answer(StatusCode::OK, user.as_ref(), &Home {})
}

#[derive(Serialize)]
struct Private {}

impl Page for Private {
    const TEMPLATE: &str = "private.html";
}

/// `GET /private`: for whoever is logged in. Shows what the login told about them.
pub async fn private(user: User, templates: Data<Templates>) -> Result<HttpResponse, Error> {
    templates.answer(StatusCode::OK, Some(&user), &Private {})
}

#[derive(Serialize)]
struct WhoAmI {}

impl Page for WhoAmI {
    const TEMPLATE: &str = "whoami.html";
}

/// `GET /whoami`: asks `/api/me` by a script, which renews the login when it has ended.
pub async fn whoami(user: User, templates: Data<Templates>) -> Result<HttpResponse, Error> {
    templates.answer(StatusCode::OK, Some(&user), &WhoAmI {})
}

#[derive(Serialize)]
struct StaffPage {
    notes: i64,
    people: i64,
}

impl Page for StaffPage {
    const TEMPLATE: &str = "staff.html";
}

/// `GET /staff`: for staff. How much is kept here, and nobody's notes.
pub async fn staff(
    user: Staff,
    database: Data<Database>,
    templates: Data<Templates>,
) -> Result<HttpResponse, Error> {
    let (notes, people) = database.run(Note::count_all).await?;
    templates.answer(StatusCode::OK, Some(&user), &StaffPage { notes, people })
}

/// `GET /api/me`: for scripts.
pub async fn me(user: User) -> Json<Claims> {
    Json(user.into_claims())
}

/// `GET /healthz`: the process is alive. Says nothing about auth-service, without which this service goes on.
pub async fn healthz() -> &'static str {
    "ok"
}

/// `GET /style.css`
pub async fn style() -> HttpResponse {
    asset("text/css; charset=utf-8", include_str!("../templates/style.css"))
}

/// `GET /whoami.js`
pub async fn whoami_script() -> HttpResponse {
    asset("text/javascript; charset=utf-8", include_str!("../templates/whoami.js"))
}

/// `GET /icon.svg`
pub async fn icon() -> HttpResponse {
    asset("image/svg+xml", include_str!("../templates/icon.svg"))
}

fn asset(media_type: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .body(text)
}

//! Handlers of the pages without data of their own. Their arguments say who may see them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use actix_web::web::{Data, Json, Query};
use serde::{Deserialize, Serialize};
use shared_claims::Claims;
use shared_claims::actix::{MaybeUser, Staff, User};

use crate::database::Database;
use crate::error::Error;
use crate::notes::Note;
use crate::templates::Templates;
use crate::view::{Page, View};

/// What the login adds to the address when it sends people here.
#[derive(Deserialize)]
pub struct Arrival {
    /// `1` after a logout. Anybody can write it into a link, so it chooses a sentence and nothing
    /// else.
    sso_logged_out: Option<String>,
}

#[derive(Serialize)]
struct Home {
    is_after_logout: bool,
}

impl Page for Home {
    const TEMPLATE: &str = "home.html";
}

/// `GET /`: open to all. Greets a person who is logged in, also if the token has expired and the
/// session has not.
pub async fn home(
    user: MaybeUser,
    arrival: Option<Query<Arrival>>,
    view: View,
) -> Result<HttpResponse, Error> {
    let is_marked = arrival.is_some_and(|arrival| arrival.sso_logged_out.as_deref() == Some("1"));
    let is_after_logout = is_marked && user.as_ref().is_none();
    view.render(StatusCode::OK, user.as_ref(), &Home { is_after_logout })
}

#[derive(Serialize)]
struct Private {}

impl Page for Private {
    const TEMPLATE: &str = "private.html";
}

/// `GET /private`: for people who are logged in. Shows their claims. A script requests `/api/me`,
/// and renews the login if it has expired.
pub async fn private(user: User, view: View) -> Result<HttpResponse, Error> {
    view.render(StatusCode::OK, Some(&user), &Private {})
}

/// `GET /whoami`: the former address of the script's page.
pub async fn whoami() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/private")).finish()
}

#[derive(Serialize)]
struct StaffPage {
    notes: i64,
    people: i64,
}

impl Page for StaffPage {
    const TEMPLATE: &str = "staff.html";
}

/// `GET /staff`: for staff. Shows counts, and no notes.
pub async fn staff(user: Staff, database: Data<Database>, view: View) -> Result<HttpResponse, Error> {
    let (notes, people) = database.run(Note::count_all).await?;
    view.render(StatusCode::OK, Some(&user), &StaffPage { notes, people })
}

/// `GET /api/me`: for scripts.
pub async fn me(user: User) -> Json<Claims> {
    Json(user.into_claims())
}

/// `GET /healthz`: the process is alive. This does not depend on auth-service, without which the
/// service goes on.
pub async fn healthz() -> &'static str {
    "ok"
}

/// `GET /style.css`
pub async fn style(templates: Data<Templates>) -> HttpResponse {
    asset("text/css; charset=utf-8", templates.style())
}

/// `GET /renewal.js`
pub async fn renewal_script() -> HttpResponse {
    asset("text/javascript; charset=utf-8", include_str!("../templates/renewal.js"))
}

/// `GET /icon.svg`, and `/favicon.ico`, which browsers ask for where a page names no icon.
pub async fn icon(templates: Data<Templates>) -> HttpResponse {
    asset("image/svg+xml", templates.icons().notes.as_str())
}

/// `GET /lists.svg`: the icon of a second service beside this one.
pub async fn lists_icon(templates: Data<Templates>) -> HttpResponse {
    asset("image/svg+xml", templates.icons().lists.as_str())
}

fn asset(media_type: &'static str, text: impl Into<String>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .body(text.into())
}

//! Notes: the example of a service's own data, filed under `user_uuid`.

mod note;
mod text;

use actix_web::HttpResponse;
use actix_web::error::ErrorBadRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Form};
use serde::{Deserialize, Serialize};
use shared_claims::actix::{JustLoggedIn, User};
use uuid::Uuid;

use crate::database::Database;
use crate::error::Error;
use crate::templates::{Page, Templates};
pub use note::Note;
use text::Text;

/// The message for a person who has [`note::MAX_NOTES`].
const FULL: &str = "You have 200 notes, and nobody can keep more. Delete one first.";

#[derive(Serialize)]
struct Notes {
    notes: Vec<Note>,
    typed: String,
    problem: Option<&'static str>,
    longest: usize,
    /// Identifies one rendering of the form, so that pressing the button twice adds one note. The
    /// page that keeps a form keeps it too.
    once: Uuid,
}

impl Page for Notes {
    const TEMPLATE: &str = "notes.html";
}

/// The fields of the page's forms: a new note, or one to delete.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    text: Option<String>,
    once: Option<Uuid>,
    delete: Option<i32>,
}

/// `GET /notes`
pub async fn show(
    user: User,
    database: Data<Database>,
    templates: Data<Templates>,
) -> Result<HttpResponse, Error> {
    page(StatusCode::OK, &user, String::new(), None, &database, &templates).await
}

/// `POST /notes`: makes the change and shows the notes again, or says what is wrong and keeps what
/// was typed.
pub async fn change(
    user: User,
    form: Form<Change>,
    database: Data<Database>,
    templates: Data<Templates>,
) -> Result<HttpResponse, actix_web::Error> {
    let owner = user.user_uuid;
    match form.into_inner() {
        Change { text: Some(typed), once, delete: None } => match Text::parse(&typed) {
            Ok(text) => match database.run(move |conn| Note::add(conn, owner, &text, once)).await? {
                true => {}
                false => return refused(&user, typed, FULL, &database, &templates).await,
            },
            Err(problem) => return refused(&user, typed, problem, &database, &templates).await,
        },
        Change { text: None, once: None, delete: Some(id) } => {
            database.run(move |conn| Note::delete(conn, owner, id)).await?
        }
        _ => return Err(ErrorBadRequest("either text or delete")),
    }
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, "/notes")).finish())
}

/// `POST /notes/all`: deletes all notes, for a person who has just authenticated. Others
/// reauthenticate first, while the form is kept.
pub async fn delete_all(user: JustLoggedIn, database: Data<Database>) -> Result<HttpResponse, Error> {
    let owner = user.user_uuid;
    database.run(move |conn| Note::delete_all_of(conn, owner)).await?;
    Ok(HttpResponse::SeeOther().insert_header((LOCATION, "/notes")).finish())
}

/// The page with what was typed, and why it was refused.
async fn refused(
    user: &User,
    typed: String,
    problem: &'static str,
    database: &Database,
    templates: &Templates,
) -> Result<HttpResponse, actix_web::Error> {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(page(status, user, typed, Some(problem), database, templates).await?)
}

async fn page(
    status: StatusCode,
    user: &User,
    typed: String,
    problem: Option<&'static str>,
    database: &Database,
    templates: &Templates,
) -> Result<HttpResponse, Error> {
    let owner = user.user_uuid;
    let notes = database.run(move |conn| Note::all_of(conn, owner)).await?;
    #[allow(clippy::disallowed_methods, reason = "a form's own name, which proves nothing")]
    let once = Uuid::new_v4();
    templates.render(status, Some(user), &Notes { notes, typed, problem, longest: text::MAX_CHARS, once })
}

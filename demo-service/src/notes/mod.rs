//! Notes: the example of a service's own data, filed under `user_uuid`.

mod note;
mod text;

use actix_web::error::ErrorBadRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use shared_claims::actix::{JustLoggedIn, User};
use uuid::Uuid;

use crate::database::Database;
use crate::error::Error;
use crate::view::{Page, View};
pub use note::Note;
use text::Text;

/// The text for a person who has [`note::MAX_NOTES`].
const FULL: &str = "notes-full";

/// The addresses after a change, whose query names what was done. It says so to whoever reloads the
/// page, too, and does nothing.
const DONE: [(&str, &str); 3] = [
    ("/notes?saved", "notes-saved"),
    ("/notes?deleted", "notes-deleted"),
    ("/notes?all-deleted", "notes-all-deleted"),
];

#[derive(Serialize)]
struct Notes {
    notes: Vec<Note>,
    typed: String,
    /// The text about what was done before.
    done: Option<&'static str>,
    /// The text about what is wrong.
    problem: Option<&'static str>,
    longest: usize,
    /// Identifies one rendering of the form, so that pressing the button twice adds one note. The
    /// page that keeps a form keeps it too.
    once: Uuid,
}

impl Page for Notes {
    const TEMPLATE: &str = "notes.html";
}

#[derive(Serialize)]
struct AskDeleteAll {
    count: i64,
}

impl Page for AskDeleteAll {
    const TEMPLATE: &str = "delete_all.html";
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
    request: HttpRequest,
    database: Data<Database>,
    view: View,
) -> Result<HttpResponse, Error> {
    let asked = format!("/notes?{}", request.query_string());
    let done = DONE.iter().find(|(address, _)| *address == asked).map(|(_, text)| *text);
    page(StatusCode::OK, &user, Form { done, ..Form::default() }, &database, &view).await
}

/// `POST /notes`: makes the change and shows the notes again, or says what is wrong and keeps what
/// was typed.
pub async fn change(
    user: User,
    form: web::Form<Change>,
    database: Data<Database>,
    view: View,
) -> Result<HttpResponse, actix_web::Error> {
    match form.into_inner() {
        Change { text: Some(typed), once, delete: None } => {
            match add(&user, &typed, once, &database).await? {
                Ok(()) => Ok(onward("/notes?saved")),
                Err(problem) => {
                    let form = Form { typed, problem: Some(problem), done: None };
                    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &user, form, &database, &view).await?)
                }
            }
        }
        Change { text: None, once: None, delete: Some(id) } => {
            let owner = user.user_uuid;
            database.run(move |conn| Note::delete(conn, owner, id)).await?;
            Ok(onward("/notes?deleted"))
        }
        _ => Err(ErrorBadRequest("either text or delete")),
    }
}

/// `GET /notes/all`: asks whether all notes are to be deleted.
pub async fn ask_delete_all(user: User, database: Data<Database>, view: View) -> Result<HttpResponse, Error> {
    let owner = user.user_uuid;
    let count = database.run(move |conn| Note::count_of(conn, owner)).await?;
    view.render(StatusCode::OK, Some(&user), &AskDeleteAll { count })
}

/// `POST /notes/all`: deletes all notes, for a person who has just authenticated. Others
/// reauthenticate first, while the form is kept.
pub async fn delete_all(user: JustLoggedIn, database: Data<Database>) -> Result<HttpResponse, Error> {
    let owner = user.user_uuid;
    database.run(move |conn| Note::delete_all_of(conn, owner)).await?;
    Ok(onward("/notes?all-deleted"))
}

/// Adds a note, or names the text that says why not.
async fn add(
    user: &User,
    typed: &str,
    once: Option<Uuid>,
    database: &Database,
) -> Result<Result<(), &'static str>, Error> {
    let owner = user.user_uuid;
    let text = match Text::parse(typed) {
        Ok(text) => text,
        Err(problem) => return Ok(Err(problem)),
    };
    let is_added = database.run(move |conn| Note::add(conn, owner, &text, once)).await?;
    Ok(if is_added { Ok(()) } else { Err(FULL) })
}

fn onward(address: &'static str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, address)).finish()
}

/// The state of the form for a new note.
#[derive(Default)]
struct Form {
    typed: String,
    done: Option<&'static str>,
    problem: Option<&'static str>,
}

async fn page(
    status: StatusCode,
    user: &User,
    Form { typed, done, problem }: Form,
    database: &Database,
    view: &View,
) -> Result<HttpResponse, Error> {
    let owner = user.user_uuid;
    let notes = database.run(move |conn| Note::all_of(conn, owner)).await?;
    #[allow(clippy::disallowed_methods, reason = "a form's own name, which proves nothing")]
    let once = Uuid::new_v4();
    let page = Notes { notes, typed, done, problem, longest: text::MAX_CHARS, once };
    view.render(status, Some(user), &page)
}

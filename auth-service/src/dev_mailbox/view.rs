//! The request handlers of `/dev/mail`.

use std::path::PathBuf;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, ContentType, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use uuid::Uuid;

use super::PATH;
use super::page::{Line, MailboxPage, StoredLetterPage};
use crate::app::App;
use crate::error::Error;
use crate::i18n::Message;
use crate::mail::StoredLetter;
use crate::pages::Layout;

/// How many letters are listed.
const MAX_LISTED: usize = 100;

/// The page frames a letter of this origin, and runs nothing.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; \
                           form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/// A letter brings its own style, as mail programs want it. It is framed by the page alone.
const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; \
                             frame-ancestors 'self'; base-uri 'none'; object-src 'none'";

/// `GET /dev/mail`
pub async fn list(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let folder = folder(&app)?;
    let stored = web::block(move || StoredLetter::latest(&folder, MAX_LISTED)).await;
    let now = app.clock.estimate();
    let letters = stored.unwrap_or_default().iter().map(|letter| Line::new(letter, now)).collect();
    app.pages.answer(StatusCode::OK, &Layout::bare(&request), &MailboxPage { letters })
}

/// `GET /dev/mail/{id}`: the letter in a frame, and its text part below it.
pub async fn letter(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Error> {
    let letter = read(&app, &id).await?;
    let page = StoredLetterPage {
        letter: Line::new(&letter, app.clock.estimate()),
        html_url: format!("{PATH}/{}/html", letter.id),
        text: letter.text,
    };
    let mut answer = app.pages.answer(StatusCode::OK, &Layout::bare(&request), &page)?;
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    Ok(answer)
}

/// `GET /dev/mail/{id}/html`: the HTML part. Its links leave the frame.
pub async fn html(app: web::Data<App>, id: web::Path<String>) -> Result<HttpResponse, Error> {
    let letter = read(&app, &id).await?;
    let html = letter.html.replacen("<head>", "<head><base target=\"_top\">", 1);
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, LETTER_POLICY))
        .body(html))
}

async fn read(app: &App, id: &str) -> Result<StoredLetter, Error> {
    let (folder, id) = (folder(app)?, id.parse::<Uuid>().map_err(|_| nothing_here())?);
    let read = web::block(move || StoredLetter::read(&folder, id)).await;
    read.ok().flatten().ok_or_else(nothing_here)
}

/// Where letters land, if that is a folder.
fn folder(app: &App) -> Result<PathBuf, Error> {
    app.config.mail.folder().cloned().ok_or_else(nothing_here)
}

fn nothing_here() -> Error {
    Error::refuse(StatusCode::NOT_FOUND, Message::new("error-nothing-here-advice"))
}

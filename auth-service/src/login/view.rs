//! Answers to `/login`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::form::{LoginForm, LoginPage, Remarks};
use crate::accounts::{Authenticated, Email, Session, SignedIn, User, authenticate};
use crate::app::App;
use crate::error::Error;
use crate::web::form::STALE;
use crate::web::{Browser, Next, NextQuery, Posted, Shell, see_other};

const WRONG: &str = "Please enter a correct email and password. Capital letters matter in the password.";
const INACTIVE: &str = "This account is inactive.";

/// `GET /login`: renews a live session and goes on to `next`, or shows the form. A failed renewal takes no cookie
/// away: the failure may be another tab's success.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: Browser,
    query: NextQuery,
) -> Result<HttpResponse, Error> {
    require_navigation(&request)?;
    let next = app.next(query.0.as_deref());
    match app.renew(&request).await? {
        Some((user, session)) => app.admit(see_other(&app.destination(next.as_ref(), "/")), &user, &session),
        None => page(&app, &browser, StatusCode::OK, next.as_ref(), "", &Remarks::default()),
    }
}

/// `HEAD /login`: what the form would answer; renews nothing.
pub async fn form_alone(
    app: web::Data<App>,
    browser: Browser,
    query: NextQuery,
) -> Result<HttpResponse, Error> {
    let next = app.next(query.0.as_deref());
    page(&app, &browser, StatusCode::OK, next.as_ref(), "", &Remarks::default())
}

/// `POST /login`: begins a session, or shows the form again with a message.
pub async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    browser: Browser,
    posted: Posted<LoginForm>,
) -> Result<HttpResponse, Error> {
    let (form, is_stale) = match posted {
        Posted::Genuine(form) => (form, false),
        Posted::Stale(form) => (form, true),
    };
    let next = app.next(form.next.as_deref());
    let again = |status, remarks: &Remarks| page(&app, &browser, status, next.as_ref(), &form.email, remarks);
    if is_stale {
        return again(StatusCode::FORBIDDEN, &Remarks { form: Some(STALE), ..Remarks::default() });
    }
    let (Ok(email), false) = (Email::parse(&form.email), form.password.is_empty()) else {
        return again(StatusCode::UNPROCESSABLE_ENTITY, &Remarks::on_what_is_missing(&form));
    };
    let refusal = match authenticate(&app.db, &app.hashers, email, form.password.clone()).await? {
        Authenticated::Yes(user) => match begin(&app, &request, &user).await? {
            SignedIn::Yes(session) => {
                tracing::info!(event = "login", user = %user.id, session = %session.id);
                browser.renew();
                return app.admit(see_other(&app.destination(next.as_ref(), "/")), &user, &session);
            }
            SignedIn::TooLate => WRONG,
        },
        Authenticated::Inactive => INACTIVE,
        Authenticated::No => WRONG,
    };
    again(StatusCode::UNAUTHORIZED, &Remarks { form: Some(refusal), ..Remarks::default() })
}

async fn begin(app: &App, request: &HttpRequest, user: &User) -> Result<SignedIn, Error> {
    let (user, before) = (user.clone(), App::refresh_token(request));
    let (key, limits, now) = (app.refresh_key.clone(), app.config.session_limits, app.clock.now());
    let sign_in = move |conn: &mut _| Session::sign_in(conn, &user, before.as_ref(), &key, limits, now);
    Ok(app.db.query(sign_in).await?)
}

/// R15: an image, a frame or a script of another page must not move the session on behind a person's back.
fn require_navigation(request: &HttpRequest) -> Result<(), Error> {
    match request.headers().get("sec-fetch-dest").map(|value| value.as_bytes()) {
        None | Some(b"document") => Ok(()),
        Some(_) => Err(Error::refuse(
            StatusCode::FORBIDDEN,
            "This page can only be opened by itself, not from within another page.",
        )),
    }
}

fn page(
    app: &App,
    browser: &Browser,
    status: StatusCode,
    next: Option<&Next>,
    entered: &str,
    remarks: &Remarks,
) -> Result<HttpResponse, Error> {
    let links = (
        next.map(|next| next.as_str().to_owned()),
        Next::carried_by(next, "/register"),
        browser.form_token()?,
    );
    app.pages.answer(status, &Shell::of(browser), &LoginPage::new(entered, remarks, links))
}

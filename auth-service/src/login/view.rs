//! Answers to `/login`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::form::{LoginForm, LoginPage, Remarks};
use crate::accounts::Email;
use crate::app::{App, LogIn};
use crate::audit::Client;
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
    client: Client,
    browser: Browser,
    query: NextQuery,
) -> Result<HttpResponse, Error> {
    require_navigation(&request)?;
    let next = app.next(query.0.as_deref());
    match app.renew(App::refresh_token(&request), client).await? {
        Some(current) => app.admit(see_other(&app.destination(next.as_ref(), "/")), &current).await,
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
    client: Client,
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
    let before = App::refresh_token(&request);
    let refusal = match app.log_in((email, form.password.clone()), before, client).await? {
        LogIn::Yes(current) => {
            browser.renew();
            return app.admit(see_other(&app.destination(next.as_ref(), "/")), &current).await;
        }
        LogIn::Inactive => INACTIVE,
        LogIn::No => WRONG,
    };
    again(StatusCode::UNAUTHORIZED, &Remarks { form: Some(refusal), ..Remarks::default() })
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

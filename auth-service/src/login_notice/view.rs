//! Request handlers of `/account/sessions/not-me`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::disown::disown;
use super::page::{NotMeForm, NotMePage, TooOldPage};
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::{BrowserSession, CsrfForm, Level};
use crate::http::security_headers::hide_address;
use crate::http::see_other;
use crate::i18n::Message;
use crate::pages::Layout;
use crate::proofs::{LinkToken, Presented, Proof};
use crate::sign_in::{NOT_ME, NOT_ME_PATH};

/// `GET /account/sessions/not-me`: the button. Opening the link changes nothing.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
) -> Result<HttpResponse, Error> {
    match LinkToken::in_query(request.query_string()) {
        Some(link) => button(&app, &browser, link, None).await,
        None => too_old(&app, &browser),
    }
}

/// `POST /account/sessions/not-me`: ends the login that the notice told of, closes the password,
/// and leads to a new one.
pub async fn submit(
    app: web::Data<App>,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<NotMeForm>,
) -> Result<HttpResponse, Error> {
    let (form, stale) = match posted {
        CsrfForm::Valid(form) => (form, None),
        CsrfForm::Stale(form, why) => (form, Some(why)),
    };
    let Some(link) = LinkToken::parse(&form.token) else { return too_old(&app, &browser) };
    if stale.is_some() {
        return button(&app, &browser, link, stale).await;
    }
    let (presented, keys) = (Presented::Link(link), app.proof_keys.clone());
    let end = move |conn: &mut _| disown(conn, &presented, &keys, &context);
    let Some(user) = app.db.query_on_writer(end).await? else { return too_old(&app, &browser) };
    browser.carry_address(user.email.as_str())?;
    browser.flash(Level::Success, Message::new("not-me-done"))?;
    Ok(see_other(&app.config.auth_url.join("/password/forgot")))
}

async fn button(
    app: &App,
    browser: &BrowserSession,
    link: LinkToken,
    stale: Option<Message>,
) -> Result<HttpResponse, Error> {
    let (clock, token) = (app.clock.clone(), link.text());
    let look = move |conn: &mut _| {
        let now = clock.read(conn)?;
        Proof::by_link(conn, &NOT_ME, &link, now)
    };
    if app.db.query(look).await?.is_none() {
        return too_old(app, browser);
    }
    let status = if stale.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK };
    let page = NotMePage {
        errors: stale.into_iter().collect(),
        action: NOT_ME_PATH,
        token,
        csrf_token: browser.csrf_token()?,
    };
    let mut answer = app.pages.answer(status, &Layout::of(browser), &page)?;
    hide_address(&mut answer);
    Ok(answer)
}

fn too_old(app: &App, browser: &BrowserSession) -> Result<HttpResponse, Error> {
    let mut answer = app.pages.answer(StatusCode::GONE, &Layout::of(browser), &TooOldPage {})?;
    hide_address(&mut answer);
    Ok(answer)
}

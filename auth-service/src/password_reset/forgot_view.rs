//! Request handlers of `/password/forgot`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::ask::{Asking, Desk};
use super::forgot_form::{ForgotForm, ForgotPage, WithoutMailPage};
use super::{PURPOSE, RESET};
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::{AwaitedLetter, BrowserSession, CsrfForm};
use crate::http::see_other;
use crate::i18n::Message;
use crate::pages::Layout;
use crate::rate_limit::Network;
use crate::users::Email;

const NO_ADDRESS: Message = Message::new("login-email-missing");
const TOO_MANY: Message = Message::new("forgot-too-many");

/// `GET /password/forgot`: the form, or who gives new passwords where no mail is sent.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
) -> Result<HttpResponse, Error> {
    let layout = Layout::of(&browser).naming(app.visitor(&request).await);
    if !app.postbox.is_on() {
        return app.pages.answer(StatusCode::OK, &layout, &WithoutMailPage {});
    }
    let own = || layout.user.as_ref().map(|user| user.email.clone());
    let entered = browser.take_address().or_else(own).unwrap_or_default();
    let page = ForgotPage::new(&entered, None, None, browser.csrf_token()?);
    app.pages.answer(StatusCode::OK, &layout, &page)
}

/// `POST /password/forgot`: posts the letter if there is an account, and leads to the form for its
/// code in either case.
pub async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<ForgotForm>,
) -> Result<HttpResponse, Error> {
    let layout = Layout::of(&browser).naming(app.visitor(&request).await);
    if !app.postbox.is_on() {
        return app.pages.answer(StatusCode::FORBIDDEN, &layout, &WithoutMailPage {});
    }
    let (form, stale) = match posted {
        CsrfForm::Valid(form) => (form, None),
        CsrfForm::Stale(form, why) => (form, Some(why)),
    };
    let again = |status, about_form, about_email| {
        let page = ForgotPage::new(&form.email, about_form, about_email, browser.csrf_token()?);
        app.pages.answer(status, &layout, &page)
    };
    if stale.is_some() {
        return again(StatusCode::FORBIDDEN, stale, None);
    }
    let Ok(email) = Email::parse(&form.email) else {
        return again(StatusCode::UNPROCESSABLE_ENTITY, None, Some(NO_ADDRESS));
    };
    let running = || app.clock.running();
    let Some(place) = app.reset_requests.take(Network::from(&context), running).await else {
        return again(StatusCode::TOO_MANY_REQUESTS, Some(TOO_MANY), None);
    };
    place.use_up(running());
    ask(&app, &browser, email, context).await?;
    Ok(see_other(&app.config.auth_url.join(RESET)))
}

/// Asks for the letter, and lets this browser type its code.
async fn ask(
    app: &App,
    browser: &BrowserSession,
    email: Email,
    context: RequestContext,
) -> Result<(), Error> {
    let address = email.to_string();
    let (desk, asking) = (Desk::from(app), Asking { email, language: app.reader(browser, None).language });
    let proof = app.db.query_on_writer(move |conn| asking.run(conn, &desk, &context)).await?;
    app.postbox.ring();
    browser.await_letter(PURPOSE.name, AwaitedLetter { proof: proof.uuid(), address })
}

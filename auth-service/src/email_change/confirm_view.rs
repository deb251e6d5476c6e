//! Request handlers of `/account/email/confirm`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::confirm::{self, Outcome};
use super::form::ProofForm;
use super::page::{CodePage, LinkPage, TooOldPage};
use super::view::desk;
use super::{CHANGE, CONFIRM, PATH};
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::{AwaitedLetter, BrowserSession, CsrfForm, Level};
use crate::http::security_headers::hide_address;
use crate::http::see_other;
use crate::i18n::Message;
use crate::pages::Layout;
use crate::proofs::{LinkToken, Presented, Proof, ProofId, Purpose};
use crate::sessions::RefreshToken;
use crate::users::User;

/// `GET /account/email/confirm`: the page for the code, or the button behind a link.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
) -> Result<HttpResponse, Error> {
    match (LinkToken::in_query(request.query_string()), browser.awaited_letter(CHANGE.name)) {
        (Some(link), _) => button(&app, &browser, (&CHANGE, link), None).await,
        (None, Some(letter)) => code_page(&app, &browser, &letter, StatusCode::OK, (None, None)),
        (None, None) => Ok(see_other(&app.config.auth_url.join(PATH))),
    }
}

/// `POST /account/email/confirm`: changes the address.
pub async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<ProofForm>,
) -> Result<HttpResponse, Error> {
    let (form, stale) = match posted {
        CsrfForm::Valid(form) => (form, None),
        CsrfForm::Stale(form, why) => (form, Some(why)),
    };
    if let Some(link) = form.token.as_deref().map(LinkToken::parse) {
        let Some(link) = link else { return too_old(&app, &browser, false) };
        if stale.is_some() {
            return button(&app, &browser, (&CHANGE, link), stale).await;
        }
        return match carry_out(&app, Presented::Link(link), context).await? {
            Outcome::Done(user) => done(&app, &request, &browser, &user).await,
            Outcome::Taken => too_old(&app, &browser, true),
            Outcome::Wrong(_) | Outcome::Over => too_old(&app, &browser, false),
        };
    }
    let Some(letter) = browser.awaited_letter(CHANGE.name) else {
        return Ok(see_other(&app.config.auth_url.join(PATH)));
    };
    let again = |status, remarks| code_page(&app, &browser, &letter, status, remarks);
    let typed = form.code.unwrap_or_default();
    if stale.is_some() {
        return again(StatusCode::FORBIDDEN, (stale, None));
    }
    let invalid = |message| again(StatusCode::UNPROCESSABLE_ENTITY, (None, Some(message)));
    if typed.trim().is_empty() {
        return invalid(Message::new("verify-empty"));
    }
    match carry_out(&app, Presented::Code(ProofId::from(letter.proof), typed), context).await? {
        Outcome::Done(user) => done(&app, &request, &browser, &user).await,
        Outcome::Taken => too_old(&app, &browser, true),
        Outcome::Wrong(left) if left > 0 => invalid(Message::new("verify-wrong").with("left", left)),
        Outcome::Wrong(_) | Outcome::Over => invalid(Message::new("email-code-over")),
    }
}

async fn carry_out(app: &App, presented: Presented, context: RequestContext) -> Result<Outcome, Error> {
    let desk = desk(app);
    let outcome =
        app.db.query_on_writer(move |conn| confirm::carry_out(conn, &presented, &desk, &context)).await?;
    app.postbox.ring();
    Ok(outcome)
}

/// The answer after a change. A browser that is logged in as this person gets tokens that say so.
async fn done(
    app: &App,
    request: &HttpRequest,
    browser: &BrowserSession,
    user: &User,
) -> Result<HttpResponse, Error> {
    browser.letter_arrived(CHANGE.name)?;
    browser.flash(Level::Success, Message::new("email-changed").with("address", user.email.as_str()))?;
    let current = app.sessions.current(RefreshToken::of(request)).await?;
    match current.filter(|current| current.user.id == user.id) {
        Some(current) => {
            browser.remember_account(app.sign_in.marks.of(&current.user.email).to_string())?;
            let home = see_other(&app.config.auth_url.join("/"));
            app.cookies.set_session_cookies(home, &app.tokens.issue(&current).await?)
        }
        None => Ok(see_other(&app.config.auth_url.join("/login"))),
    }
}

/// The page behind a link: a button, because mail scanners open links.
pub(super) async fn button(
    app: &App,
    browser: &BrowserSession,
    (purpose, link): (&'static Purpose, LinkToken),
    stale: Option<Message>,
) -> Result<HttpResponse, Error> {
    let (clock, token) = (app.clock.clone(), link.text());
    let look = move |conn: &mut _| {
        let now = clock.read(conn)?;
        Proof::by_link(conn, purpose, &link, now)
    };
    let Some(address) = app.db.query(look).await?.and_then(|proof| proof.detail) else {
        return too_old(app, browser, false);
    };
    let status = if stale.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK };
    let is_undo = purpose.name != CHANGE.name;
    let page = LinkPage {
        is_undo,
        address,
        action: if is_undo { super::UNDO } else { CONFIRM },
        errors: stale.into_iter().collect(),
        token,
        csrf_token: browser.csrf_token()?,
    };
    let mut answer = app.pages.answer(status, &Layout::of(browser), &page)?;
    hide_address(&mut answer);
    Ok(answer)
}

pub(super) fn too_old(app: &App, browser: &BrowserSession, is_taken: bool) -> Result<HttpResponse, Error> {
    let page = TooOldPage { is_taken, back_url: PATH };
    let mut answer = app.pages.answer(StatusCode::GONE, &Layout::of(browser), &page)?;
    hide_address(&mut answer);
    Ok(answer)
}

fn code_page(
    app: &App,
    browser: &BrowserSession,
    letter: &AwaitedLetter,
    status: StatusCode,
    (on_form, on_code): (Option<Message>, Option<Message>),
) -> Result<HttpResponse, Error> {
    let page = CodePage::new(&letter.address, on_form, on_code, browser.csrf_token()?);
    app.pages.answer(status, &Layout::of(browser), &page)
}

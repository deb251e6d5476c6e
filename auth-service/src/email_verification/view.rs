//! Request handlers of `/email/verify`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use url::form_urlencoded;

use super::form::{AgainForm, VerifyForm};
use super::page::{ConfirmPage, TooOldPage, VerifyLinks, VerifyPage};
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::{AwaitedLetter, BrowserSession, CsrfForm, Level};
use crate::http::security_headers::hide_address;
use crate::http::{Next, NextQuery, see_other};
use crate::i18n::Message;
use crate::pages::Layout;
use crate::proofs::{LinkToken, Presented, Proof, ProofId};
use crate::sessions::RefreshToken;
use crate::sign_in::Attempt;
use crate::users::{Email, User};
use crate::verification::{PATH, PURPOSE, Verified};

/// `GET /email/verify`: the page for the code, or for the link, which is not used up by it.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
    query: NextQuery,
) -> Result<HttpResponse, Error> {
    let next = app.destinations.next(query.0.as_deref());
    if has_token(&request) {
        return match LinkToken::in_query(request.query_string()) {
            Some(link) if is_open(&app, link.clone()).await? => {
                confirm(&app, &browser, (link.text(), next.as_ref()), None)
            }
            _ => too_old(&app, &browser, next.as_ref()),
        };
    }
    match browser.awaited_letter(PURPOSE.name) {
        Some(letter) => ask_for_code(&app, &browser, (letter, next.as_ref()), StatusCode::OK, (None, None)),
        None => Ok(see_other(&app.config.auth_url.join(&Next::carried_by(next.as_ref(), "/login")))),
    }
}

/// `POST /email/verify`: takes the code or the link. In the browser that asked for it the person is
/// then logged in, and on the way to `next`.
pub async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<VerifyForm>,
) -> Result<HttpResponse, Error> {
    let (form, stale) = match posted {
        CsrfForm::Valid(form) => (form, None),
        CsrfForm::Stale(form, why) => (form, Some(why)),
    };
    let next = app.destinations.next(form.next.as_deref());
    let awaited = browser.awaited_letter(PURPOSE.name);
    if let Some(token) = form.token {
        if stale.is_some() {
            return confirm(&app, &browser, (token, next.as_ref()), stale);
        }
        let Some(link) = LinkToken::parse(&token) else { return too_old(&app, &browser, next.as_ref()) };
        return match app.verification.take(Presented::Link(link), context.clone()).await? {
            Verified::Done(user, proof) => {
                let is_same = awaited.is_some_and(|letter| ProofId::from(letter.proof) == proof);
                done(&app, &request, &browser, (*user, is_same), next.as_ref(), context).await
            }
            Verified::Wrong(_) | Verified::Over => too_old(&app, &browser, next.as_ref()),
        };
    }
    let Some(letter) = awaited else {
        return Ok(see_other(&app.config.auth_url.join(&Next::carried_by(next.as_ref(), "/login"))));
    };
    let again =
        |status, remarks| ask_for_code(&app, &browser, (letter.clone(), next.as_ref()), status, remarks);
    if stale.is_some() {
        return again(StatusCode::FORBIDDEN, (stale, None));
    }
    let typed = form.code.unwrap_or_default();
    if typed.trim().is_empty() {
        return again(StatusCode::UNPROCESSABLE_ENTITY, (None, Some(Message::new("verify-empty"))));
    }
    let presented = Presented::Code(ProofId::from(letter.proof), typed);
    match app.verification.take(presented, context.clone()).await? {
        Verified::Done(user, _) => {
            done(&app, &request, &browser, (*user, true), next.as_ref(), context).await
        }
        Verified::Wrong(left) if left > 0 => {
            let wrong = Message::new("verify-wrong").with("left", left);
            again(StatusCode::UNPROCESSABLE_ENTITY, (None, Some(wrong)))
        }
        Verified::Wrong(_) | Verified::Over => {
            again(StatusCode::UNPROCESSABLE_ENTITY, (None, Some(Message::new("verify-over"))))
        }
    }
}

/// `POST /email/verify/again`: posts another letter, and says the same whether or not it did.
pub async fn ask_again(
    app: web::Data<App>,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<AgainForm>,
) -> Result<HttpResponse, Error> {
    let (form, stale) = match posted {
        CsrfForm::Valid(form) => (form, None),
        CsrfForm::Stale(form, why) => (form, Some(why)),
    };
    let next = app.destinations.next(form.next.as_deref());
    let Some(letter) = browser.awaited_letter(PURPOSE.name) else {
        return Ok(see_other(&app.config.auth_url.join(&Next::carried_by(next.as_ref(), "/login"))));
    };
    if stale.is_some() {
        return ask_for_code(&app, &browser, (letter, next.as_ref()), StatusCode::FORBIDDEN, (stale, None));
    }
    let reader = app.reader(&browser, next.as_ref());
    let address = Email::parse(&letter.address).map_err(Error::internal)?;
    let awaited = (ProofId::from(letter.proof), address);
    let proof = app.verification.ask_again(awaited, reader, context).await?;
    browser.await_letter(PURPOSE.name, AwaitedLetter { proof: proof.uuid(), ..letter })?;
    browser.flash(Level::Info, Message::new("verify-sent-again"))?;
    Ok(see_other(&app.config.auth_url.join(&Next::carried_by(next.as_ref(), PATH))))
}

/// The address is verified. The browser that asked for the letter gave the password before, so it
/// is logged in; any other browser is not, whoever uses it.
async fn done(
    app: &App,
    request: &HttpRequest,
    browser: &BrowserSession,
    (user, is_asker): (User, bool),
    next: Option<&Next>,
    context: RequestContext,
) -> Result<HttpResponse, Error> {
    if is_asker {
        browser.letter_arrived(PURPOSE.name)?;
        let before = RefreshToken::of(request);
        if let Attempt::SignedIn(current) = app.sign_in.first_login(user, before, context).await? {
            browser.renew();
            browser.remember_account(app.sign_in.marks.of(&current.user.email).to_string())?;
            let onward = see_other(&app.destinations.url(next, "/"));
            return app.cookies.set_session_cookies(onward, &app.tokens.issue(&current).await?);
        }
    }
    browser.flash(Level::Success, Message::new("verify-done"))?;
    Ok(see_other(&app.config.auth_url.join(&Next::carried_by(next, "/login"))))
}

/// A link that a mail program has cut is a link all the same.
fn has_token(request: &HttpRequest) -> bool {
    form_urlencoded::parse(request.query_string().as_bytes()).any(|(name, _)| name == "token")
}

async fn is_open(app: &App, link: LinkToken) -> Result<bool, Error> {
    let clock = app.clock.clone();
    let look = move |conn: &mut _| {
        let now = clock.read(conn)?;
        Proof::by_link(conn, &PURPOSE, &link, now)
    };
    Ok(app.db.query(look).await?.is_some())
}

fn ask_for_code(
    app: &App,
    browser: &BrowserSession,
    (letter, next): (AwaitedLetter, Option<&Next>),
    status: StatusCode,
    (on_form, on_code): (Option<Message>, Option<Message>),
) -> Result<HttpResponse, Error> {
    let links = VerifyLinks {
        address: letter.address,
        register_url: app.config.registration.has_form().then(|| Next::carried_by(next, "/register")),
        next: next.map(|next| next.as_str().to_owned()),
        csrf_token: browser.csrf_token()?,
    };
    let page = VerifyPage::new(on_form.into_iter().collect(), on_code, links);
    app.pages.answer(status, &Layout::of(browser), &page)
}

/// The page for a link: a button, because mail scanners open links.
fn confirm(
    app: &App,
    browser: &BrowserSession,
    (token, next): (String, Option<&Next>),
    stale: Option<Message>,
) -> Result<HttpResponse, Error> {
    let status = if stale.is_some() { StatusCode::FORBIDDEN } else { StatusCode::OK };
    let page = ConfirmPage {
        errors: stale.into_iter().collect(),
        token,
        next: next.map(|next| next.as_str().to_owned()),
        csrf_token: browser.csrf_token()?,
    };
    let mut answer = app.pages.answer(status, &Layout::of(browser), &page)?;
    hide_address(&mut answer);
    Ok(answer)
}

fn too_old(app: &App, browser: &BrowserSession, next: Option<&Next>) -> Result<HttpResponse, Error> {
    let page = TooOldPage { login_url: Next::carried_by(next, "/login") };
    let mut answer = app.pages.answer(StatusCode::GONE, &Layout::of(browser), &page)?;
    hide_address(&mut answer);
    Ok(answer)
}

//! Request handlers of `/account/email/undo`.

use actix_web::{HttpRequest, HttpResponse, web};

use super::confirm_view::{button, too_old};
use super::form::ProofForm;
use super::undo::{Outcome, undo};
use super::view::desk;
use super::{PATH, UNDO_CHANGE};
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::{BrowserSession, CsrfForm, Level};
use crate::http::see_other;
use crate::i18n::Message;
use crate::proofs::{LinkToken, Presented};

/// `GET /account/email/undo`: the button behind the link.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
) -> Result<HttpResponse, Error> {
    match LinkToken::in_query(request.query_string()) {
        Some(link) => button(&app, &browser, (&UNDO_CHANGE, link), None).await,
        None => Ok(see_other(&app.config.auth_url.join(PATH))),
    }
}

/// `POST /account/email/undo`: gives the account its former address, ends every session, and leads
/// to a new password, because somebody else may know the present one.
pub async fn submit(
    app: web::Data<App>,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<ProofForm>,
) -> Result<HttpResponse, Error> {
    let (form, stale) = match posted {
        CsrfForm::Valid(form) => (form, None),
        CsrfForm::Stale(form, why) => (form, Some(why)),
    };
    let Some(link) = form.token.as_deref().and_then(LinkToken::parse) else {
        return too_old(&app, &browser, false);
    };
    if stale.is_some() {
        return button(&app, &browser, (&UNDO_CHANGE, link), stale).await;
    }
    let (presented, desk) = (Presented::Link(link), desk(&app));
    match app.db.query_on_writer(move |conn| undo(conn, &presented, &desk, &context)).await? {
        Outcome::Done(address) => {
            browser.renew();
            browser.carry_address(address.as_str())?;
            browser.flash(Level::Success, Message::new("email-undone"))?;
            app.cookies.clear_site_data(see_other(&app.config.auth_url.join("/password/forgot")))
        }
        Outcome::Taken => too_old(&app, &browser, true),
        Outcome::Over => too_old(&app, &browser, false),
    }
}

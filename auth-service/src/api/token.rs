//! `POST /api/token/`: an address and a password for a pair of tokens.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::pair;
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::{Document, Json};
use crate::i18n::Message;
use crate::passwords::Password;
use crate::sign_in::{Attempt, Before, Credentials};
use crate::users::Email;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    email: String,
    password: Password,
}

impl Document for Sent {
    const SHAPE: &'static str = "Please send an object with the two strings email and password.";
}

/// Begins a session. Programs hold no cookie, so they wait with the strangers of their network. An
/// inactive account gets the answer of a wrong password: programs need not know.
pub(super) async fn obtain(
    app: web::Data<App>,
    context: RequestContext,
    Json(sent): Json<Sent>,
) -> Result<HttpResponse, Error> {
    let (Ok(email), false) = (Email::parse(&sent.email), sent.password.is_empty()) else {
        return Err(Error::refuse(StatusCode::UNPROCESSABLE_ENTITY, Message::verbatim(Sent::SHAPE)));
    };
    let credentials = Credentials { email, password: sent.password };
    match app.sign_in.attempt(credentials, Before::default(), context).await? {
        Attempt::SignedIn(current) => pair::answer(&app, &current).await,
        Attempt::Unverified(_) => Err(Error::refuse(
            StatusCode::FORBIDDEN,
            Message::verbatim("Please log in on our page once, and confirm the email address there."),
        )
        .code("email_not_verified")),
        Attempt::Inactive | Attempt::Rejected(_) => Err(Error::refuse(
            StatusCode::UNAUTHORIZED,
            Message::verbatim("There is no active account with this email address and password."),
        )
        .code("no_active_account")),
    }
}

//! Registration where addresses must be verified: the answer is the same whether or not the address
//! has an account, and its owner learns the rest by mail (ASVS 6.3.8).

use actix_web::HttpResponse;
use diesel::QueryResult;
use serde::Serialize;

use crate::app::App;
use crate::audit::{AuditEvent, EventKind, RequestContext};
use crate::db::AnyConnection;
use crate::error::Error;
use crate::forms::{AwaitedLetter, BrowserSession};
use crate::http::{Next, see_other};
use crate::mail::{Addressee, Postbox};
use crate::pages::Letter;
use crate::proofs::{Proof, ProofId};
use crate::users::{CreateUserError, Email, NewUser, User};
use crate::verification::{self, Reader, Verification};

/// `templates/registration/known.*`: to the owner of an address that was registered again.
#[derive(Debug, Serialize)]
pub struct KnownLetter {
    login_url: String,
}

impl Letter for KnownLetter {
    const TEMPLATE: &'static str = "registration/known";

    fn samples() -> Vec<Self> {
        vec![Self { login_url: "https://auth.example.org/login".to_owned() }]
    }
}

/// Creates the account, or tells the owner of the one that is there. Both are one transaction with
/// about the same work, and lead to the page for the code.
pub(super) async fn register(
    app: &App,
    browser: &BrowserSession,
    new: NewUser,
    form: String,
    next: Option<&Next>,
    context: RequestContext,
) -> Result<HttpResponse, Error> {
    let (verification, postbox) = (app.verification.clone(), app.postbox.clone());
    let (reader, address) = (app.reader(browser, next), new.email.to_string());
    let letter = KnownLetter { login_url: app.config.auth_url.join("/login") };
    let desk = Desk { verification, postbox, reader, letter };
    let write = move |conn: &mut AnyConnection| {
        // Somebody else may register the address between our look and our row. The second time we
        // see theirs.
        match desk.receive(conn, &new, &form, &context) {
            Err(CreateUserError::EmailTaken) => desk.receive(conn, &new, &form, &context),
            other => other,
        }
    };
    let proof = app.db.run_on_writer(write).await.map_err(|refused| match refused {
        CreateUserError::EmailTaken => Error::internal("the address is taken, and has no account"),
        CreateUserError::Database(error) => error.into(),
    })?;
    app.postbox.ring();
    browser.await_letter(verification::PURPOSE.name, AwaitedLetter { proof: proof.uuid(), address })?;
    Ok(see_other(&app.config.auth_url.join(&Next::carried_by(next, verification::PATH))))
}

struct Desk {
    verification: Verification,
    postbox: Postbox,
    reader: Reader,
    letter: KnownLetter,
}

impl Desk {
    fn receive(
        &self,
        conn: &mut AnyConnection,
        new: &NewUser,
        form: &str,
        context: &RequestContext,
    ) -> Result<ProofId, CreateUserError> {
        conn.write(|conn| {
            let context = &context.read_time(conn)?;
            let Some(user) = holder_of(conn, &new.email, context)? else {
                let user = User::insert(conn, new, Some(form), context)?;
                return Ok(self.verification.ask(conn, (Some(&user), &new.email), &self.reader, context)?);
            };
            if let Some(proof) = self.of_same_form(conn, &user, form, context)? {
                return Ok(proof);
            }
            self.tell_owner(conn, &user, context)?;
            Ok(self.verification.ask_in_vain(conn, context)?)
        })
    }

    /// The proof that the first of two presses of the button asked for. The browser shows the
    /// second answer, so the code must work there.
    fn of_same_form(
        &self,
        conn: &mut AnyConnection,
        user: &User,
        form: &str,
        context: &RequestContext,
    ) -> QueryResult<Option<ProofId>> {
        if !AuditEvent::was_by_form(conn, EventKind::Registered, user.id.uuid(), form)? {
            return Ok(None);
        }
        Proof::latest_of(conn, &verification::PURPOSE, (user.id, &user.email), context.now())
    }

    fn tell_owner(&self, conn: &mut AnyConnection, user: &User, context: &RequestContext) -> QueryResult<()> {
        let to = Addressee {
            language: user.language.clone().or_else(|| Some(self.reader.language.clone())),
            ..Addressee::from(user)
        };
        if user.is_active && self.postbox.has_room::<KnownLetter>(conn, &to, context)? {
            self.postbox.post(conn, &to, &self.letter, context)?;
        }
        let event = AuditEvent::new(EventKind::RegisteredAgain, context).user(user.id.uuid());
        event.record_or_count_locked(conn)
    }
}

/// The account of an address, or the one that may take it back.
fn holder_of(conn: &mut AnyConnection, email: &Email, context: &RequestContext) -> QueryResult<Option<User>> {
    let found = User::by_email(conn, email)?;
    // Asked in this order and in any case: whoever gives an address up keeps it in the same
    // transaction.
    let keeper = Proof::keeper_of(conn, email, context.now())?;
    if found.is_some() {
        return Ok(found);
    }
    let keeper = keeper.map_or(Ok(None), |keeper| User::by_id(conn, keeper))?;
    Ok(keeper.map(|keeper| User { email: email.clone(), ..keeper }))
}

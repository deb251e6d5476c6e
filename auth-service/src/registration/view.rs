//! Request handlers of `/register`.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::by_mail;
use super::form::{Answers, EmailProblem, Links, RegisterPage, RegistrationForm};
use crate::app::{App, Destination};
use crate::audit::RequestContext;
use crate::db::AnyConnection;
use crate::error::Error;
use crate::forms::Level;
use crate::forms::{BrowserSession, CsrfForm};
use crate::http::{Next, NextQuery, see_other};
use crate::i18n::Message;
use crate::pages::Layout;
use crate::passwords::{PasswordVerification, Requester};
use crate::proofs::Proof;
use crate::rate_limit::Network;
use crate::sessions::RefreshToken;
use crate::sign_in::Attempt;
use crate::users::{CreateUserError, Email, NewUser, PasswordHash, PersonName, User};

/// `GET /register`: the empty form.
pub async fn show(
    app: web::Data<App>,
    browser: BrowserSession,
    query: NextQuery,
) -> Result<HttpResponse, Error> {
    let next = app.destinations.next(query.0.as_deref());
    page(&app, &browser, StatusCode::OK, next.as_ref(), None, None, Vec::new())
}

/// `POST /register`: creates the account, or shows the errors of each field.
pub async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<RegistrationForm>,
) -> Result<HttpResponse, Error> {
    let form = match posted {
        CsrfForm::Valid(form) => Arc::new(form),
        CsrfForm::Stale(form, why) => {
            let next = app.destinations.next(form.next.as_deref());
            // The first of two presses was answered, and logged in.
            if app.sessions.is_of(RefreshToken::of(&request), &form.email).await? {
                return Ok(see_other(&app.destinations.url(next.as_ref(), "/")));
            }
            let stale = vec![why];
            return page(&app, &browser, StatusCode::FORBIDDEN, next.as_ref(), Some(&form), None, stale);
        }
    };
    let next = app.destinations.next(form.next.as_deref());
    let network = Network::from(&context);
    let is_by_mail = app.config.mail.requires_verified;
    let allowance = if is_by_mail { &app.registrations } else { &app.taken_answers };
    let running = || app.clock.running();
    if !allowance.has_some(network, running()) {
        return too_many(&app, &browser, next.as_ref(), &form);
    }
    let (mut answers, hash) = judge_and_hash(&app, &form, &context).await?;
    if let (Some(hash), Answers { first_name: Ok(first), last_name: Ok(last), email: Ok(email), .. }) =
        (hash, &answers)
    {
        // Take a place before the database query. So concurrent requests cannot exceed the limit.
        let Some(place) = allowance.take(network, running).await else {
            return too_many(&app, &browser, next.as_ref(), &form);
        };
        if is_by_mail {
            place.use_up(running());
            let new = new_user(&app, &browser, hash, (email, first, last));
            return by_mail::register(&app, &browser, new, form.page(), next.as_ref(), context).await;
        }
        // Give the place back unless the answer is "taken".
        let new = new_user(&app, &browser, hash, (email, first, last));
        let made = match register(&app, new, form.page(), context.clone()).await {
            Err(RegistrationError::Taken) => made_by_same_form(&app, &form, email, &context).await?,
            Err(RegistrationError::Failed(error)) => return Err(error),
            Ok(user) => Some(user),
        };
        if let Some(user) = made
            && let Some(answer) = logged_in(&app, &request, &browser, user, next.as_ref(), context).await?
        {
            return Ok(answer);
        }
        place.use_up(running());
        browser.carry_address(email.as_str())?;
        answers.email = Err(EmailProblem::Taken);
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    page(&app, &browser, status, next.as_ref(), Some(&form), Some(&answers), Vec::new())
}

fn new_user(
    app: &App,
    browser: &BrowserSession,
    password_hash: PasswordHash,
    (email, first_name, last_name): (&Email, &PersonName, &PersonName),
) -> NewUser {
    NewUser {
        email: email.clone(),
        first_name: first_name.clone(),
        last_name: last_name.clone(),
        password_hash,
        is_staff: false,
        is_superuser: false,
        language: Some(app.reader(browser, None).language),
    }
}

/// The response for a network that has learned of too many taken addresses, or has caused too many
/// letters. It gets no answers for a while.
fn too_many(
    app: &App,
    browser: &BrowserSession,
    next: Option<&Next>,
    form: &RegistrationForm,
) -> Result<HttpResponse, Error> {
    let many = match app.config.mail.requires_verified {
        true => Message::new("register-too-many-letters"),
        false => Message::new("register-too-many"),
    };
    let many = vec![many];
    page(app, browser, StatusCode::TOO_MANY_REQUESTS, next, Some(form), None, many)
}

/// Logs the owner of a new account in, and sends them on. `None` if the account was changed in the
/// meantime, so that its password no longer logs in.
async fn logged_in(
    app: &App,
    request: &HttpRequest,
    browser: &BrowserSession,
    user: User,
    next: Option<&Next>,
    context: RequestContext,
) -> Result<Option<HttpResponse>, Error> {
    let Attempt::SignedIn(current) =
        app.sign_in.first_login(user, RefreshToken::of(request), context).await?
    else {
        return Ok(None);
    };
    browser.renew();
    browser.remember_account(app.sign_in.marks.of(&current.user.email).to_string())?;
    // A service greets its people itself, and the message would wait here for another day.
    if Destination::of(app, next).is_none() {
        browser.flash(Level::Success, Message::new("register-done"))?;
    }
    let onward = see_other(&app.destinations.url(next, "/"));
    app.cookies.set_session_cookies(onward, &app.tokens.issue(&current).await?).map(Some)
}

/// The account, if the address is taken because this form was sent twice, by a double click. The
/// user sees only the response to the second request, which must not report an error because of the
/// first one.
async fn made_by_same_form(
    app: &App,
    form: &RegistrationForm,
    email: &Email,
    context: &RequestContext,
) -> Result<Option<User>, Error> {
    let (email, page) = (email.clone(), form.page());
    let made = app.db.query(move |conn| User::registered_by(conn, &email, &page)).await?;
    // The form may have been sent again from the history with another password. That is not the
    // account's password, so success would be false.
    let Some(user) = made else { return Ok(None) };
    let requester = Requester::unknown(context);
    let verification =
        app.hashers.check(user.password_hash.clone(), form.password.clone(), requester).await?;
    Ok((verification == PasswordVerification::Match).then_some(user))
}

/// Validates the form, and hashes the password if everything is valid. The database is not asked
/// about the address before that, so only clients that did the work of creating an account learn
/// whether it is taken.
async fn judge_and_hash(
    app: &App,
    form: &Arc<RegistrationForm>,
    context: &RequestContext,
) -> Result<(Answers, Option<PasswordHash>), Error> {
    let (form, min_length, cost) = (form.clone(), app.config.passwords.min_length, app.hashers.cost());
    let work = move || {
        let answers = form.judge(min_length);
        let hash = answers.good_password().map(|password| PasswordHash::make(password, cost));
        (answers, hash)
    };
    Ok(app.hashers.run(Requester::unknown(context), work).await?)
}

enum RegistrationError {
    Taken,
    Failed(Error),
}

async fn register(
    app: &App,
    new: NewUser,
    page: String,
    context: RequestContext,
) -> Result<User, RegistrationError> {
    let make = move |conn: &mut AnyConnection| {
        conn.write(|conn| {
            let context = context.read_time(conn)?;
            let is_taken = User::by_email(conn, &new.email)?.is_some();
            if is_taken || Proof::keeper_of(conn, &new.email, context.now())?.is_some() {
                return Err(CreateUserError::EmailTaken);
            }
            User::insert(conn, &new, Some(&page), &context)
        })
    };
    app.db.run_on_writer(make).await.map_err(|refused| match refused {
        CreateUserError::EmailTaken => RegistrationError::Taken,
        CreateUserError::Database(error) => RegistrationError::Failed(error.into()),
    })
}

fn page(
    app: &App,
    browser: &BrowserSession,
    status: StatusCode,
    next: Option<&Next>,
    entered: Option<&RegistrationForm>,
    judged: Option<&Answers>,
    errors: Vec<Message>,
) -> Result<HttpResponse, Error> {
    let links = Links {
        next: next.map(|next| next.as_str().to_owned()),
        destination: Destination::of(app, next),
        login_url: Next::carried_by(next, "/login"),
        csrf_token: browser.csrf_token()?,
    };
    let page = RegisterPage::new(entered, judged, errors, app.config.passwords.min_length, links);
    app.pages.answer(status, &Layout::of(browser), &page)
}

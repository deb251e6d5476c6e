//! Request handlers of `/password/reset`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use shared_claims::protocol::path;
use url::form_urlencoded;

use super::ask::Desk;
use super::reset::{Outcome, Reset};
use super::reset_form::{OverPage, Remarks, ResetForm, ResetPage};
use super::target::Target;
use super::{FORGOT, PURPOSE};
use crate::app::App;
use crate::audit::RequestContext;
use crate::error::Error;
use crate::forms::{BrowserSession, CsrfForm, Level};
use crate::http::security_headers::hide_address;
use crate::http::see_other;
use crate::i18n::Message;
use crate::pages::Layout;
use crate::passwords::{NewPassword, Password, PasswordProblem, Requester};
use crate::proofs::{Presented, ProofId};
use crate::sessions::RefreshToken;
use crate::users::{PasswordHash, PersonName, User};

/// `GET /password/reset`: the form. A link is looked up and not used, because programs that read
/// mail open links too.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
) -> Result<HttpResponse, Error> {
    let token = token(request.query_string());
    let target = Target::find(&app, &browser, token.as_deref()).await?;
    let answer = Answer { app: &app, browser: &browser, target: &target };
    answer.form(StatusCode::OK, "", &Remarks::default())
}

/// `POST /password/reset`: sets the new password, and leads to the login. It does not log in: a
/// second factor, where there is one, is still to be given.
pub async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<ResetForm>,
) -> Result<HttpResponse, Error> {
    let (form, stale) = match posted {
        CsrfForm::Valid(form) => (form, None),
        CsrfForm::Stale(form, why) => (form, Some(why)),
    };
    let target = Target::find(&app, &browser, form.token.as_deref()).await?;
    let typed = form.code.unwrap_or_default();
    let answer = Answer { app: &app, browser: &browser, target: &target };
    if stale.is_some() {
        return answer.form(StatusCode::FORBIDDEN, &typed, &Remarks { form: stale, ..Remarks::default() });
    }
    let Some(presented) = presented(&target, &typed) else {
        let missing = Remarks { code: Some(Message::new("reset-code-missing")), ..Remarks::default() };
        return answer.form(StatusCode::UNPROCESSABLE_ENTITY, &typed, &missing);
    };
    let hash = match judge_and_hash(&app, &browser, &target, form.password, &context).await? {
        Ok(hash) => hash,
        Err(problem) => {
            let weak = Remarks { password: Some(problem.text()), ..Remarks::default() };
            return answer.form(StatusCode::UNPROCESSABLE_ENTITY, &typed, &weak);
        }
    };
    let reset = Reset {
        presented,
        hash,
        language: app.reader(&browser, None).language,
        held: RefreshToken::of(&request),
        refresh_key: app.sign_in.refresh_key.clone(),
        desk: Desk::from(&**app),
    };
    match app.db.query_on_writer(move |conn| reset.run(conn, &context)).await? {
        Outcome::Done(user) => done(&app, &browser, &user),
        Outcome::Wrong(left) if left > 0 => {
            let wrong = Message::new("reset-code-wrong").with("left", left);
            let wrong = Remarks { code: Some(wrong), ..Remarks::default() };
            answer.form(StatusCode::UNPROCESSABLE_ENTITY, "", &wrong)
        }
        Outcome::Wrong(_) | Outcome::Over => answer.over(),
    }
}

/// What the form presents; `None` if it lacks the code.
fn presented(target: &Target, typed: &str) -> Option<Presented> {
    match target {
        Target::Link(link, _) => Some(Presented::Link(link.clone())),
        Target::Letter(letter) => {
            let has_digits = typed.contains(|c: char| c.is_ascii_digit());
            has_digits.then(|| Presented::Code(ProofId::from(letter.proof), typed.to_owned()))
        }
        Target::Over | Target::Nothing => None,
    }
}

/// The answer that leads to the login. This browser holds no login any more, of nobody: whoever
/// sits here is about to log in with the new password.
fn done(app: &App, browser: &BrowserSession, user: &User) -> Result<HttpResponse, Error> {
    app.postbox.ring();
    browser.letter_arrived(PURPOSE.name)?;
    browser.renew();
    browser.carry_address(user.email.as_str())?;
    browser.flash(Level::Success, Message::new("reset-done"))?;
    app.cookies.clear_site_data(see_other(&app.config.auth_url.join(path::LOGIN)))
}

/// Judges the password before the link or the code is used, so that a weak one costs no try.
async fn judge_and_hash(
    app: &App,
    browser: &BrowserSession,
    target: &Target,
    password: Password,
    context: &RequestContext,
) -> Result<Result<PasswordHash, PasswordProblem>, Error> {
    let (email, names) = (target.email(), target.names());
    let mark = email.as_ref().and_then(|email| app.sign_in.marks.find(email, &browser.known_accounts()));
    let (min_length, cost) = (app.config.passwords.min_length, app.hashers.cost());
    let work = move || {
        let names: Vec<&PersonName> = names.iter().collect();
        let password = NewPassword::parse(password, min_length, email.as_ref(), &names)?;
        Ok(PasswordHash::make(&password, cost))
    };
    Ok(app.hashers.run(Requester::unknown(context).known_as(mark), work).await?)
}

/// The parameter `token` of a query; `None` if it is absent or repeated.
fn token(query: &str) -> Option<String> {
    let mut tokens = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "token");
    let first = tokens.next().map(|(_, token)| token.into_owned());
    first.filter(|_| tokens.next().is_none())
}

/// An answer with a page.
struct Answer<'a> {
    app: &'a App,
    browser: &'a BrowserSession,
    target: &'a Target,
}

impl Answer<'_> {
    /// The form, or what there is instead of it where nothing can be set.
    fn form(&self, status: StatusCode, typed: &str, remarks: &Remarks) -> Result<HttpResponse, Error> {
        let Self { app, browser, target } = self;
        match target {
            Target::Over => return self.over(),
            Target::Nothing => return Ok(see_other(&app.config.auth_url.join(FORGOT))),
            Target::Link(..) | Target::Letter(_) => {}
        }
        let (min_length, csrf_token) = (app.config.passwords.min_length, browser.csrf_token()?);
        let page = ResetPage::new(target, typed, remarks, min_length, csrf_token);
        let mut answer = app.pages.answer(status, &Layout::of(browser), &page)?;
        hide_address(&mut answer);
        Ok(answer)
    }

    /// What was sent can no longer be used: how to get another letter.
    fn over(&self) -> Result<HttpResponse, Error> {
        let Self { app, browser, target } = self;
        if let Target::Letter(_) = target {
            let code = Some(Message::new("reset-code-over"));
            let over = Remarks { code, needs_letter: true, ..Remarks::default() };
            return self.form(StatusCode::UNPROCESSABLE_ENTITY, "", &over);
        }
        let page = OverPage::new(app.postbox.is_on());
        let mut answer = app.pages.answer(StatusCode::GONE, &Layout::of(browser), &page)?;
        hide_address(&mut answer);
        Ok(answer)
    }
}

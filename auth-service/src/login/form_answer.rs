//! The answer with the form: to log in, or to confirm a login.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

use super::drawn_forms::DrawnForms;
use super::form::{Links, LoginPage, Remarks};
use super::query::LoginQuery;
use super::stay::stay;
use crate::app::{App, Destination};
use crate::error::Error;
use crate::forms::{BrowserSession, Level};
use crate::http::Next;
use crate::i18n::Message;
use crate::pages::{Layout, Pages};
use crate::sessions::RefreshToken;
use crate::users::{Email, User};

/// Where the form is shown, and to whom.
pub(super) struct FormAnswer<'a> {
    pub app: &'a App,
    pub browser: &'a BrowserSession,
    pub next: Option<&'a Next>,
    /// The user who is logged in and must confirm it.
    pub confirming: Option<&'a User>,
    /// What is said of a destination that was refused.
    pub refusal: Option<Message>,
}

impl FormAnswer<'_> {
    /// The form with the entered address. Whoever confirms a login has a fixed one.
    pub(super) fn with(
        &self,
        status: StatusCode,
        entered: &str,
        remarks: &Remarks,
    ) -> Result<HttpResponse, Error> {
        let token = self.browser.csrf_token()?;
        self.app.pages.answer(status, &self.layout(), &self.page(entered, remarks, token))
    }

    /// The form of `GET /login`. If it says nothing about a person, it may have been drawn before.
    pub(super) fn first(&self, entered: &str, drawn: &DrawnForms) -> Result<HttpResponse, Error> {
        let (layout, pages) = (self.layout(), &self.app.pages);
        let token = self.browser.csrf_token()?;
        let draw = || pages.draw(&layout, &self.page(entered, &Remarks::default(), token.clone()));
        let is_personal = !entered.is_empty() || self.confirming.is_some() || !layout.is_bare();
        let form = if is_personal {
            draw()?
        } else {
            let language = pages.texts().choose(&layout.preferred);
            drawn.with_token((language, self.next.map(Next::as_str)), &token, draw)?
        };
        Ok(Pages::respond::<LoginPage>(StatusCode::OK, form))
    }

    fn page(&self, entered: &str, remarks: &Remarks, token: String) -> LoginPage {
        let links = self.links(token);
        match self.confirming {
            Some(user) => LoginPage::again(user.email.as_str(), remarks, links),
            None => LoginPage::new(entered, remarks, links),
        }
    }

    fn layout(&self) -> Layout {
        let layout = Layout::of(self.browser).naming(self.confirming.map(Into::into));
        match &self.refusal {
            Some(refusal) => layout.saying(Level::Warning, refusal.clone()),
            None => layout,
        }
    }

    /// The links of the form: `next`, the registration if it is open, the way out, and the CSRF
    /// token.
    fn links(&self, csrf_token: String) -> Links {
        let Self { app, next, .. } = *self;
        let destination = Destination::of(app, next);
        // The page that needs the confirmation would ask for it again.
        let service = next.filter(|_| destination.is_some());
        let front_page = |next: &Next| format!("{}/", next.url().origin().ascii_serialization());
        Links {
            next: next.map(|next| next.as_str().to_owned()),
            destination,
            stay: stay(app.config.session_limits),
            register_url: app.config.registration.has_form().then(|| Next::carried_by(next, "/register")),
            cancel_url: service.map_or_else(|| app.config.auth_url.join("/"), front_page),
            csrf_token,
        }
    }
}

/// The user who must confirm their login: the one who is logged in with the entered address, on a
/// page that was asked for with `max_age`. A form posts to the address of its page.
pub(super) async fn confirming(
    app: &App,
    request: &HttpRequest,
    query: &LoginQuery,
    entered: &str,
) -> Result<Option<User>, Error> {
    let (true, Ok(email)) = (query.asks_for_confirmation(), Email::parse(entered)) else { return Ok(None) };
    let current = app.sessions.current(RefreshToken::of(request)).await?;
    Ok(current.map(|current| current.user).filter(|user| user.email == email))
}

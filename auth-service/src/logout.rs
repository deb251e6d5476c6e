//! Logout: `GET, POST /logout`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use shared_claims::protocol::path;

use crate::app::{App, NotEnded};
use crate::audit::RequestContext;
use crate::error::Error;
use crate::feature::Feature;
use crate::forms::Level;
use crate::forms::{BrowserSession, CsrfForm, CsrfProtected};
use crate::http::{Next, NextQuery, see_other};
use crate::i18n::Message;
use crate::pages::{Layout, Page, SamplePage};
use crate::sessions::{EndReason, RefreshToken};

/// The feature.
pub const FEATURE: Feature = Feature { pages: &[SamplePage::of::<LogoutPage>()], ..Feature::new(routes) };

fn routes(services: &mut web::ServiceConfig) {
    services.service(
        web::resource(path::LOGOUT)
            .route(web::get().to(show))
            .route(web::head().to(show))
            .route(web::post().to(submit)),
    );
}

/// The form as it is posted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogoutForm {
    next: Option<String>,
    csrf_token: String,
}

impl CsrfProtected for LogoutForm {
    fn csrf_token(&self) -> &str {
        &self.csrf_token
    }
}

/// `templates/logout/logout.html`
#[derive(Debug, Serialize)]
pub struct LogoutPage {
    next: Option<String>,
    csrf_token: String,
}

impl Page for LogoutPage {
    const TEMPLATE: &'static str = "logout/logout.html";

    fn samples() -> Vec<Self> {
        let page =
            |next: Option<&str>| Self { next: next.map(str::to_owned), csrf_token: "token".to_owned() };
        vec![page(None), page(Some("https://shop.example.org/"))]
    }
}

impl LogoutPage {
    pub fn new(next: Option<&Next>, csrf_token: String) -> Self {
        Self { next: next.map(|next| next.as_str().to_owned()), csrf_token }
    }
}

/// `GET /logout`: one button. A link or an image of another site must not log anybody out.
async fn show(app: web::Data<App>, browser: BrowserSession, query: NextQuery) -> Result<HttpResponse, Error> {
    page(&app, &browser, StatusCode::OK, app.destinations.next(query.0.as_deref()).as_ref())
}

/// `POST /logout`: ends the session on the server, then takes the cookies away, and what the
/// browser keeps of our pages (ASVS 14.3.1).
async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    context: RequestContext,
    browser: BrowserSession,
    posted: CsrfForm<LogoutForm>,
) -> Result<HttpResponse, Error> {
    let form = match posted {
        CsrfForm::Valid(form) => form,
        CsrfForm::Stale(form, why) => {
            browser.flash(Level::Warning, why)?;
            return page(
                &app,
                &browser,
                StatusCode::FORBIDDEN,
                app.destinations.next(form.next.as_deref()).as_ref(),
            );
        }
    };
    let ended = app.sessions.sign_out(RefreshToken::of(&request), EndReason::LoggedOut, context).await;
    browser.renew();
    if let Err(error) = ended {
        return NotEnded::This.answer(&app, &request, &browser, error).await;
    }
    let next = app.destinations.next(form.next.as_deref());
    if next.is_none() {
        browser.flash(Level::Info, Message::new("logout-done"))?;
    }
    app.cookies.clear_site_data(see_other(&app.destinations.url(next.as_ref(), path::LOGIN)))
}

fn page(
    app: &App,
    browser: &BrowserSession,
    status: StatusCode,
    next: Option<&Next>,
) -> Result<HttpResponse, Error> {
    let page = LogoutPage::new(next, browser.csrf_token()?);
    app.pages.answer(status, &Layout::of(browser), &page)
}

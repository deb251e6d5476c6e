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
use crate::http::cookie_header::{feature_cookie, refresh_cookie};
use crate::http::{NextQuery, OwnCookie, see_other};
use crate::i18n::Message;
use crate::pages::{Layout, Page, SamplePage};
use crate::sessions::{EndReason, RefreshToken};

/// The feature.
pub const FEATURE: Feature = Feature {
    pages: &[SamplePage::of::<LogoutPage>()],
    cookies: &[OwnCookie::every(|names| &names.hint)],
    ..Feature::new(routes)
};

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

/// `templates/logout/logout.html`: the question, or the answer where there is nothing to ask.
#[derive(Debug, Serialize)]
pub struct LogoutPage {
    next: Option<String>,
    csrf_token: String,
    /// Whether this browser holds nothing of a login.
    is_over: bool,
}

impl Page for LogoutPage {
    const TEMPLATE: &'static str = "logout/logout.html";

    fn samples() -> Vec<Self> {
        let page = |next: Option<&str>, is_over| Self {
            next: next.map(str::to_owned),
            csrf_token: "token".to_owned(),
            is_over,
        };
        let shop = Some("https://shop.example.org/");
        vec![page(None, false), page(shop, false), page(None, true), page(shop, true)]
    }
}

/// `GET /logout`: one button. A link or an image of another site must not log anybody out.
async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
    query: NextQuery,
) -> Result<HttpResponse, Error> {
    page(&app, &request, &browser, StatusCode::OK, query.0.as_deref()).await
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
            return page(&app, &request, &browser, StatusCode::FORBIDDEN, form.next.as_deref()).await;
        }
    };
    let ended = app.sessions.sign_out(RefreshToken::of(&request), EndReason::LoggedOut, context).await;
    browser.renew();
    if let Err(error) = ended {
        return NotEnded::This.answer(&app, &request, &browser, error).await;
    }
    let next = app.destinations.next(form.next.as_deref());
    // A service can say it where the person lands; our own pages say it by a message.
    let onward = match next.as_ref().and_then(|next| app.destinations.after_logout(next)) {
        Some(service) => service,
        None => {
            browser.flash(Level::Info, Message::new("logout-done"))?;
            app.destinations.url(next.as_ref(), path::LOGIN)
        }
    };
    app.cookies.clear_site_data(see_other(&onward))
}

async fn page(
    app: &App,
    request: &HttpRequest,
    browser: &BrowserSession,
    status: StatusCode,
    next: Option<&str>,
) -> Result<HttpResponse, Error> {
    let page = LogoutPage {
        next: app.destinations.next(next).map(|next| next.as_str().to_owned()),
        csrf_token: browser.csrf_token()?,
        is_over: status == StatusCode::OK && !holds_a_login(app, request),
    };
    let shell = Layout::of(browser).naming(app.visitor(request).await);
    app.pages.answer(status, &shell, &page)
}

/// Whether the browser sent a cookie that hints at a login, valid or not: a service may still
/// accept the access token of a session that has ended here.
fn holds_a_login(app: &App, request: &HttpRequest) -> bool {
    let hint = feature_cookie(request, &app.cookies.names.hint);
    refresh_cookie(request).is_some() || hint.is_none_or(|hints| !hints.is_empty())
}

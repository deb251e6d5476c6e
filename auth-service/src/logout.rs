//! Logging out: `GET, POST /logout`.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};

use crate::accounts::Ended;
use crate::app::App;
use crate::audit::Client;
use crate::error::{Error, RETRY_AFTER_SECONDS};
use crate::text::Text;
use crate::web::browser::Level;
use crate::web::texts::moment;
use crate::web::{Browser, CheckedForm, Next, NextQuery, Page, Posted, Shell, see_other};

pub fn routes(services: &mut web::ServiceConfig) {
    services.service(
        web::resource("/logout")
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

impl CheckedForm for LogoutForm {
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

/// `templates/logout/not_ended.html`
#[derive(Debug, Serialize)]
pub struct NotEndedPage {
    /// When the login runs out by itself, where that could be read.
    until: Option<Text>,
}

impl Page for NotEndedPage {
    const TEMPLATE: &'static str = "logout/not_ended.html";

    fn samples() -> Vec<Self> {
        vec![Self { until: None }, Self { until: Some(Text::verbatim("then")) }]
    }
}

/// `GET /logout`: one button. A link or an image of another site must not log anybody out.
async fn show(app: web::Data<App>, browser: Browser, query: NextQuery) -> Result<HttpResponse, Error> {
    page(&app, &browser, StatusCode::OK, app.next(query.0.as_deref()).as_ref())
}

/// `POST /logout`: ends the session on the server, then takes the cookies away, and what the browser keeps of our pages (ASVS 14.3.1).
async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    client: Client,
    browser: Browser,
    posted: Posted<LogoutForm>,
) -> Result<HttpResponse, Error> {
    let form = match posted {
        Posted::Genuine(form) => form,
        Posted::Stale(form, why) => {
            browser.flash(Level::Warning, why)?;
            return page(&app, &browser, StatusCode::FORBIDDEN, app.next(form.next.as_deref()).as_ref());
        }
    };
    let ended = app.sign_out(App::refresh_token(&request), Ended::LoggedOut, client).await;
    browser.renew();
    if let Err(error) = ended {
        return not_ended(&app, &request, &browser, error).await;
    }
    let next = app.next(form.next.as_deref());
    if next.is_none() {
        browser.flash(Level::Info, Text::of("logout-done"))?;
    }
    let mut onward = see_other(&app.destination(next.as_ref(), "/login"));
    clear_what_is_kept(&mut onward);
    app.dismiss(onward)
}

/// Never `"cookies"`: that would take those of every sibling.
fn clear_what_is_kept(answer: &mut HttpResponse) {
    let kept = HeaderValue::from_static("\"cache\", \"storage\"");
    answer.headers_mut().insert(HeaderName::from_static("clear-site-data"), kept);
}

/// The session could not be ended: no logout is acknowledged that did not happen. But whoever leaves a machine must be
/// able to: the cookies go all the same, and the page says what that is worth.
async fn not_ended(
    app: &App,
    request: &HttpRequest,
    browser: &Browser,
    error: Error,
) -> Result<HttpResponse, Error> {
    let status = error.status();
    let cause = error.cause().map(ToString::to_string);
    tracing::error!(
        status = status.as_u16(),
        cause,
        "a session could not be ended; its browser has lost the cookies"
    );
    // A full disk can be read.
    let until = app.current(request).await.ok().flatten().map(|current| moment(current.session.ends_at()));
    let mut answer = app.pages.answer(status, &Shell::of(browser), &NotEndedPage { until })?;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
    }
    clear_what_is_kept(&mut answer);
    app.dismiss(answer)
}

fn page(
    app: &App,
    browser: &Browser,
    status: StatusCode,
    next: Option<&Next>,
) -> Result<HttpResponse, Error> {
    let page = LogoutPage::new(next, browser.form_token()?);
    app.pages.answer(status, &Shell::of(browser), &page)
}

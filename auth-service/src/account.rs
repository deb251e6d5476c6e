//! The person's own page: `GET /`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use crate::app::App;
use crate::error::Error;
use crate::feature::Feature;
use crate::forms::BrowserSession;
use crate::http::see_other;
use crate::i18n::Message;
use crate::i18n::{date, datetime};
use crate::pages::{CurrentUser, Layout, Page, SamplePage};
use crate::sessions::RefreshToken;
use crate::users::User;

/// The feature.
pub const FEATURE: Feature = Feature { pages: &[SamplePage::of::<AccountPage>()], ..Feature::new(routes) };

fn routes(services: &mut web::ServiceConfig) {
    services
        .service(web::resource("/").route(web::get().to(show)).route(web::head().to(show)))
        .service(web::resource("/account").route(web::get().to(at_home)).route(web::head().to(at_home)));
}

/// `templates/account/account.html`
#[derive(Debug, Serialize)]
pub struct AccountPage {
    account: Account,
    csrf_token: String,
}

impl Page for AccountPage {
    const TEMPLATE: &'static str = "account/account.html";

    fn samples() -> Vec<Self> {
        let bare = Account {
            first_name: String::new(),
            last_name: String::new(),
            email: "ada@example.org".to_owned(),
            joined: Message::new("date").with("day", 1_i64).with("month", 1_i64).with("year", "2026"),
            last_login: None,
            is_staff: false,
            is_superuser: false,
            roles: Vec::new(),
        };
        let full = Account {
            first_name: "Ada".to_owned(),
            last_name: "Lovelace".to_owned(),
            last_login: Some(bare.joined.clone()),
            is_staff: true,
            is_superuser: true,
            roles: vec!["editor".to_owned()],
            ..bare.clone()
        };
        [bare, full].map(|account| Self { account, csrf_token: "token".to_owned() }).into()
    }
}

#[derive(Debug, Clone, Serialize)]
struct Account {
    first_name: String,
    last_name: String,
    email: String,
    joined: Message,
    last_login: Option<Message>,
    is_staff: bool,
    is_superuser: bool,
    roles: Vec<String>,
}

impl AccountPage {
    pub fn new(user: &User, csrf_token: String) -> Self {
        let account = Account {
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            email: user.email.to_string(),
            joined: date(user.date_joined),
            last_login: user.last_login.map(datetime),
            is_staff: user.is_staff,
            is_superuser: user.is_superuser,
            roles: user.roles.iter().map(str::to_owned).collect(),
        };
        Self { account, csrf_token }
    }
}

/// `GET /account`: the same page, by the name that people guess.
async fn at_home(app: web::Data<App>) -> HttpResponse {
    see_other(&app.config.auth_url.join("/"))
}

/// `GET /`: who you are, or the way to the login.
async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
) -> Result<HttpResponse, Error> {
    let Some(current) = app.sessions.current(RefreshToken::of(&request)).await? else {
        return Ok(see_other(&app.config.auth_url.join("/login")));
    };
    let user = current.user;
    let visitor = CurrentUser::of(&user.email.to_string(), user.display_name());
    let page = AccountPage::new(&user, browser.csrf_token()?);
    app.pages.answer(StatusCode::OK, &Layout::account(&browser, visitor, "overview"), &page)
}

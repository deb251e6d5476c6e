//! The person's own page: `GET /`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use crate::app::App;
use crate::config::{Config, Service, host_and_port};
use crate::error::Error;
use crate::feature::Feature;
use crate::forms::BrowserSession;
use crate::http::{Next, NextQuery, see_other};
use crate::i18n::{Message, Moment, date};
use crate::pages::{CurrentUser, Layout, Page, SamplePage, StaticFiles};
use crate::sessions::{Current, RefreshToken};

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
    /// The way back to where the person came from.
    back: Option<Back>,
    /// The services that the operator has named.
    services: Vec<Tile>,
    csrf_token: String,
}

#[derive(Debug, Serialize)]
struct Back {
    url: String,
    name: String,
}

/// A service, as a tile.
#[derive(Debug, Serialize)]
struct Tile {
    url: String,
    name: String,
    host: String,
    /// The address of its icon.
    icon: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Account {
    /// The address, where there is no name.
    name: String,
    initials: String,
    email: String,
    is_email_verified: bool,
    joined: Message,
    last_login: Option<Moment>,
    is_staff: bool,
    is_superuser: bool,
    roles: Vec<String>,
}

impl Page for AccountPage {
    const TEMPLATE: &'static str = "account/account.html";
    const RUNS_SCRIPT: bool = true;

    fn samples() -> Vec<Self> {
        let bare = Account {
            name: "ada@example.org".to_owned(),
            initials: "A".to_owned(),
            email: "ada@example.org".to_owned(),
            is_email_verified: false,
            joined: Message::new("date").with("day", 1_i64).with("month", 1_i64).with("year", "2026"),
            last_login: None,
            is_staff: false,
            is_superuser: false,
            roles: Vec::new(),
        };
        let full = Account {
            name: "Ada Lovelace".to_owned(),
            initials: "AL".to_owned(),
            is_email_verified: true,
            last_login: Some(Moment::sample()),
            is_staff: true,
            is_superuser: true,
            roles: vec!["editor".to_owned()],
            ..bare.clone()
        };
        let back = Back { url: "https://shop.example.org/".to_owned(), name: "shop.example.org".to_owned() };
        let tile = |icon: Option<&str>| Tile {
            url: "https://shop.example.org/".to_owned(),
            name: "Shop".to_owned(),
            host: "shop.example.org".to_owned(),
            icon: icon.map(str::to_owned),
        };
        let services = vec![tile(None), tile(Some("/static/service-shop.example.org.svg"))];
        let page = |account, back, services| Self { account, back, services, csrf_token: "token".to_owned() };
        vec![page(bare, None, Vec::new()), page(full, Some(back), services)]
    }
}

impl AccountPage {
    fn new(current: &Current, back: Option<Back>, services: Vec<Tile>, csrf_token: String) -> Self {
        let user = &current.user;
        let CurrentUser { name, initials, email } = user.into();
        let account = Account {
            name,
            initials,
            email,
            is_email_verified: user.email_verified_at.is_some(),
            joined: date(user.date_joined),
            last_login: user.last_login.map(|at| Moment::of(at, current.at)),
            is_staff: user.is_staff,
            is_superuser: user.is_superuser,
            roles: user.roles.iter().map(str::to_owned).collect(),
        };
        Self { account, back, services, csrf_token }
    }
}

impl Back {
    /// `None` on our own host: the page has its own navigation.
    fn to(next: &Next, config: &Config) -> Option<Self> {
        let url = next.url();
        if url.origin() == config.auth_url.url().origin() {
            return None;
        }
        let service = config.services.at(url);
        let name = service.map_or_else(|| host_and_port(url), |service| service.name.clone());
        Some(Self { url: next.as_str().to_owned(), name })
    }
}

impl Tile {
    fn of(service: &Service, statics: &StaticFiles) -> Self {
        Self {
            url: service.url.to_string(),
            name: service.name.clone(),
            host: service.host(),
            icon: statics.icon_address(service),
        }
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
    query: NextQuery,
) -> Result<HttpResponse, Error> {
    let Some(current) = app.sessions.current(RefreshToken::of(&request)).await? else {
        return Ok(see_other(&app.config.auth_url.join("/login")));
    };
    let next = app.destinations.next(query.0.as_deref());
    let back = next.and_then(|next| Back::to(&next, &app.config));
    let services = app.config.services.iter().map(|service| Tile::of(service, &app.statics)).collect();
    let page = AccountPage::new(&current, back, services, browser.csrf_token()?);
    let user = CurrentUser::from(&current.user);
    app.pages.answer(StatusCode::OK, &Layout::account(&browser, user, "overview"), &page)
}

//! Request handlers of `/cookies`.

use actix_web::http::StatusCode;
use actix_web::http::header::{ORIGIN, REFERER, SET_COOKIE};
use actix_web::{HttpRequest, HttpResponse, web};
use shared_claims::protocol::parameter;
use url::{Url, form_urlencoded};

use super::form::{CookiesForm, CookiesPage, Links, State};
use super::scope::scopes;
use super::sweep::{Place, Round, round};
use crate::app::App;
use crate::error::Error;
use crate::forms::Level;
use crate::forms::{BrowserSession, CsrfForm};
use crate::http::ForeignCookies;
use crate::http::{Next, NextQuery, see_other};
use crate::pages::Layout;

/// The query parameter that carries the sweep's position.
const FROM: &str = "from";

/// `GET /cookies`: lists the cookies and shows a button. If the request continues a sweep that our
/// own form began, it does the next round.
pub async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
    query: NextQuery,
) -> Result<HttpResponse, Error> {
    let next = app.destinations.next(query.0.as_deref());
    let cookies = ForeignCookies::of(&request);
    let Some(place) = place_of(&request).filter(|_| is_asked_by_our_page(&app, &request)) else {
        return page(&app, &request, &browser, StatusCode::OK, state_of(&cookies), next.as_ref(), None).await;
    };
    if cookies.names.is_empty() {
        return Ok(match next {
            Some(next) => see_other(next.as_str()),
            None => page(&app, &request, &browser, StatusCode::OK, State::Tidy, None, None).await?,
        });
    }
    if place.has_gone_far() {
        let state = state_of(&cookies);
        return page(&app, &request, &browser, StatusCode::OK, state, next.as_ref(), Some(place)).await;
    }
    match sweep(&app, &request, &cookies, next.as_ref(), place)? {
        Some(onward) => Ok(onward),
        None => page(&app, &request, &browser, StatusCode::OK, State::Left, next.as_ref(), None).await,
    }
}

/// `HEAD /cookies`: changes nothing.
pub async fn page_alone(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
    query: NextQuery,
) -> Result<HttpResponse, Error> {
    let state = state_of(&ForeignCookies::of(&request));
    page(
        &app,
        &request,
        &browser,
        StatusCode::OK,
        state,
        app.destinations.next(query.0.as_deref()).as_ref(),
        None,
    )
    .await
}

/// `POST /cookies`: starts a sweep.
///
/// The browser may have dropped the cookie that the CSRF token depends on; this page exists to fix
/// just that. So browser headers that show the same origin are enough. The token is required only
/// of clients that send no such header.
pub async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    browser: BrowserSession,
    posted: CsrfForm<CookiesForm>,
) -> Result<HttpResponse, Error> {
    // The same-origin check has already refused requests from other origins.
    let browser_vouches =
        request.headers().contains_key("sec-fetch-site") || request.headers().contains_key(ORIGIN);
    let form = match posted {
        CsrfForm::Valid(form) => form,
        CsrfForm::Stale(form, _) if browser_vouches => form,
        CsrfForm::Stale(form, why) => {
            browser.flash(Level::Warning, why)?;
            let state = state_of(&ForeignCookies::of(&request));
            let next = app.destinations.next(form.next.as_deref());
            return page(&app, &request, &browser, StatusCode::FORBIDDEN, state, next.as_ref(), None).await;
        }
    };
    let next = app.destinations.next(form.next.as_deref());
    let cookies = ForeignCookies::of(&request);
    tracing::info!(
        cookies.count,
        cookies.bytes,
        "cookies that are not ours are cleared, as their owner asked"
    );
    let place = form.from.as_deref().and_then(Place::parse).unwrap_or_default().pressed_again();
    match sweep(&app, &request, &cookies, next.as_ref(), place)? {
        Some(onward) => Ok(onward),
        None => Ok(see_other(&address(&app, &request, next.as_ref(), None))),
    }
}

/// One round: the deletions and the redirect to the next round; `None` when nothing is left to try.
fn sweep(
    app: &App,
    request: &HttpRequest,
    cookies: &ForeignCookies,
    next: Option<&Next>,
    place: Place,
) -> Result<Option<HttpResponse>, Error> {
    let (names, domain) = (&app.cookies.names, app.config.cookie_domain.as_str());
    let host = app.config.auth_url.url().host_str().unwrap_or_default();
    // A duplicate of one of our own cookies is deleted in every scope except the one where we set
    // it.
    let ours = [&names.access, &names.hint, &names.refresh, &names.browser, &names.trip];
    let of_one_host = [&names.refresh, &names.browser, &names.trip];
    let is_one_of = |names: &[&String], name: &[u8]| names.iter().any(|own| own.as_bytes() == name);
    let mut all = cookies.names.clone();
    // The cookie `=a=b` has an empty name, and arrives as `a=b`.
    if !all.is_empty() && !all.contains(&Vec::new()) {
        all.push(Vec::new());
    }
    let Round { lines, next: place } =
        round(&all, &scopes(host, domain, request.path()), place, |scope, name| {
            let is_ours = is_one_of(&ours, name) && scope.is_ours(domain) || is_one_of(&of_one_host, name);
            if is_ours { None } else { scope.delete(name, app.cookies.secure) }
        });
    if lines.is_empty() {
        return Ok(None);
    }
    let mut answer = see_other(&address(app, request, next, place));
    for line in lines {
        answer.headers_mut().append(SET_COOKIE, line);
    }
    Ok(Some(answer))
}

/// The absolute URL of this page. A path that begins with two slashes would name another host.
fn address(app: &App, request: &HttpRequest, next: Option<&Next>, place: Option<Place>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(next) = next {
        query.append_pair(parameter::NEXT, next.as_str());
    }
    if let Some(place) = place {
        query.append_pair(FROM, &place.to_string());
    }
    let (path, query) = (app.config.auth_url.join(request.path()), query.finish());
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

fn place_of(request: &HttpRequest) -> Option<Place> {
    let mut query = form_urlencoded::parse(request.query_string().as_bytes());
    query.find(|(name, _)| name == FROM).and_then(|(_, value)| Place::parse(&value))
}

/// A link on another site must not delete anything. The redirect that answers our form counts as a
/// request of our own page. Browsers without `Sec-Fetch-Site` name the page in `Referer`, which our
/// referrer policy sends to our own origin only.
fn is_asked_by_our_page(app: &App, request: &HttpRequest) -> bool {
    let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or(""));
    match (text("sec-fetch-site"), text(REFERER.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(page)) => {
            Url::parse(page).is_ok_and(|page| page.origin() == app.config.auth_url.url().origin())
        }
        (None, None) => false,
    }
}

fn state_of(cookies: &ForeignCookies) -> State {
    match cookies.count {
        0 => State::Tidy,
        _ if cookies.are_too_many() => State::Many,
        _ => State::Few,
    }
}

async fn page(
    app: &App,
    request: &HttpRequest,
    browser: &BrowserSession,
    status: StatusCode,
    state: State,
    next: Option<&Next>,
    place: Option<Place>,
) -> Result<HttpResponse, Error> {
    let links = Links {
        action: app.config.auth_url.join(request.path()),
        next: next.map(|next| next.as_str().to_owned()),
        csrf_token: browser.csrf_token()?,
    };
    let cookies = ForeignCookies::of(request);
    let domain = app.config.cookie_domain.as_str();
    let page = CookiesPage::new(state, &cookies, domain, links, place.map(|place| place.to_string()));
    // This page's frame needs no link to this page.
    let shell = Layout { cleanup: None, ..Layout::of(browser) }.naming(app.visitor(request).await);
    app.pages.answer(status, &shell, &page)
}

//! The redirect after a login: on to `next`, unless that is a redirect loop.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use shared_claims::web::{Reader, RequestInfo};

use super::interstitials::RedirectLoopPage;
use super::query::LoginQuery;
use super::redirect_loop::{RedirectCount, RedirectDecision};
use crate::app::App;
use crate::error::Error;
use crate::forms::BrowserSession;
use crate::http::cookie_header::feature_cookie;
use crate::http::{Next, see_other};
use crate::pages::Layout;
use crate::users::User;

/// Redirects to `next`, or shows a page if that would be a redirect loop.
pub(super) fn onward(
    app: &App,
    request: &HttpRequest,
    browser: &BrowserSession,
    user: &User,
    next: Option<&Next>,
    query: &LoginQuery,
) -> Result<HttpResponse, Error> {
    let (own, life, now) = (app.config.auth_url.url(), app.config.key_times.token_life, app.clock.estimate());
    let last = feature_cookie(request, &app.cookies.names.trip).and_then(|values| values.into_iter().next());
    let trip = next.and_then(|next| RedirectCount::to(next, query, own, last.as_deref(), life, now));
    let Some(trip) = trip else { return Ok(see_other(&app.destinations.url(next, "/"))) };
    let (value, life) = trip.cookie();
    let mut answer = match trip.decide() {
        RedirectDecision::Continue(target) => see_other(&target),
        RedirectDecision::Loop(service) => {
            tracing::warn!(service, "a service does not take the login: the browser was going in circles");
            let page = RedirectLoopPage::new(service, app.destinations.url(next, "/"));
            app.pages.answer(StatusCode::CONFLICT, &Layout::of(browser).naming(Some(user.into())), &page)?
        }
    };
    answer.add_cookie(&app.cookies.trip(&value, life)).map_err(Error::internal_from_http)?;
    Ok(answer)
}

/// The kind of reader, by the same rule as in all services.
pub(super) fn reader(request: &HttpRequest) -> Reader {
    RequestInfo::new(request.method().as_str(), "/login", request.headers()).reader()
}

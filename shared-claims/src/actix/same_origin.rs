//! CSRF middleware: the same-origin check, and the login for the extractors.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue,
    SET_COOKIE,
};
use actix_web::{Error, HttpMessage};

use super::extract::{find_login, shared_login};
use super::request::request_info;
use super::response;
use super::shared_body::SharedBody;
use crate::SharedLogin;
use crate::web::{self, Context, DeferredPage, MultipartReader, OriginChecked, Served};

/// CSRF protection by origin: only this service's own pages may change things.
/// `App::new().wrap(SameOrigin)`.
///
/// The login cookie is also sent with requests that a page on a sibling sub-domain makes:
/// `SameSite=Lax` treats all of the domain as one site. So every request with a method other than
/// `GET`, `HEAD` and `OPTIONS`, and every one that opens a WebSocket, must come from a page of
/// `SERVICE_URL` itself. Three headers of the browser say where it comes from. The first that is
/// present decides:
///
/// 1. `Sec-Fetch-Site`: `same-origin`, or `none` (the person's own doing), passes; `same-site` and
///    `cross-site` do not.
/// 2. `Origin`: `SERVICE_URL` passes; anything else does not, nor does `null`.
/// 3. `Referer`: a page of `SERVICE_URL` passes; anything else does not.
///
/// Pages of siblings that `TRUSTED_ORIGINS` names pass too, and their scripts may read the
/// responses (CORS).
///
/// A request with none of the three is refused, because there is no other proof to rely on, such as
/// a token in the form. Every current browser sends at least one of them with a form. A program
/// that posts with the login cookie sends `Origin: <SERVICE_URL>`.
///
/// It also refuses requests with more than 16 KB of cookies
/// ([`MAX_COOKIE_BYTES`](crate::web::MAX_COOKIE_BYTES)) with `431`. That page links to where
/// auth-service deletes other sites' cookies.
///
/// Both refusals are a page or problem+json. Needs a registered
/// [`SharedLogin`](crate::SharedLogin); without one the response is `500`.
#[derive(Debug, Clone, Copy, Default)]
pub struct SameOrigin;

/// Middleware for the whole `App`: `App::new().wrap(SharedLoginMiddleware::new(login))`.
///
/// It gives the login to the extractors, and includes [`SameOrigin`], whose documentation says what
/// is refused. A route that other sites may post to belongs into an `App` or a scope beside it.
/// Handlers that want the [`SharedLogin`](crate::SharedLogin) itself take it from `web::Data`.
#[derive(Debug, Clone)]
pub struct SharedLoginMiddleware {
    login: SharedLogin,
}

impl SharedLoginMiddleware {
    /// Creates the middleware for a service that trusts this login.
    pub fn new(login: SharedLogin) -> Self {
        Self { login }
    }
}

/// Makes middleware of a type: a [`Guard`] with the login that the function takes from it.
macro_rules! guarding {
    ($middleware:ty, $login:expr) => {
        impl<S, B> Transform<S, ServiceRequest> for $middleware
        where
            S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
            B: MessageBody + 'static,
        {
            type Response = ServiceResponse<EitherBody<B, BoxBody>>;
            type Error = Error;
            type Transform = Guard<S>;
            type InitError = ();
            type Future = Ready<Result<Self::Transform, ()>>;

            fn new_transform(&self, service: S) -> Self::Future {
                let login: fn(&Self) -> Option<SharedLogin> = $login;
                ready(Ok(Guard { service: Rc::new(service), login: login(self) }))
            }
        }
    };
}

guarding!(SharedLoginMiddleware, |middleware| Some(middleware.login.clone()));
guarding!(SameOrigin, |_| None);

/// The service that [`SharedLoginMiddleware`] and [`SameOrigin`] wrap around the `App`.
pub struct Guard<S> {
    service: Rc<S>,
    /// `None` for [`SameOrigin`], which uses the registered one.
    login: Option<SharedLogin>,
}

impl<S, B> Service<ServiceRequest> for Guard<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B, BoxBody>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(service);

    fn call(&self, mut req: ServiceRequest) -> Self::Future {
        if let Some(login) = &self.login {
            req.extensions_mut().insert(login.clone());
        }
        if let Some(login) = find_login(req.request()) {
            web::warn_of_other_host(&request_info(req.request()), &login);
        }
        let for_scripts = cors(&req);
        if let Err(refusal) = check(&req) {
            let mut answer = refusal.error_response();
            add(&for_scripts, answer.headers_mut());
            return Box::pin(ready(Ok(req.into_response(answer).map_into_right_body())));
        }
        mark_checked(&req);
        share_form(&mut req);
        expect_author(&req);
        let done = self.service.call(req);
        Box::pin(async move {
            let mut response = done.await?.map_into_left_body();
            finish_page(&mut response).await;
            add(&for_scripts, response.headers_mut());
            remember_author(&mut response);
            Ok(response)
        })
    }
}

/// Tells the extractors that a change has passed the check.
fn mark_checked(req: &ServiceRequest) {
    if let Some(mark) = OriginChecked::after_check(&request_info(req.request())) {
        req.extensions_mut().insert(mark);
    }
}

/// Prepares the request's extensions for the extractors to record whom the handler runs for.
fn expect_author(req: &ServiceRequest) {
    if let Ok(login) = shared_login(req.request()) {
        let served = Served::new(&request_info(req.request()), login.settings());
        req.extensions_mut().insert(served);
    }
}

/// Sets the cookie that remembers whose pages the browser shows, so that a form is not filed under
/// another person.
fn remember_author<B>(response: &mut ServiceResponse<B>) {
    let req = response.request();
    let served = req.extensions().get::<Served>().cloned();
    let (Some(served), Some(login)) = (served, find_login(req)) else { return };
    let line = served.set_cookie(login.settings());
    if let Some(line) = line.and_then(|line| HeaderValue::from_str(&line).ok()) {
        response.headers_mut().append(SET_COOKIE, line);
    }
}

/// Reads the form with files that a page is to keep, and finishes the page.
async fn finish_page<B>(response: &mut ServiceResponse<B>) {
    let Some(page) = response.response_mut().extensions_mut().remove::<DeferredPage>() else { return };
    let req = response.request();
    let body = req.extensions().get::<SharedBody>().cloned();
    let (Some(body), Some(login)) = (body, find_login(req)) else { return };
    if let Some(reader) = MultipartReader::new(&request_info(req)) {
        let form = body.read_multipart(reader).await;
        page.finish(&request_info(req), login.settings(), form);
    }
}

/// The headers that let scripts of trusted siblings read the response.
fn cors(req: &ServiceRequest) -> Vec<(&'static str, String)> {
    let login = find_login(req.request());
    login.map(|login| web::cors(&request_info(req.request()), login.settings())).unwrap_or_default()
}

/// Headers that the service set itself win.
fn add(for_scripts: &[(&'static str, String)], headers: &mut HeaderMap) {
    if headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        return;
    }
    for (name, value) in for_scripts {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
}

/// Shares the body before any extractor runs. A handler that names its form before its `User` would
/// otherwise have taken the body by the time the `User` extractor learns that the form must be
/// kept.
fn share_form(req: &mut ServiceRequest) {
    let request = request_info(req.request());
    let keep = shared_login(req.request()).is_ok_and(|login| request.can_be_resubmitted(login.settings()));
    if keep {
        let mut payload = req.take_payload();
        let shared = SharedBody::share(req.request(), &mut payload);
        req.set_payload(payload);
        if let Some(shared) = shared {
            req.extensions_mut().insert(shared);
        }
    }
}

fn check(req: &ServiceRequest) -> Result<(), Error> {
    let req = req.request();
    let too_many = web::check_cookie_size(&request_info(req));
    let is_preflight = req.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if too_many.is_none() && !is_preflight && web::is_safe(&request_info(req)) {
        return Ok(());
    }
    let login = shared_login(req)?;
    if too_many.is_none()
        && let Some(answer) = web::preflight(&request_info(req), login.settings())
    {
        return Err(response::respond(answer));
    }
    match too_many.or_else(|| web::check_origin(&request_info(req), login.settings())) {
        None => Ok(()),
        Some(denial) => Err(response::refuse(&denial, req, &login, &Context::now(), None)),
    }
}

//! Tower layer: the login for the extractors, CSRF protection and kept forms.

use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll};

use axum_core::body::Body;
use axum_core::extract::Request;
use axum_core::response::Response;
use http::header::SET_COOKIE;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method};
use tower_layer::Layer;
use tower_service::Service;

use super::drain::DrainHandle;
use super::request::{Registered, request_info};
use super::response::{self, refuse};
use super::{drain, kept_form};
use crate::web::{
    Context, DeferredPage, MultipartReader, OriginChecked, RequestInfo, Served, check_cookie_size,
    check_origin, cors, preflight, warn_of_other_host,
};
use crate::{Settings, SharedLogin};

/// The layer that the extractors need: `Router::new()….layer(SharedLoginLayer::new(login))`, on the
/// outermost router.
///
/// It is also CSRF protection by origin: only this service's own pages may change things. The login
/// cookie is also sent with requests that a page on a sibling sub-domain makes: `SameSite=Lax`
/// treats all of the domain as one site. So every request with a method other than `GET`, `HEAD`
/// and `OPTIONS`, and every one that opens a WebSocket, must come from a page of `SERVICE_URL`
/// itself. Three headers of the browser say where it comes from. The first that is present decides:
///
/// 1. `Sec-Fetch-Site`: `same-origin`, or `none` (the person's own doing), passes; `same-site` and
///    `cross-site` do not.
/// 2. `Origin`: `SERVICE_URL` passes; anything else does not, nor does `null`.
/// 3. `Referer`: a page of `SERVICE_URL` passes; anything else does not.
///
/// Pages of siblings that `TRUSTED_ORIGINS` names pass too, and their scripts may read the
/// responses (CORS).
///
/// More than 16 KB of cookies are refused with `431`. That page links to where auth-service deletes
/// other sites' cookies.
///
/// A request with none of the three is refused with `403`, as a page or as problem+json. A program
/// that posts with the login cookie sends `Origin: <SERVICE_URL>`. A route that other sites may
/// post to, and that does not look at the login, is added to the router after the layer.
///
/// What a handler leaves unread of a body is read and dropped before the response is sent, up to
/// [`MAX_DISCARDED_BYTES`](crate::web::MAX_DISCARDED_BYTES). Otherwise hyper would close the
/// connection, and a client that is still sending would get a reset instead of the response.
#[derive(Debug, Clone)]
pub struct SharedLoginLayer {
    login: SharedLogin,
}

impl SharedLoginLayer {
    /// Creates the layer for a service that trusts this login.
    pub fn new(login: SharedLogin) -> Self {
        Self { login }
    }
}

impl<S> Layer<S> for SharedLoginLayer {
    type Service = WithSharedLogin<S>;

    fn layer(&self, inner: S) -> Self::Service {
        WithSharedLogin { inner, login: self.login.clone() }
    }
}

/// The service that [`SharedLoginLayer`] wraps around the router.
#[derive(Debug, Clone)]
pub struct WithSharedLogin<S> {
    inner: S,
    login: SharedLogin,
}

impl<S> Service<Request> for WithSharedLogin<S>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        // The service that is ready is used, and a clone takes its place (tower's contract of
        // `poll_ready`).
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        let login = self.login.clone();
        Box::pin(async move {
            // Inside another such layer, the outer one knows the requested address.
            let target = match request.extensions().get::<Registered>() {
                Some(outer) => outer.target.clone(),
                None => request.uri().path_and_query().cloned(),
            };
            let drain_handle = drain::make_drainable(&mut request);
            let (for_scripts, refusal) = {
                let request = request_info(request.method(), target.as_ref(), request.headers());
                warn_of_other_host(&request, &login);
                (cors(&request, login.settings()), check(&request, login.settings()))
            };
            let mut response = match refusal {
                Some(refusal) => {
                    drop(request);
                    refusal
                }
                None => {
                    keep_form(&mut request, target.as_ref(), &login).await;
                    let upload = Upload::of(&request, target.as_ref());
                    let served = served(&request, target.as_ref(), &login);
                    let registered = Registered { login: login.clone(), target, served: served.clone() };
                    request.extensions_mut().insert(registered);
                    mark_checked(&mut request);
                    let mut response = inner.call(request).await?;
                    if let (Some(upload), Some(body)) = (upload, &drain_handle) {
                        upload.finish_page(&mut response, body, login.settings()).await;
                    }
                    remember_author(&served, &login, response.headers_mut());
                    response
                }
            };
            if let Some(drain_handle) = drain_handle {
                drain_handle.drain().await;
            }
            response::add(for_scripts, response.headers_mut());
            Ok(response)
        })
    }
}

fn served(request: &Request, target: Option<&PathAndQuery>, login: &SharedLogin) -> Served {
    Served::new(&request_info(request.method(), target, request.headers()), login.settings())
}

/// Tells the extractors that a change has passed the check.
fn mark_checked(request: &mut Request) {
    let mark = OriginChecked::after_check(&request_info(request.method(), None, request.headers()));
    if let Some(mark) = mark {
        request.extensions_mut().insert(mark);
    }
}

/// Sets the cookie that remembers whose pages the browser shows, so that a form is not filed under
/// another person.
fn remember_author(served: &Served, login: &SharedLogin, answer: &mut HeaderMap) {
    let line = served.set_cookie(login.settings());
    if let Some(line) = line.and_then(|line| HeaderValue::from_str(&line).ok()) {
        answer.append(SET_COOKIE, line);
    }
}

/// The responses that do not depend on who is logged in.
fn check(request: &RequestInfo<'_>, settings: &Settings) -> Option<Response> {
    if let Some(denial) = check_cookie_size(request) {
        return Some(refuse(&denial, request, settings, &Context::now(), None));
    }
    if let Some(preflight) = preflight(request, settings) {
        return Some(response::response(preflight));
    }
    check_origin(request, settings).map(|denial| refuse(&denial, request, settings, &Context::now(), None))
}

async fn keep_form(request: &mut Request, target: Option<&PathAndQuery>, login: &SharedLogin) {
    let is_kept_whole = {
        let request = request_info(request.method(), target, request.headers());
        request.can_be_resubmitted(login.settings()) && !request.is_multipart()
    };
    if !is_kept_whole {
        return;
    }
    let (kept, body) = kept_form::keep(std::mem::replace(request.body_mut(), Body::empty())).await;
    *request.body_mut() = body;
    if let Some(kept) = kept {
        request.extensions_mut().insert(kept);
    }
}

/// The head of a request with a form that can hold files.
struct Upload {
    method: Method,
    target: Option<PathAndQuery>,
    headers: HeaderMap,
}

impl Upload {
    fn of(request: &Request, target: Option<&PathAndQuery>) -> Option<Self> {
        let is_upload = request_info(request.method(), target, request.headers()).is_multipart();
        is_upload.then(|| Self {
            method: request.method().clone(),
            target: target.cloned(),
            headers: request.headers().clone(),
        })
    }

    /// Reads the form that a page is to keep, and finishes the page.
    async fn finish_page(&self, response: &mut Response, body: &DrainHandle, settings: &Settings) {
        let Some(page) = response.extensions_mut().remove::<DeferredPage>() else { return };
        let Some(reader) = MultipartReader::new(&self.info()) else { return };
        let form = body.read_multipart(reader).await;
        page.finish(&self.info(), settings, form);
    }

    fn info(&self) -> RequestInfo<'_> {
        request_info(&self.method, self.target.as_ref(), &self.headers)
    }
}

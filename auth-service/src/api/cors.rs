//! Which pages' scripts may renew a login: those of our own services (Fetch standard, CORS
//! protocol).

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, HeaderValue, ORIGIN, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, web};

use crate::app::App;
use crate::error::Error;
use crate::i18n::Message;

/// How long a browser remembers that it may ask, in seconds.
const REMEMBER: &str = "600";

/// Middleware of the one address that other origins may post to: `403` for all but the allowed
/// ones, which may read the answer, whatever it is. A request without an `Origin` is no script's.
pub(super) async fn only_our_services(
    app: web::Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let allowed = allowed_origin(&app, &request);
    let mut response = match &allowed {
        None => request.error_response(
            Error::refuse(
                StatusCode::FORBIDDEN,
                Message::verbatim("Only pages of our own services can renew a login."),
            )
            .code("origin_not_allowed")
            .because("the Origin header is missing or not an allowed one"),
        ),
        Some(_) if request.method() == Method::OPTIONS => request.into_response(preflight()),
        Some(_) => next.call(request).await?.map_into_boxed_body(),
    };
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// The request's one `Origin`, if it is our own or one that people are sent back to.
fn allowed_origin(app: &App, request: &ServiceRequest) -> Option<HeaderValue> {
    let mut origins = request.headers().get_all(ORIGIN);
    let (origin, None) = (origins.next()?, origins.next()) else { return None };
    let text = origin.to_str().ok()?;
    let is_ours = text == app.config.auth_url.origin() || app.config.allowed_origins.allow_origin(text);
    is_ours.then(|| origin.clone())
}

fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "POST"))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "content-type"))
        .insert_header((ACCESS_CONTROL_MAX_AGE, REMEMBER))
        .finish()
}

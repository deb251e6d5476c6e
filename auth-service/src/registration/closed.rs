//! Closed registration (`REGISTRATION=closed`): an explanatory page instead of the form.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next as Further;
use actix_web::{FromRequest, HttpResponse, web};
use serde::Serialize;

use crate::app::{App, Destination};
use crate::error::Error;
use crate::http::{Next, NextQuery};
use crate::pages::{Layout, Page};

/// `templates/registration/closed.html`
#[derive(Debug, Serialize)]
pub struct ClosedPage {
    destination: Option<Destination>,
    login_url: String,
}

impl Page for ClosedPage {
    const TEMPLATE: &'static str = "registration/closed.html";

    fn samples() -> Vec<Self> {
        let page = |destination| Self { destination, login_url: "/login".to_owned() };
        vec![page(None), page(Some(Destination::sample(None, None)))]
    }
}

/// Middleware: if registration is closed, the form is neither shown nor accepted.
///
/// The status is `403` and not `404`: the address is public anyway, and people who follow a
/// bookmark or a link should read why there is no form.
pub(super) async fn require_form(
    app: web::Data<App>,
    request: ServiceRequest,
    further: Further<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if app.config.registration.has_form() {
        return Ok(further.call(request).await?.map_into_boxed_body());
    }
    let (request, mut payload) = request.into_parts();
    let answer = closed(&app, &request, NextQuery::from_request(&request, &mut payload).await?);
    let answer = answer.unwrap_or_else(HttpResponse::from_error);
    Ok(ServiceResponse::new(request, answer))
}

fn closed(app: &App, request: &actix_web::HttpRequest, query: NextQuery) -> Result<HttpResponse, Error> {
    let next = app.destinations.next(query.0.as_deref());
    let page = ClosedPage {
        destination: Destination::of(app, next.as_ref()),
        login_url: Next::carried_by(next.as_ref(), "/login"),
    };
    app.pages.answer(StatusCode::FORBIDDEN, &Layout::bare(request), &page)
}

//! The application: all routes, and the middleware around them.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App, FromRequest, Handler, Resource, Responder};
use shared_claims::SharedLogin;
use shared_claims::actix::SharedLoginMiddleware;

use crate::database::Database;
use crate::settings::OtherService;
use crate::templates::{Templates, TemplatesError};
use crate::{error_pages, headers, limits, notes, pages};

/// The parts of the application that handlers use. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    /// Identifies who sends a request.
    pub login: SharedLogin,
    database: Database,
    templates: Templates,
}

impl Service {
    /// # Errors
    /// When a template or a text cannot be parsed.
    pub fn new(
        login: SharedLogin,
        database: Database,
        other: Option<OtherService>,
    ) -> Result<Self, TemplatesError> {
        Ok(Self { templates: Templates::embedded(&login, other)?, login, database })
    }
}

/// Builds the `App`, the same in production and in tests.
pub fn app(
    service: Service,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    App::new()
        // The last middleware runs first on a request and last on its response.
        .wrap(SharedLoginMiddleware::new(service.login.clone()))
        .wrap(from_fn(limits::require))
        .wrap(from_fn(error_pages::render_errors))
        .wrap(headers::security_headers(&service.login))
        .app_data(Data::new(service.login))
        .app_data(Data::new(service.database))
        .app_data(Data::new(service.templates))
        .app_data(web::FormConfig::default().limit(limits::FORM_BYTES))
        .service(get("/", pages::home))
        .service(get("/private", pages::private))
        .service(get("/staff", pages::staff))
        .service(get("/notes", notes::show).route(web::post().to(notes::change)))
        .service(get("/notes/all", notes::ask_delete_all).route(web::post().to(notes::delete_all)))
        .service(get("/whoami", pages::whoami))
        .service(get("/api/me", pages::me))
        .service(get("/healthz", pages::healthz))
        .service(get("/style.css", pages::style))
        .service(get("/renewal.js", pages::renewal_script))
        .service(get("/sso.js", shared_claims::actix::script))
        .service(get("/icon.svg", pages::icon))
        .service(get("/lists.svg", pages::lists_icon))
        .service(get("/favicon.ico", pages::icon))
}

/// A route that answers `GET` answers `HEAD` too (RFC 9110, section 9.1).
fn get<H, Args>(path: &str, handler: H) -> Resource
where
    H: Handler<Args, Output: Responder + 'static>,
    Args: FromRequest + 'static,
{
    web::resource(path).route(web::get().to(handler.clone())).route(web::head().to(handler))
}

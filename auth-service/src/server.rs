//! The HTTP server: its listener, its routes, and the order of the middleware.

use std::net::SocketAddr;

use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::{dev, web};
use shared_claims::server::{BoundedServer, Limits, Listener};

use crate::app::App;
use crate::error::Error;
use crate::features::FEATURES;
use crate::forms::browser_session;
use crate::http::{
    Draining, OwnCookie, RoutePolicies, RoutePolicy, access_log, close_connections, cookie_header, host,
    known_browser, prefetch, request_size, same_origin, security_headers,
};
use crate::i18n::Message;
use crate::pages::{error_pages, long_redirect, static_files};
use crate::{background_tasks, shutdown};

/// The same for everybody, and says how long it may be kept. The page that tells of a wrong host
/// needs its style sheet and its icon under that host.
const STATIC_FILES: [RoutePolicy; 2] =
    [RoutePolicy::of("/static/").public().any_host(), RoutePolicy::of("/favicon.ico").public().any_host()];

/// The service, listening. Nothing is answered until [`Server::run`].
pub struct Server {
    listener: Listener,
    limits: Limits,
    workers: Option<usize>,
    app: App,
}

impl Server {
    /// The address is taken before the database is touched: a taken port is told at once, and a
    /// test can ask for port 0.
    pub fn new(listener: impl Into<Listener>, app: App) -> Self {
        Self { listener: listener.into(), limits: Limits::default(), workers: None, app }
    }

    /// The same with other limits for its connections (ASVS 15.2.2); tests wait less.
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same with so many workers, where one a core is more than is needed.
    pub fn with_workers(self, workers: usize) -> Self {
        Self { workers: Some(workers), ..self }
    }

    /// `None` where it listens on a socket's file.
    pub fn address(&self) -> std::io::Result<Option<SocketAddr>> {
        self.listener.address()
    }

    /// Where a stop begins, before [`Server::run`]'s own.
    pub fn draining(&self) -> Draining {
        self.app.draining.clone()
    }

    /// Serves until its handle stops it. Must be called within an actix system. Signals are
    /// [`shutdown::serve`]'s.
    pub fn run(self) -> std::io::Result<dev::Server> {
        let app = web::Data::new(self.app);
        background_tasks::start(app.clone());
        let proxies = app.config.trusted_proxies.clone();
        let server = BoundedServer::new(move || {
            actix_web::App::new()
                .configure(|services| App::install(&app, services))
                .configure(features)
                // From here on outwards: what is written last sees a request first.
                .wrap(browser_session::middleware(&app.cookies, &app.config.secret_key))
                .wrap(from_fn(known_browser::keep))
                .wrap(from_fn(prefetch::refuse))
                .wrap(from_fn(same_origin::require))
                .wrap(from_fn(host::require))
                .wrap(from_fn(request_size::require))
                .wrap(from_fn(error_pages::draw))
                .wrap(from_fn(security_headers::add))
                .wrap(from_fn(long_redirect::fit))
                .wrap(from_fn(access_log))
                .wrap(from_fn(cookie_header::guard))
                .wrap(from_fn(close_connections))
        });
        let server = match self.workers {
            Some(workers) => server.workers(workers),
            None => server,
        };
        server
            .limits(self.limits)
            .proxies(move |address| proxies.contain(address))
            .disable_signals()
            .shutdown_timeout(shutdown::FINISH_SECONDS)
            .listen(self.listener)
    }
}

fn features(services: &mut web::ServiceConfig) {
    let policies = FEATURES.iter().flat_map(|feature| feature.policies.iter().copied());
    let own: Vec<OwnCookie> = FEATURES.iter().flat_map(|feature| feature.cookies.iter().copied()).collect();
    services
        .app_data(web::Data::new(policies.chain(STATIC_FILES).collect::<RoutePolicies>()))
        .app_data(web::Data::new(own));
    for feature in FEATURES {
        services.configure(feature.routes);
    }
    services
        .service(
            web::resource("/static/{name}")
                .route(web::get().to(static_files::serve))
                .route(web::head().to(static_files::serve)),
        )
        .service(
            web::resource("/favicon.ico")
                .route(web::get().to(static_files::favicon))
                .route(web::head().to(static_files::favicon)),
        )
        .default_service(web::to(nothing_here));
}

async fn nothing_here() -> Result<&'static str, Error> {
    Err(Error::refuse(StatusCode::NOT_FOUND, Message::new("error-nothing-here-advice")))
}

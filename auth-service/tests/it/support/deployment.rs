//! A whole deployment: auth-service and a service that trusts it, each behind a proxy, and the
//! doctor.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;

use actix_web::{App, HttpServer, web};
use serde_json::Value;
use shared_claims::actix::User;
use shared_claims::{Settings, SharedLogin};

use super::{Proxy, Quirks, TestApp, Tweaks};
use crate::commands::{Ended, Program, SECRET};

/// A running deployment. It is healthy unless a test adds faults.
pub struct Deployment {
    pub app: TestApp,
    auth_url: String,
    /// The URL of the service's page that needs a login.
    pub private: String,
    _proxies: [Proxy; 2],
}

/// The faults that a test adds.
#[derive(Default)]
pub struct Faults {
    pub tweaks: Tweaks,
    pub auth_proxy: Quirks,
    pub service_proxy: Quirks,
    /// The service's `AUTH_URL`.
    pub service_auth_url: Option<String>,
    /// Its `SERVICE_URL`.
    pub service_url: Option<String>,
    /// Its `AUTH_JWKS`; that of the running auth-service, whatever its `AUTH_URL`.
    pub service_jwks: Option<String>,
}

impl Deployment {
    pub async fn healthy() -> Self {
        Self::with(Faults::default()).await
    }

    pub async fn with(faults: Faults) -> Self {
        let (auth, service) = (Proxy::reserve(), Proxy::reserve());
        let auth_url = format!("http://auth.sso.localhost:{}", auth.local_addr().unwrap().port());
        let service_url = format!("http://shop.sso.localhost:{}", service.local_addr().unwrap().port());
        let mut tweaks = faults.tweaks;
        tweaks.flags.auth_url = Some(auth_url.clone());
        tweaks.flags.cookie_domain = Some("sso.localhost".to_owned());
        tweaks.flags.trusted_proxies.get_or_insert_with(|| "127.0.0.0/8".to_owned());
        let app = TestApp::start_with(tweaks).await;
        let auth = Proxy::start(auth, app.address, faults.auth_proxy);
        let consumer = consumer(
            &faults.service_auth_url.unwrap_or_else(|| auth_url.clone()),
            &faults.service_url.unwrap_or_else(|| service_url.clone()),
            &faults.service_jwks.unwrap_or_else(|| format!("{auth_url}/.well-known/jwks.json")),
        );
        let service = Proxy::start(service, consumer, faults.service_proxy);
        let private = format!("{service_url}/private");
        Self { app, auth_url, private, _proxies: [auth, service] }
    }

    /// The doctor with the settings of the running service, ready to be started.
    pub fn doctor(&self) -> Program {
        self.doctor_for(&[&self.private])
    }

    pub fn doctor_for(&self, services: &[&str]) -> Program {
        let services = services.iter().flat_map(|service| ["--service", service]);
        let arguments: Vec<&str> = ["doctor", "--json"].into_iter().chain(services).collect();
        Program::new(&arguments)
            .set_all(&self.app.database.url)
            .set("AUTH_URL", &self.auth_url)
            .set("COOKIE_DOMAIN", "sso.localhost")
            .set("TRUSTED_PROXIES", "127.0.0.0/8")
    }
}

/// A service with one open page, and one for people who are logged in.
fn consumer(auth_url: &str, service_url: &str, jwks: &str) -> SocketAddr {
    let of = [
        ("AUTH_URL", auth_url),
        ("SERVICE_URL", service_url),
        ("COOKIE_DOMAIN", "sso.localhost"),
        ("AUTH_JWKS", jwks),
    ];
    let lookup = |name: &str| of.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let login = SharedLogin::new(Settings::from_lookup(lookup).unwrap()).unwrap();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            send.send(listener.local_addr().unwrap()).unwrap();
            let pages = move || {
                App::new()
                    .app_data(web::Data::new(login.clone()))
                    .route("/", web::get().to(|| async { "open to all" }))
                    .route("/private", web::get().to(|_: User| async { "for you alone" }))
            };
            HttpServer::new(pages).workers(1).listen(listener).unwrap().run().await.unwrap();
        });
    });
    receive.recv().unwrap()
}

/// The doctor's result.
#[derive(Debug)]
pub struct Diagnosis {
    pub ended: Ended,
    pub report: Value,
}

impl Program {
    /// Runs the doctor on another thread. Its output must contain no secret.
    pub async fn examine(self) -> Diagnosis {
        let ended = tokio::task::spawn_blocking(|| self.run()).await.unwrap();
        for secret in [SECRET, "hunter2"] {
            assert!(!ended.out.contains(secret) && !ended.err.contains(secret), "{ended:?}");
        }
        let report = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{ended:?}"));
        Diagnosis { ended, report }
    }
}

impl Diagnosis {
    /// The ids of all findings of this severity, without the one about the superuser that the tests
    /// use on PostgreSQL.
    pub fn ids(&self, severity: &str) -> Vec<&str> {
        let findings = self.report["findings"].as_array().unwrap().iter();
        findings
            .filter(|finding| finding["severity"] == severity)
            .map(|finding| finding["id"].as_str().unwrap())
            .filter(|id| *id != "database-role-is-superuser")
            .collect()
    }

    /// Asserts that these ids were found, and no others.
    #[track_caller]
    pub fn assert_wrong(&self, ids: &[&str]) {
        let wrong = [self.ids("error"), self.ids("warning")].concat();
        assert_eq!(wrong, ids, "{:#}", self.report);
        assert_eq!(self.ended.code, 1, "{:?}", self.ended);
        for finding in self.report["findings"].as_array().unwrap() {
            let is_said = |part: &str| finding[part].as_str().is_some_and(|text| !text.is_empty());
            let is_fine = finding["severity"] == "ok";
            assert!(is_said("what") && is_said("about"), "{finding}");
            assert!(is_fine || is_said("why") && is_said("advice"), "{finding}");
        }
    }
}

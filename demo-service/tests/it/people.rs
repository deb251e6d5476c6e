//! Test support: people, their browsers, and the requests that those send.

use std::path::PathBuf;

use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, ORIGIN, REFERER,
};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use demo_service::{Database, OtherService, Service};
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use shared_claims::testing::TestIssuer;
use shared_claims::{Claims, SharedLogin};
use tempfile::TempDir;

pub const AUTH: &str = "http://auth.sso.localhost:8000";
pub const SELF: &str = "http://demo.sso.localhost:8001";
pub const OTHER: &str = "http://lists.sso.localhost:8003";
pub const FORM: &str = "application/x-www-form-urlencoded";

/// The service with an empty database, and the issuer that it trusts.
pub struct Demo {
    pub issuer: TestIssuer,
    service: Service,
    folder: TempDir,
}

/// A response with its whole body.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Demo {
    pub fn new() -> Self {
        let issuer = TestIssuer::new();
        let login = issuer.login();
        Self::trusting(issuer, login)
    }

    pub fn trusting(issuer: TestIssuer, login: SharedLogin) -> Self {
        let folder = TempDir::new().unwrap();
        let database = Database::open(file_in(&folder).to_str().unwrap()).unwrap();
        Self { issuer, service: Service::new(login, database, Some(other())).unwrap(), folder }
    }

    pub fn notes_file(&self) -> PathBuf {
        file_in(&self.folder)
    }

    pub fn break_database(&self) {
        let mut other_program = SqliteConnection::establish(file_in(&self.folder).to_str().unwrap()).unwrap();
        other_program.batch_execute("DROP TABLE notes").unwrap();
    }

    pub async fn ask(&self, request: TestRequest) -> Answer {
        let app = init_service(demo_service::app(self.service.clone())).await;
        let answer = call_service(&app, request.to_request()).await;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = String::from_utf8(read_body(answer).await.to_vec()).unwrap();
        Answer { status, headers, body }
    }

    pub fn anonymous(&self) -> Browser<'_> {
        Browser { demo: self, cookie: None }
    }

    pub fn logged_in(&self, email: &str) -> Browser<'_> {
        self.logged_in_with(&self.issuer.claims_for(email))
    }

    pub fn staff(&self, email: &str) -> Browser<'_> {
        let mut claims = self.issuer.claims_for(email);
        claims.user_is_staff = true;
        self.logged_in_with(&claims)
    }

    /// A person whose token expired an hour ago.
    pub fn expired(&self, email: &str) -> Browser<'_> {
        self.logged_in_with(&self.issuer.expired_claims_for(email))
    }

    pub fn logged_in_with(&self, claims: &Claims) -> Browser<'_> {
        Browser { demo: self, cookie: Some(self.issuer.cookie(claims)) }
    }
}

/// The service that the front page links to.
fn other() -> OtherService {
    OtherService { name: "Lists".to_owned(), url: OTHER.to_owned() }
}

fn file_in(folder: &TempDir) -> PathBuf {
    folder.path().join("notes.db")
}

/// A current browser, with or without the login cookie.
pub struct Browser<'a> {
    demo: &'a Demo,
    pub cookie: Option<String>,
}

impl Browser<'_> {
    /// Opens an address in a tab.
    pub async fn opens(&self, path: &str) -> Answer {
        self.demo.ask(self.navigation(Method::GET, path, "none")).await
    }

    /// Opens an address with this `Accept-Language`.
    pub async fn opens_in(&self, path: &str, languages: &'static str) -> Answer {
        let request = self.navigation(Method::GET, path, "none");
        self.demo.ask(request.insert_header((ACCEPT_LANGUAGE, languages))).await
    }

    /// Sends one of our forms.
    pub async fn posts(&self, path: &str, form: impl Into<String>) -> Answer {
        self.demo.ask(self.form(path, "same-origin", SELF, form)).await
    }

    /// Sends a form that a page of another origin makes.
    pub async fn is_made_to_post(
        &self,
        from: &str,
        fetch_site: &'static str,
        path: &str,
        form: &str,
    ) -> Answer {
        self.demo.ask(self.form(path, fetch_site, from, form)).await
    }

    pub async fn asks(&self, request: TestRequest) -> Answer {
        self.demo.ask(request).await
    }

    /// Fetches an address by a script of ours.
    pub async fn fetches(&self, path: &str) -> Answer {
        let request = self.with_cookie(TestRequest::with_uri(path));
        self.demo.ask(request.insert_header(("sec-fetch-mode", "cors")).insert_header((ACCEPT, "*/*"))).await
    }

    pub fn form(
        &self,
        path: &str,
        fetch_site: &'static str,
        from: &str,
        form: impl Into<String>,
    ) -> TestRequest {
        self.navigation(Method::POST, path, fetch_site)
            .insert_header((ORIGIN, from.to_owned()))
            .insert_header((REFERER, format!("{from}/notes")))
            .insert_header((CONTENT_TYPE, FORM))
            .set_payload(form.into())
    }

    pub fn navigation(&self, method: Method, path: &str, fetch_site: &'static str) -> TestRequest {
        self.with_cookie(TestRequest::with_uri(path))
            .method(method)
            .insert_header((ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8"))
            .insert_header(("sec-fetch-mode", "navigate"))
            .insert_header(("sec-fetch-dest", "document"))
            .insert_header(("sec-fetch-site", fetch_site))
    }

    fn with_cookie(&self, request: TestRequest) -> TestRequest {
        match &self.cookie {
            Some(cookie) => request.insert_header((COOKIE, cookie.clone())),
            None => request,
        }
    }
}

impl Answer {
    pub fn header(&self, name: impl TryInto<HeaderName>) -> &str {
        let name = name.try_into().unwrap_or_else(|_| panic!("a header name"));
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn redirects_to(&self, address: &str) {
        assert_eq!((self.status, self.header("location")), (StatusCode::SEE_OTHER, address));
    }

    #[track_caller]
    pub fn shows(&self, text: &str) {
        assert!(self.body.contains(text), "no {text:?} in\n{}", self.body);
    }

    #[track_caller]
    pub fn does_not_show(&self, text: &str) {
        assert!(!self.body.contains(text), "{text:?} in\n{}", self.body);
    }
}

//! Test support: a small service, and requests to it.

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test::TestRequest;
use actix_web::{App, HttpResponse, test, web};
use serde::Deserialize;
use shared_claims::actix::{
    Fresh, HasRole, JustLoggedIn, MaybeUser, SharedLoginMiddleware, Staff, Superuser, User,
};
use shared_claims::{Role, SharedLogin};

/// A response with its body.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        serde_json::from_str(&self.body).unwrap()
    }
}

struct Editor;

impl Role for Editor {
    const NAME: &str = "editor";
}

#[derive(Deserialize)]
struct Note {
    text: String,
}

/// Sends a request to a service with every kind of protected page, set up as in the README.
pub async fn ask(login: &SharedLogin, request: TestRequest) -> Answer {
    let app = App::new()
        .wrap(SharedLoginMiddleware::new(login.clone()))
        .route("/private", web::get().to(async |user: User| format!("hello {}", user.user_email)))
        .route("/private", web::post().to(async |user: User| format!("done, {}", user.user_email)))
        .route(
            "/notes",
            web::post()
                .to(async |note: web::Form<Note>, user: User| format!("{}: {}", user.user_email, note.text)),
        )
        .route(
            "/notes-user-first",
            web::post()
                .to(async |user: User, note: web::Form<Note>| format!("{}: {}", user.user_email, note.text)),
        )
        .route("/staff", web::get().to(async |staff: Staff| staff.user_email.clone()))
        .route("/editor", web::get().to(async |editor: HasRole<Editor>| editor.user_email.clone()))
        .route("/pay", web::get().to(async |user: JustLoggedIn| user.user_email.clone()))
        .route(
            "/pay",
            web::post().to(async |note: web::Form<Note>, user: Fresh<600>| {
                format!("{} paid {}", user.user_email, note.text)
            }),
        )
        .route("/superuser", web::get().to(async |boss: Superuser| boss.user_email.clone()))
        .route(
            "/both",
            web::get().to(async |user: User, maybe: MaybeUser| format!("{} {}", user.sub, maybe.is_some())),
        )
        .route(
            "/",
            web::get().to(async |visitor: MaybeUser| match &*visitor {
                Some(user) => format!("hello {}", user.user_email),
                None => "hello stranger".to_owned(),
            }),
        )
        .default_service(web::to(async |user: User| format!("anything, {}", user.user_email)));
    answer(&test::init_service(app).await, request).await
}

/// The response, including one from the middleware or an extractor.
pub async fn answer<S, B>(app: &S, request: TestRequest) -> Answer
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody + 'static,
{
    let response = match app.call(request.to_request()).await {
        Ok(response) => response.into_parts().1.map_into_boxed_body(),
        Err(error) => HttpResponse::from_error(error),
    };
    let (status, headers) = (response.status(), response.headers().clone());
    let body = actix_web::body::to_bytes(response.into_body()).await.ok().unwrap();
    Answer { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

/// A person opening an address in a tab.
pub fn opens(address: &str) -> TestRequest {
    TestRequest::get()
        .uri(address)
        .insert_header(("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"))
        .insert_header(("Sec-Fetch-Mode", "navigate"))
        .insert_header(("Sec-Fetch-Dest", "document"))
        .insert_header(("Sec-Fetch-Site", "none"))
}

/// A script calling a URL.
pub fn calls(address: &str) -> TestRequest {
    TestRequest::get()
        .uri(address)
        .insert_header(("Accept", "*/*"))
        .insert_header(("Sec-Fetch-Mode", "cors"))
        .insert_header(("Sec-Fetch-Dest", "empty"))
        .insert_header(("Sec-Fetch-Site", "same-origin"))
}

/// A person sending a form of ours.
pub fn sends(address: &str, form: &str) -> TestRequest {
    TestRequest::post()
        .uri(address)
        .insert_header(("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"))
        .insert_header(("Content-Type", "application/x-www-form-urlencoded"))
        .insert_header(("Origin", "http://demo.sso.localhost:8001"))
        .insert_header(("Referer", "http://demo.sso.localhost:8001/notes?page=2"))
        .insert_header(("Sec-Fetch-Mode", "navigate"))
        .insert_header(("Sec-Fetch-Dest", "document"))
        .insert_header(("Sec-Fetch-Site", "same-origin"))
        .set_payload(form.to_owned())
}

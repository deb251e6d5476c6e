//! A person with a browser, who keeps cookies and fills in forms, but follows no redirect.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::{COOKIE, HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, redirect};

use super::{AUTH_HOST, Reply, TestApp};

/// A password that every rule accepts.
pub const PASSWORD: &str = "violet harbour kites 7";

/// One person, one browser.
#[derive(Clone)]
pub struct Person {
    client: Client,
    address: SocketAddr,
    jar: Arc<Mutex<BTreeMap<String, String>>>,
    /// Headers of every request.
    always: HeaderMap,
    secrets: Arc<Mutex<Vec<String>>>,
}

/// Keeps a connection for less long than the service, which closes it after five idle seconds. A
/// request at that very moment would fail.
fn client() -> ClientBuilder {
    Client::builder().redirect(redirect::Policy::none()).pool_idle_timeout(Duration::from_secs(3))
}

impl Person {
    pub fn new(address: SocketAddr, secrets: Arc<Mutex<Vec<String>>>) -> Self {
        let client = client().build().unwrap();
        Self { client, address, jar: Arc::default(), always: HeaderMap::new(), secrets }
    }

    /// The same person at a socket file.
    pub fn at_socket(mut self, path: &Path) -> Self {
        self.client = client().unix_socket(path).build().unwrap();
        self
    }

    /// Another person on the same machine, with a new browser.
    pub fn another(&self) -> Self {
        Self { jar: Arc::default(), ..self.clone() }
    }

    /// The same person, whose requests all have this header too, such as a user agent or a proxy's
    /// header.
    pub fn sending(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        let value = HeaderValue::from_bytes(value.as_ref()).unwrap();
        self.always.append(HeaderName::from_static(name), value);
        self
    }

    /// The same person with this user agent.
    pub fn using(mut self, user_agent: impl AsRef<[u8]>) -> Self {
        self.always.remove("user-agent");
        self.sending("user-agent", user_agent)
    }

    /// Opens a page, like a click on a link.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts a form with these fields only.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        self.send(request).await
    }

    /// Opens the page at `path`, fills in `fields`, and sends the form with its hidden fields.
    pub async fn fill_in(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let page = self.get(path).await;
        self.fill_in_on(&page, path.split('?').next().unwrap(), fields).await
    }

    /// Fills in and sends a form on an open page.
    pub async fn fill_in_on(&self, page: &Reply, action: &str, fields: &[(&str, &str)]) -> Reply {
        let token =
            page.field("csrf_token").unwrap_or_else(|| panic!("no form on {}: {}", page.status, page.text));
        let next = page.field("next");
        let mut all = vec![("csrf_token", token.as_str())];
        all.extend(next.as_deref().map(|next| ("next", next)));
        all.extend(fields);
        self.post(action, &all).await
    }

    pub async fn register(&self, email: &str, password: &str) -> Reply {
        let fields =
            [("first_name", "Ada"), ("last_name", "Lovelace"), ("email", email), ("password", password)];
        self.remember_secret(password);
        self.fill_in("/register", &fields).await
    }

    pub async fn log_in(&self, email: &str, password: &str) -> Reply {
        self.remember_secret(password);
        self.fill_in("/login", &[("email", email), ("password", password)]).await
    }

    pub async fn log_out(&self) -> Reply {
        let page = self.get("/logout").await;
        // Whoever is logged out already is shown no button.
        let page = if page.field("csrf_token").is_some() { page } else { self.get("/register").await };
        self.fill_in_on(&page, "/logout", &[]).await
    }

    /// A request with this browser's cookies, which can be changed and then given to
    /// [`Person::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request =
            self.client.request(method, format!("http://{}{path}", self.address)).header(HOST, AUTH_HOST);
        let request = request.headers(self.always.clone());
        let cookies = self.cookie_header();
        if cookies.is_empty() { request } else { request.header(COOKIE, cookies) }
    }

    /// Sends a request, and keeps the response's cookies.
    pub async fn send(&self, request: RequestBuilder) -> Reply {
        let reply = Reply::read(request.send().await.unwrap()).await;
        let mut jar = self.jar.lock().unwrap();
        for cookie in reply.cookies() {
            self.remember_secret(&cookie.value);
            if cookie.max_age() <= 0 {
                jar.remove(&cookie.name);
            } else {
                jar.insert(cookie.name, cookie.value);
            }
        }
        if let Some(token) = reply.field("csrf_token") {
            self.remember_secret(&token);
        }
        reply
    }

    /// The `Cookie` header of this browser. The access cookie is sent to this host too, as in
    /// production.
    pub fn cookie_header(&self) -> String {
        let jar = self.jar.lock().unwrap();
        jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar.lock().unwrap().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.jar.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    pub fn forget_cookie(&self, name: &str) {
        self.jar.lock().unwrap().remove(name);
    }

    /// The same browser at another instance, with its present cookies.
    pub fn at(&self, app: &TestApp) -> Self {
        let there = app.person();
        *there.jar.lock().unwrap() = self.jar.lock().unwrap().clone();
        there
    }

    /// Copies the present cookies of another browser.
    pub fn take_cookies_of(&self, other: &Self) {
        let cookies = other.jar.lock().unwrap().clone();
        *self.jar.lock().unwrap() = cookies;
    }

    /// Another browser with a copy of all cookies: a thief, or another tab of the same person a
    /// moment ago.
    pub fn copy(&self) -> Self {
        let jar = self.jar.lock().unwrap().clone();
        Self { jar: Arc::new(Mutex::new(jar)), ..self.clone() }
    }

    /// Whether the account page recognizes the person.
    pub async fn is_logged_in(&self) -> bool {
        let reply = self.get("/").await;
        match reply.status.as_u16() {
            200 => true,
            303 if reply.location().ends_with("/login") => false,
            other => panic!("the account page answered {other}"),
        }
    }

    pub(super) fn remember_secret(&self, secret: &str) {
        self.secrets.lock().unwrap().push(secret.to_owned());
    }
}

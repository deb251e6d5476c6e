//! `/cookies`: too many cookies of other sites on the domain, deleted by one press of a button.

use std::collections::BTreeSet;

use auth_service::i18n::Message;
use reqwest::{Method, StatusCode};

use super::raw_http::{FORM, HOST, talk};
use crate::support::{ACCESS, BROWSER, HINT, PASSWORD, Person, REFRESH, Reply, TestApp, german};

/// A browser in which a sibling has planted cookies.
struct Bombed {
    person: Person,
    planted: BTreeSet<String>,
    value: String,
}

impl Bombed {
    fn with(person: Person, count: usize, bytes: usize) -> Self {
        let planted = (0..count).map(|n| format!("bomb-{n}")).collect();
        Self { person, planted, value: "x".repeat(bytes) }
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        more: &[(&str, &str)],
        body: Option<String>,
    ) -> Reply {
        let theirs = self.planted.iter().map(|name| format!("{name}={}", self.value)).collect::<Vec<_>>();
        let request = self.person.request(method, path).header("cookie", theirs.join("; "));
        let request = more.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let reply = self.person.send(match body {
            Some(body) => request.header("content-type", "application/x-www-form-urlencoded").body(body),
            None => request,
        });
        let reply = reply.await;
        for gone in reply.cookies().iter().filter(|cookie| cookie.max_age() == 0) {
            if gone.attribute("domain") == Some("example.org") && !gone.has("partitioned") {
                self.planted.remove(&gone.name);
            }
        }
        reply
    }

    async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], None).await
    }

    /// Presses the button on the page at `path`, and follows the redirects like a browser.
    async fn clean_up(&mut self, path: &str) -> (Reply, usize) {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf_token", &page.field("csrf_token").unwrap());
        if let Some(next) = page.field("next") {
            form.append_pair("next", &next);
        }
        let path = path.split('?').next().unwrap();
        let ours = [("sec-fetch-site", "same-origin"), ("origin", "https://auth.example.org")];
        let mut reply = self.send(Method::POST, path, &ours, Some(form.finish())).await;
        let mut answers = 1;
        while reply.status == StatusCode::SEE_OTHER {
            let Some(path) = reply.location().strip_prefix("https://auth.example.org").map(str::to_owned)
            else {
                break;
            };
            reply = self.send(Method::GET, &path, &ours[..1], None).await;
            answers += 1;
        }
        (reply, answers)
    }
}

async fn ada(app: &TestApp) -> Person {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    assert_eq!(ada.log_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    ada
}

/// C12
#[tokio::test]
async fn one_press_of_the_button_deletes_what_others_have_planted_and_keeps_what_is_ours() {
    let app = TestApp::start().await;
    for (count, bytes) in [(180, 1), (30, 4_000), (101, 10)] {
        let mut person = Bombed::with(ada(&app).await, count, bytes);
        let ours = [ACCESS, REFRESH, HINT].map(|name| person.person.cookie(name).unwrap());
        let (reply, answers) = person.clean_up("/cookies").await;
        assert!(reply.status == StatusCode::OK && reply.says("All tidy"), "{}", reply.text);
        assert!(person.planted.is_empty() && answers <= 12, "{answers} answers, {:?}", person.planted);
        assert_eq!(ours, [ACCESS, REFRESH, HINT].map(|name| person.person.cookie(name).unwrap()));
        assert!(person.person.is_logged_in().await);
        app.sql(|conn| {
            use diesel::RunQueryDsl;
            diesel::delete(auth_service::db::schema::sessions::table).execute(conn)?;
            diesel::delete(auth_service::db::schema::users::table).execute(conn)
        })
        .await;
    }
}

/// C12: like manual deletion. Cookies of other scopes and our own stay.
#[tokio::test]
async fn no_answer_clears_cookies_wholesale_and_none_is_larger_than_proxies_take() {
    let app = TestApp::start().await;
    let mut person = Bombed::with(ada(&app).await, 180, 1);
    let page = person.get("/cookies").await;
    let form = format!("csrf_token={}", page.field("csrf_token").unwrap());
    let ours = [("sec-fetch-site", "same-origin")];
    let reply = person.send(Method::POST, "/cookies", &ours, Some(form)).await;
    assert_eq!(reply.header("clear-site-data"), None);
    let head: usize = reply.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    assert!(head < 4096, "{head}");
    for cookie in reply.cookies().iter().filter(|cookie| cookie.max_age() == 0) {
        assert!(cookie.name.starts_with("bomb-") && cookie.has("secure"), "{cookie:?}");
        assert_eq!((cookie.attribute("domain"), cookie.attribute("path")), (Some("example.org"), Some("/")));
    }
}

/// C12: the browser may have dropped the cookie that the CSRF token belongs to.
#[tokio::test]
async fn the_button_works_for_a_browser_that_has_lost_our_cookies() {
    let app = TestApp::start().await;
    let mut person = Bombed::with(app.person(), 20, 1);
    let form = || Some("csrf_token=lost".to_owned());
    for vouched in [[("sec-fetch-site", "same-origin")], [("origin", "https://auth.example.org")]] {
        let reply = person.send(Method::POST, "/cookies", &vouched, form()).await;
        assert!(reply.status == StatusCode::SEE_OTHER && reply.cookies().len() >= 20, "{}", reply.text);
        person = Bombed::with(app.person(), 20, 1);
    }
    // Without headers about its origin, the form needs its token.
    let silent = person.send(Method::POST, "/cookies", &[], form()).await;
    assert_eq!(silent.status, StatusCode::FORBIDDEN);
    assert_eq!(person.planted.len(), 20);
    let page = person.get("/cookies").await;
    let genuine = Some(format!("csrf_token={}", page.field("csrf_token").unwrap()));
    assert_eq!(person.send(Method::POST, "/cookies", &[], genuine).await.status, StatusCode::SEE_OTHER);
    assert!(person.planted.is_empty());
}

/// C13, X1
#[tokio::test]
async fn nobody_elses_page_clears_anything() {
    let app = TestApp::start().await;
    let mut person = Bombed::with(app.person(), 20, 1);
    let go_on = "/cookies?from=0.0.1.0";
    for from in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site"), ("referer", "https://auth.example.org/cookies")],
        &[("sec-fetch-site", "none")],
        &[("referer", "https://evil.example.org/cookies")],
        &[("referer", "https://auth.example.org.evil.net/")],
        &[],
    ] {
        let reply = person.send(Method::GET, go_on, from, None).await;
        assert_eq!(reply.status, StatusCode::OK, "{from:?}");
        let head = person.send(Method::HEAD, go_on, from, None).await;
        assert_eq!(head.status, StatusCode::OK);
        assert_eq!(person.planted.len(), 20, "{from:?}");
    }
    let ours = [("sec-fetch-site", "same-origin")];
    assert_eq!(person.send(Method::HEAD, go_on, &ours, None).await.status, StatusCode::OK);
    for site in ["same-site", "cross-site"] {
        let form = Some("csrf_token=x".to_owned());
        let reply = person.send(Method::POST, "/cookies", &[("sec-fetch-site", site)], form).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(person.planted.len(), 20);
    // An old browser in our own redirects.
    let old = [("referer", "https://auth.example.org/cookies")];
    assert_eq!(person.send(Method::GET, go_on, &old, None).await.status, StatusCode::SEE_OTHER);
    assert!(person.planted.is_empty());
}

/// C12: a cookie with a path is sent there only, and deleted there.
#[tokio::test]
async fn what_was_planted_for_a_path_is_cleared_below_it() {
    let app = TestApp::start().await;
    let mut person = Bombed::with(app.person(), 120, 1);
    let login = person.get("/login?next=https://shop.example.org/").await;
    assert!(login.says("href=\"/login/cookies?next=https%3A%2F%2Fshop.example.org%2F\""), "{}", login.text);
    let form = Some("csrf_token=lost".to_owned());
    let ours = [("sec-fetch-site", "same-origin")];
    // The planted cookies stay, as if they had another path. So the next responses try other paths.
    let mut path = "/login/cookies".to_owned();
    let mut reply = person.send(Method::POST, &path, &ours, form).await;
    let mut scopes = BTreeSet::new();
    person.planted = (0..3).map(|n| format!("bomb-{n}")).collect();
    while reply.status == StatusCode::SEE_OTHER {
        for cookie in reply.cookies().iter().filter(|cookie| cookie.max_age() == 0) {
            scopes.insert((
                cookie.attribute("domain").map(str::to_owned),
                cookie.attribute("path").map(str::to_owned),
            ));
        }
        path = reply.location().strip_prefix("https://auth.example.org").unwrap().to_owned();
        reply = person.send(Method::GET, &path, &ours, None).await;
        person.planted = (0..3).map(|n| format!("bomb-{n}")).collect();
    }
    for path in ["/", "/login", "/login/", "/login/cookies"] {
        for domain in [Some("example.org"), Some("auth.example.org"), None] {
            let scope = (domain.map(str::to_owned), Some(path.to_owned()));
            assert!(scopes.contains(&scope), "{scope:?} is not tried: {scopes:?}");
        }
    }
    assert!(reply.says("could not be deleted from here"), "{}", reply.text);
}

/// N1: below any path, and with a link back to allowed origins only.
#[tokio::test]
async fn the_page_leads_back_and_never_elsewhere() {
    let app = TestApp::start().await;
    let mut person = Bombed::with(app.person(), 10, 1);
    let (reply, _) = person.clean_up("/cookies?next=https%3A%2F%2Fshop.example.org%2Fcart").await;
    assert_eq!(reply.location(), "https://shop.example.org/cart");
    let mut person = Bombed::with(app.person(), 10, 1);
    let (reply, _) = person.clean_up("/cookies?next=https%3A%2F%2Fevil.net%2F").await;
    assert!(reply.says("All tidy") && !reply.text.contains("evil.net"), "{}", reply.text);
    // A path that a browser would read as a host.
    let request =
        format!("GET //evil.net/cookies HTTP/1.1\r\n{HOST}Cookie: a=1\r\nConnection: close\r\n\r\n");
    let page = talk(&app, &request);
    let action = "action=\"https://auth.example.org//evil.net/cookies\"";
    assert!(page.text.replace("&#x2F;", "/").contains(action), "{}", page.text);
}

#[tokio::test]
async fn every_page_says_so_when_there_are_too_many() {
    let app = TestApp::start().await;
    let words = german(&Message::new("cookies-too-many"));
    let bombed = |count, bytes| Bombed::with(app.person().sending("accept-language", "de"), count, bytes);
    for path in ["/login", "/register", "/logout"] {
        assert!(bombed(101, 1).get(path).await.says(&words), "{path}");
        assert!(bombed(3, 4000).get(path).await.says(&words), "{path}");
        assert!(!bombed(20, 10).get(path).await.says(&words), "{path}");
    }
    // Nor after the person has followed the link.
    let page = bombed(120, 1).get("/cookies").await;
    assert!(!page.says(&words) && page.says("120 Cookies"), "{}", page.text);
}

/// The login page reports the number of cookies, and that browsers then drop ours too, even those
/// with `__Host-`.
#[tokio::test]
async fn the_login_says_what_came_and_that_it_crowds_the_login_out() {
    let app = TestApp::start().await;
    let page = Bombed::with(app.person(), 170, 1).get("/login").await;
    assert!(page.says("170 of them, 2 KB in all, came with this page."), "{}", page.text);
    assert!(page.says("throws others away to make room, those of your login too"), "{}", page.text);
    // Few large cookies are refused by servers, but do not crowd others out.
    let page = Bombed::with(app.person(), 3, 4000).get("/login").await;
    assert!(page.says("3 of them, 12 KB in all") && !page.says("throws others away"), "{}", page.text);
}

/// If the browser drops the form's cookie before the form is sent, the page names that cause and no
/// other.
#[tokio::test]
async fn a_form_whose_cookie_was_crowded_out_is_not_blamed_on_cookies_that_are_off() {
    let app = TestApp::start().await;
    let (one, another) = (app.person(), app.person());
    let fields = [("email", "ada@example.org"), ("password", PASSWORD), ("csrf_token", "from before")];
    let bomb = |count: usize| (0..count).map(|n| format!("small-{n}=x")).collect::<Vec<_>>().join("; ");
    let form = |person: &Person, count| {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let form = person.request(Method::POST, "/login").header("cookie", bomb(count)).body(body);
        form.header("content-type", "application/x-www-form-urlencoded")
    };
    let crowded = one.send(form(&one, 170)).await;
    assert_eq!(crowded.status, StatusCode::FORBIDDEN);
    assert!(crowded.says("has thrown away the cookie that belongs to this form"), "{}", crowded.text);
    assert!(
        crowded.text.contains("ada@example.org") && crowded.text.contains("/login/cookies"),
        "{}",
        crowded.text
    );
    let few = another.send(form(&another, 5)).await;
    assert!(few.says("cookies are off") && !few.says("thrown away"), "{}", few.text);
}

/// C14: our limit on headers does not count cookies of other sites.
#[tokio::test]
async fn a_hundred_kilobytes_of_others_cookies_lock_nobody_out() {
    let app = TestApp::start().await;
    let mut person = Bombed::with(ada(&app).await, 25, 4_000);
    assert_eq!(
        person.get("/login?next=https://shop.example.org/").await.location(),
        "https://shop.example.org/"
    );
    assert_eq!(person.get("/cookies").await.status, StatusCode::OK);
    assert!(person.person.cookie(BROWSER).is_some());
}

/// C18: more than the HTTP library parses. Also behind another request on the same connection, as
/// from a proxy.
#[tokio::test]
async fn as_many_cookies_as_a_browser_keeps_still_reach_the_button() {
    let app = TestApp::start().await;
    let bomb = (0..180).map(|n| format!("bomb-{n}={}", "x".repeat(4_000))).collect::<Vec<_>>().join("; ");
    let get = |path: &str, end: &str| format!("GET {path} HTTP/1.1\r\n{HOST}Cookie: {bomb}\r\n{end}\r\n");
    let close = "Connection: close\r\n";
    let login = talk(&app, &get("/login", close));
    assert_eq!(login.status(), "200", "{}", login.text);
    assert!(login.text.contains("so many cookies"), "{}", login.text);
    let again = talk(&app, &(get("/healthz", "") + &get("/cookies", close)));
    assert_eq!(again.answers(), 2, "{}", again.text);
    assert!(again.text.contains("Delete those cookies"), "{}", again.text);
    let form = "csrf_token=x";
    let post = format!(
        "POST /cookies HTTP/1.1\r\n{HOST}{FORM}Sec-Fetch-Site: same-origin\r\nCookie: {bomb}\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let pressed = talk(&app, &(post + &get("/cookies", close)));
    assert_eq!((pressed.status(), pressed.answers()), ("303", 2), "{}", pressed.text);
    assert!(pressed.text.matches("set-cookie: bomb-").count() > 30, "{}", pressed.text);
}

/// C18: the body after a shortened head is unchanged.
#[tokio::test]
async fn a_form_behind_too_many_cookies_arrives_as_it_was_sent() {
    let app = TestApp::start().await;
    let bomb = (0..180).map(|n| format!("bomb-{n}={}", "x".repeat(4_000))).collect::<Vec<_>>().join("; ");
    // Text like a head in an unread body is not treated as a head.
    let form = format!("a=b%0d\r\nCookie: {}\r\n\r\n", "x".repeat(100_000));
    let post = format!(
        "POST /nothing HTTP/1.1\r\n{HOST}{FORM}Cookie: {bomb}\r\nContent-Length: {}\r\n\r\n{form}GET /healthz HTTP/1.1\r\n{HOST}\r\n",
        form.len()
    );
    let heard = talk(&app, &post);
    assert_eq!(heard.status(), "404", "{}", heard.text);
    assert!(heard.answers() == 1 || heard.text.ends_with("alive\n"), "{}", heard.text);
}

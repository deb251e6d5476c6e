//! Floods of password guesses, and people who log in meanwhile: W1, W2, W3.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use auth_service::config::ServeFlags;
use reqwest::StatusCode;
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::JoinSet;

use super::raw_http::{FORM, HOST};
use crate::support::{BROWSER, PASSWORD, Person, TestApp, Tweaks, is_long_run};

/// A service behind a proxy that names the client. A hash takes long enough for a queue to form.
async fn behind_a_proxy(bcrypt_cost: u32) -> TestApp {
    let flags = ServeFlags { trusted_proxies: Some("127.0.0.1".to_owned()), ..ServeFlags::default() };
    let tweaks = Tweaks { flags, bcrypt_cost: Some(bcrypt_cost), whole_machine: true, ..Tweaks::default() };
    let app = TestApp::start_with(tweaks).await;
    for n in 0..people() {
        app.user(&address(n), PASSWORD).await;
    }
    app
}

/// The number of people who log in, one after the other. More with `LONG_RUNS=1`, because each
/// waits for the queue.
fn people() -> usize {
    if is_long_run() { 4 } else { 2 }
}

fn address(n: usize) -> String {
    format!("p{n}@example.org")
}

fn coming_from(app: &TestApp, network: &str) -> Person {
    app.person().sending("x-forwarded-for", network)
}

/// One flood at a time: several would reach the machine's limits before the queue's.
static ONE: Mutex<()> = Mutex::const_new(());

/// More programs than one network has places for, and more than all unknown browsers have.
fn programs() -> (usize, usize) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (cores * 10 + 4, (cores * 20 + 4).max(50))
}

/// Programs that guess again after each response, until this is dropped.
struct Flood {
    _alone: MutexGuard<'static, ()>,
    is_over: Arc<AtomicBool>,
    refused: Arc<AtomicUsize>,
    programs: JoinSet<()>,
}

impl Flood {
    /// Starts this many programs, spread over the networks. Returns when the queue is full.
    async fn from(app: &TestApp, networks: &[String], programs: usize) -> Self {
        let _alone = ONE.lock().await;
        let mut flood =
            Self { _alone, is_over: Arc::default(), refused: Arc::default(), programs: JoinSet::new() };
        let page = app.person().get("/login").await;
        let token = page.field("csrf_token").unwrap();
        let cookie = page.cookie(BROWSER).unwrap().value;
        for n in 0..programs {
            let guesser = coming_from(app, &networks[n % networks.len()]);
            guesser.set_cookie(BROWSER, &cookie);
            let (is_over, refused, token) = (flood.is_over.clone(), flood.refused.clone(), token.clone());
            flood.programs.spawn(async move {
                while !is_over.load(Ordering::SeqCst) {
                    let fields =
                        [("email", "p0@example.org"), ("password", "a guess"), ("csrf_token", &token)];
                    let status = guesser.post("/login", &fields).await.status;
                    if status == StatusCode::SERVICE_UNAVAILABLE {
                        refused.fetch_add(1, Ordering::SeqCst);
                        // The queue's places must be scarce, and not the processors.
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    } else {
                        assert_eq!(status, StatusCode::UNAUTHORIZED);
                    }
                }
            });
        }
        // By then each has guessed several times, and its network is known for it.
        while flood.refused.load(Ordering::SeqCst) < 2 * programs {
            tokio::task::yield_now().await;
        }
        flood
    }

    async fn stop(mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        while let Some(ended) = self.programs.join_next().await {
            ended.unwrap();
        }
    }
}

fn networks(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("198.51.{n}.7")).collect()
}

/// W1
#[tokio::test]
async fn guesses_from_one_network_refuse_nobody_elses_login() {
    let app = behind_a_proxy(9).await;
    let flood = Flood::from(&app, &["203.0.113.7".to_owned()], programs().0).await;
    for n in 0..people() {
        // Near the attacker's address, but in another network.
        let person = coming_from(&app, &format!("203.0.{n}.7"));
        assert_eq!(person.log_in(&address(n), PASSWORD).await.status, StatusCode::SEE_OTHER, "{n}");
    }
    flood.stop().await;
}

/// W1: IPv6 addresses cost nothing, and a customer has 65,536 networks.
#[tokio::test]
#[ignore = "long: part of `cargo xtask ci`"]
async fn guesses_from_all_networks_of_one_customer_refuse_nobody_elses_login() {
    let app = behind_a_proxy(9).await;
    let customer: Vec<String> = (0..60).map(|n| format!("2001:db8:7:{n:x}::1")).collect();
    let flood = Flood::from(&app, &customer, programs().1).await;
    let others = ["2001:db8:8:1::1", "203.0.113.7", "2001:db8:9:1::1", "192.0.2.1"];
    for (n, from) in others.iter().enumerate().take(people()) {
        let status = coming_from(&app, from).log_in(&address(n), PASSWORD).await.status;
        assert_eq!(status, StatusCode::SEE_OTHER, "{from}");
    }
    flood.stop().await;
}

/// W1: registration and the API use the same queue.
#[tokio::test]
#[ignore = "long: part of `cargo xtask ci`"]
async fn guesses_refuse_neither_registrations_nor_programs() {
    let app = behind_a_proxy(9).await;
    let flood = Flood::from(&app, &["203.0.113.7".to_owned()], programs().0).await;
    let somebody = coming_from(&app, "192.0.2.1").register("new@example.org", PASSWORD).await;
    assert_eq!(somebody.status, StatusCode::SEE_OTHER);
    let credentials = serde_json::json!({ "email": address(0), "password": PASSWORD });
    let program = coming_from(&app, "192.0.2.77").call("/api/token/", &credentials).await;
    assert_eq!(program.status, StatusCode::OK, "{}", program.text);
    flood.stop().await;
}

/// W2: more networks than the queue has places, and people whose browsers were logged in before.
#[tokio::test]
#[ignore = "long: part of `cargo xtask ci`"]
async fn fifty_networks_at_once_leave_places_for_browsers_that_were_logged_in_before() {
    let app = behind_a_proxy(9).await;
    let mut known = Vec::new();
    for n in 0..people() {
        // Even in the attacker's own network.
        let person = coming_from(&app, &format!("198.51.{n}.99"));
        assert_eq!(person.log_in(&address(n), PASSWORD).await.status, StatusCode::SEE_OTHER);
        assert_eq!(person.log_out().await.status, StatusCode::SEE_OTHER);
        known.push(person);
    }
    let flood = Flood::from(&app, &networks(50), programs().1).await;
    for (n, person) in known.iter().enumerate() {
        assert_eq!(person.log_in(&address(n), PASSWORD).await.status, StatusCode::SEE_OTHER, "{n}");
        // A person in a new browser, in a network without guesses, gets in too.
        let stranger = coming_from(&app, &format!("192.0.{n}.1"));
        assert_eq!(stranger.log_in(&address(n), PASSWORD).await.status, StatusCode::SEE_OTHER, "{n}");
    }
    // A reauthentication is asked of a person who is logged in.
    app.wait(Duration::from_secs(11 * 60));
    let fields = [("end", "others"), ("password", PASSWORD)];
    let proven = known[0].fill_in("/account/sessions", &fields).await;
    assert_eq!(proven.status, StatusCode::SEE_OTHER);
    flood.stop().await;
}

/// W3: a closed connection takes no place, and no hash is computed for it.
#[tokio::test]
async fn who_hangs_up_is_not_hashed_for() {
    let app = behind_a_proxy(12).await;
    let page = app.person().get("/login").await;
    let fields = [
        ("email", "p0@example.org"),
        ("password", "a guess"),
        ("csrf_token", &page.field("csrf_token").unwrap()),
    ];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = format!(
        "POST /login HTTP/1.1\r\n{HOST}{FORM}Cookie: {BROWSER}={}\r\nContent-Length: {}\r\n\r\n{body}",
        page.cookie(BROWSER).unwrap().value,
        body.len()
    );
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let hung_up = cores * 8;
    for _ in 0..hung_up {
        let mut connection = TcpStream::connect(app.address).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
    }
    // Behind all of them, in the same network.
    assert_eq!(app.person().log_in("p0@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    // They have one address, so they are counted in one row.
    let refused: i64 = app.events("login_refused").await.iter().map(|row| 1 + row.repeats).sum();
    // A hash in progress is not stopped when its client leaves, and its result may still be
    // recorded.
    assert!(refused <= i64::try_from(cores).unwrap(), "{refused} of {hung_up} were hashed for");
}

//! Keys that rotate every three seconds while people renew and services verify: K2 and K3, by the
//! real clock.
//!
//! With `LONG_RUNS=1` it takes a minute.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use auth_service::config::{Config, KeyTimes};
use auth_service::keyring::SigningKey;
use shared_claims::{Identity, KeySource, Settings, SharedLogin};
use tokio::task::JoinSet;

use crate::support::{ACCESS, PASSWORD, Person, TestApp, Tweaks, is_long_run};

const PEOPLE: usize = 12;
const TOKEN_LIFE: Duration = Duration::from_secs(6);

fn hurried(config: &mut Config) {
    config.key_times = KeyTimes {
        rotation: Some(Duration::from_secs(3)),
        jwks_max_age: Duration::from_secs(1),
        skew: Duration::from_secs(1),
        token_life: TOKEN_LIFE,
    };
    config.session_limits.grace = Duration::from_secs(1);
}

fn tweaks() -> Tweaks {
    Tweaks { config: Some(hurried), whole_machine: true, ..Tweaks::default() }
}

/// A service that fetches its keys from one instance.
fn consumer(of: &TestApp) -> SharedLogin {
    let settings = Settings::from_lookup(|name| match name {
        "AUTH_URL" => Some("https://auth.example.org".to_owned()),
        "COOKIE_DOMAIN" => Some("example.org".to_owned()),
        "SERVICE_URL" => Some("https://shop.example.org".to_owned()),
        _ => None,
    });
    let url = format!("http://{}/.well-known/jwks.json", of.address);
    SharedLogin::with_keys(settings.unwrap(), KeySource::url(url.parse().unwrap()).unwrap())
}

/// Whether a service with loaded keys accepts the token without a fetch.
fn is_known(login: &SharedLogin, token: &str) -> bool {
    let cookie = format!("{ACCESS}={token}");
    matches!(login.try_identify([cookie.as_bytes()]), Identity::Person(_))
}

#[derive(Default)]
struct Tally {
    renewals: AtomicUsize,
    verified: AtomicUsize,
    refused: AtomicUsize,
    forced_logins: AtomicUsize,
}

impl Tally {
    fn add(counter: &AtomicUsize) -> usize {
        counter.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Renews repeatedly, at one instance after the other, and shows each token to both services until
/// it is old.
async fn live(people: [Person; 2], services: [SharedLogin; 2], tally: Arc<Tally>, is_over: Arc<AtomicBool>) {
    let mut tokens: Vec<(String, std::time::Instant)> = Vec::new();
    for n in 0.. {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let (here, there) = (&people[n % 2], &people[(n + 1) % 2]);
        // Another page each time, because repeated visits to one would look like a redirect loop.
        let reply = here.get(&format!("/login?next=https://shop.example.org/{n}")).await;
        match reply.cookie(ACCESS) {
            Some(token) if reply.status == 303 => tokens.push((token.value, std::time::Instant::now())),
            _ if reply.status == 503 => continue,
            _ => {
                Tally::add(&tally.forced_logins);
                return;
            }
        }
        Tally::add(&tally.renewals);
        there.take_cookies_of(here);
        tokens.retain(|(_, since)| since.elapsed() < TOKEN_LIFE - Duration::from_secs(1));
        for (token, _) in &tokens {
            for service in &services {
                let counter = if is_known(service, token) { &tally.verified } else { &tally.refused };
                Tally::add(counter);
            }
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

/// K2, K3: two instances, two services with loaded keys, and every second a new service.
#[tokio::test]
#[ignore = "long: part of `cargo xtask ci`"]
async fn keys_that_rotate_every_three_seconds_refuse_no_token_and_log_nobody_out() {
    let one = TestApp::start_with(tweaks()).await;
    let two = one.another(tweaks()).await;
    let services = [consumer(&one), consumer(&two)];
    for service in &services {
        service.keys().ready().await.expect("keys");
    }
    let (tally, is_over) = (Arc::new(Tally::default()), Arc::new(AtomicBool::new(false)));
    let first_key = one.keys().await[0].kid.clone();
    let mut lives = JoinSet::new();
    let mut here = Vec::new();
    for n in 0..PEOPLE {
        let email = format!("ada{n}@example.org");
        one.user(&email, PASSWORD).await;
        let person = one.person();
        let mut reply = person.log_in(&email, PASSWORD).await;
        while reply.status == 503 {
            reply = person.log_in(&email, PASSWORD).await;
        }
        assert_eq!(reply.status, 303);
        here.push(person.clone());
        let people = [person.clone(), person.at(&two)];
        lives.spawn(live(people, services.clone(), tally.clone(), is_over.clone()));
    }

    let seconds = if is_long_run() { 60 } else { 10 };
    let (mut cold, mut seen) = (0, vec![first_key]);
    for _ in 0..seconds {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let active = one.keys().await[0].kid.clone();
        if seen.last() != Some(&active) {
            seen.push(active);
        }
        // A service that starts now accepts all tokens in use.
        let started = consumer(&two);
        started.keys().ready().await.expect("keys");
        for person in &here {
            let token = person.cookie(ACCESS).unwrap();
            cold += usize::from(is_known(&started, &token) || is_old(&token));
        }
    }
    is_over.store(true, Ordering::Relaxed);
    lives.join_all().await;

    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    let (renewals, verified) = (count(&tally.renewals), count(&tally.verified));
    println!(
        "{seconds} s: {} keys, {renewals} renewals, {verified} verifications with warm keys, {cold} with cold ones",
        seen.len()
    );
    assert_eq!((count(&tally.refused), count(&tally.forced_logins)), (0, 0));
    assert_eq!(cold, seconds * PEOPLE);
    assert!(
        seen.len() > seconds / 5 && renewals > seconds * PEOPLE / 2 && verified > 2 * renewals,
        "{seen:?}"
    );
    let states: Vec<_> = one.keys().await.iter().map(SigningKey::state).collect();
    assert!(states.len() <= 6, "retired keys go: {states:?}");
}

/// Whether a token expires so soon that no service need accept it.
fn is_old(token: &str) -> bool {
    use base64::Engine;
    let payload = token.split('.').nth(1).unwrap();
    let claims = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    let now = auth_service::clock::Clock::system().estimate().unix_seconds();
    claims["exp"].as_i64().unwrap() <= now + 1
}

/// K2: without any auth-service, a service that has fetched the keys accepts tokens until they
/// expire, even those signed by the next key.
#[tokio::test]
async fn a_service_whose_auth_service_is_down_goes_on_trusting_what_it_knows() {
    let (signs_on, fetched_from) = {
        let app = TestApp::start_for_a_race().await;
        (app.second_instance().await, app)
    };
    let service = consumer(&fetched_from);
    service.keys().ready().await.expect("keys");
    let before = signs_on.token().await;
    drop(fetched_from);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(is_known(&service, &before));
    // An operator rotates meanwhile. The next key was published before.
    let times = signs_on.config.key_times;
    let operator = signs_on.operator().at(signs_on.clock.now() + times.lead());
    signs_on
        .sql(move |conn| {
            auth_service::keyring::rotate(conn, &times, &operator)
                .map_err(|_| diesel::result::Error::NotFound)
        })
        .await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let after = signs_on.token().await;
    assert_ne!(crate::support::header(&after).0, crate::support::header(&before).0);
    assert!(is_known(&service, &after) && is_known(&service, &before));
}

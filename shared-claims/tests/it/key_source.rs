//! Key source: misbehaving servers, and files that change (K7, J13).

use std::io::Write;
use std::time::Duration;

use shared_claims::testing::TestIssuer;
use shared_claims::{Identity, KeySource, KeySourceError, SharedLogin};

use crate::support::{Server, answer, eventually, jwks};

fn ids(source: &KeySource) -> Vec<String> {
    source.current().map(|keys| keys.key_ids().map(str::to_owned).collect()).unwrap_or_default()
}

/// K7: one good response, then every kind of bad one. The good set stays in use, and nothing
/// crashes.
#[actix_web::test]
async fn the_last_good_set_survives_every_bad_answer() {
    let elsewhere = Server::start({
        let evil = TestIssuer::new().jwks();
        move |_| jwks(&evil)
    });
    let other = TestIssuer::new().jwks();
    let redirect = format!("Location: {}\r\n", elsewhere.url());
    let bad: Vec<(&str, Vec<u8>)> = vec![
        ("500", answer("500 Internal Server Error", "application/json", "", &other)),
        ("404", answer("404 Not Found", "application/json", "", &other)),
        ("204", answer("204 No Content", "application/json", "", "")),
        ("HTML", answer("200 OK", "text/html", "", "<h1>Sign in to the hotel's network</h1>")),
        ("HTML that holds keys", answer("200 OK", "text/html", "", &other)),
        (
            "no type",
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{other}", other.len()).into_bytes(),
        ),
        ("text", answer("200 OK", "text/plain", "", &other)),
        ("broken JSON", answer("200 OK", "application/json", "", &other[..50])),
        ("no keys", answer("200 OK", "application/json", "", "{\"keys\":[]}")),
        ("10 MB", answer("200 OK", "application/json", "", &" ".repeat(10_000_000))),
        (
            "10 MB after good keys",
            answer("200 OK", "application/json", "", &format!("{other}{}", " ".repeat(10_000_000))),
        ),
        ("a redirect elsewhere", answer("302 Found", "application/json", &redirect, &other)),
        ("a permanent redirect", answer("308 Permanent Redirect", "application/json", &redirect, "")),
        (
            "half an answer",
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{".to_vec(),
        ),
        ("no HTTP", b"SSH-2.0-OpenSSH_9\r\n".to_vec()),
        ("nothing", Vec::new()),
        ("endless headers", [b"HTTP/1.1 200 OK\r\nX: ".as_slice(), &[b'x'; 100_000]].concat()),
    ];
    for (name, bad) in bad {
        let good = TestIssuer::new();
        let set = good.jwks();
        let server = Server::start(move |n| if n == 1 { jwks(&set) } else { bad.clone() });
        let source = KeySource::url(server.url()).unwrap();
        source.ready().await.unwrap_or_else(|| panic!("{name}: no first answer"));
        source.refreshed().await;
        assert_eq!(server.hits(), 2, "{name}");
        assert_eq!(ids(&source), [good.key_id()], "{name}");
    }
    assert_eq!(elsewhere.hits(), 0, "a redirect was followed");
}

/// K7: without a first good response there are no keys, and nothing crashes.
#[actix_web::test]
async fn a_server_that_never_answers_well_gives_no_keys() {
    let source = KeySource::url("http://127.0.0.1:1/".parse().unwrap()).unwrap();
    assert!(source.ready().await.is_none());
    assert!(source.refreshed().await.is_none());
}

/// K7: a server that accepts a request and does not respond takes five seconds of a background
/// thread, and blocks no request.
#[actix_web::test]
async fn a_server_that_sits_on_the_question_is_given_up() {
    let server = Server::start_with(|_, stream| {
        std::thread::sleep(Duration::from_secs(8));
        drop(stream);
    });
    let source = KeySource::url(server.url()).unwrap();
    let waited = actix_web::rt::time::timeout(Duration::from_secs(7), source.ready()).await;
    assert!(waited.expect("given up within seven seconds").is_none());
}

/// A service that starts before auth-service loads the keys when they become available.
#[actix_web::test]
async fn keys_are_found_when_the_server_comes_up_later() {
    let issuer = TestIssuer::new();
    let set = issuer.jwks();
    let server = Server::start(move |n| {
        if n < 3 { answer("503 Service Unavailable", "text/plain", "", "") } else { jwks(&set) }
    });
    let source = KeySource::url(server.url()).unwrap();
    assert!(source.ready().await.is_none());
    eventually("keys", || ids(&source) == [issuer.key_id()]);
    assert_eq!(server.hits(), 3);
}

/// J13: ten thousand tokens with random key ids, from several threads, cause one fetch.
#[actix_web::test]
async fn a_flood_of_unknown_key_ids_causes_one_fetch() {
    let issuer = TestIssuer::new();
    let set = issuer.jwks();
    let server = Server::start(move |_| jwks(&set));
    let source = KeySource::url(server.url()).unwrap();
    source.ready().await.unwrap();
    let login = SharedLogin::with_keys(issuer.settings(), source);
    let payload = serde_json::to_string(&issuer.claims_for("ada@example.org")).unwrap();
    let flood = |thread: usize| {
        let (login, payload) = (login.clone(), payload.clone());
        move || {
            let stranger = TestIssuer::new();
            actix_web::rt::System::new().block_on(async {
                for n in 0..2500 {
                    let header = format!("{{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"{thread}-{n}\"}}");
                    let cookie = format!("__Secure-sso_access={}", stranger.sign_raw(&header, &payload));
                    let identity = login.identify([cookie.as_bytes()]).await;
                    assert!(matches!(identity, Identity::Nobody(Some(_))), "{identity:?}");
                }
            });
        }
    };
    let threads: Vec<_> = (0..4).map(|n| std::thread::spawn(flood(n))).collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(server.hits(), 2, "the first load, and one for all of them");
    // Meanwhile valid tokens are still accepted.
    let good = issuer.cookie(&issuer.claims_for("ada@example.org"));
    assert!(matches!(login.identify([good.as_bytes()]).await, Identity::Person(_)));
}

/// The first token of a new key causes the fetch that finds the key.
#[actix_web::test]
async fn a_new_key_is_found_by_the_first_token_that_names_it() {
    let (old, new) = (TestIssuer::new(), TestIssuer::new());
    let (first, second) = (old.jwks(), new.jwks());
    let server = Server::start(move |n| jwks(if n == 1 { &first } else { &second }));
    let source = KeySource::url(server.url()).unwrap();
    source.ready().await.unwrap();
    let login = SharedLogin::with_keys(new.settings(), source);
    let cookie = new.cookie(&new.claims_for("ada@example.org"));
    assert!(matches!(login.identify([cookie.as_bytes()]).await, Identity::Person(_)));
}

/// K3, K5: auth-service's operator decides how long a set stays fresh, down to a second.
#[actix_web::test]
async fn a_set_that_is_good_for_a_second_is_loaded_again_before_it_is_too_old() {
    let (old, new) = (TestIssuer::new(), TestIssuer::new());
    let (first, second) = (old.jwks(), new.jwks());
    let server = Server::start(move |n| {
        let set = if n < 3 { &first } else { &second };
        answer("200 OK", "application/json", "Cache-Control: max-age=1\r\n", set)
    });
    let source = KeySource::url(server.url()).unwrap();
    source.ready().await.unwrap();
    let began = std::time::Instant::now();
    eventually("the new key", || ids(&source) == [new.key_id()]);
    let took = began.elapsed();
    assert!((1900..5000).contains(&took.as_millis()), "{took:?}");
    assert!(server.hits() <= 5, "{}", server.hits());
}

/// K3: the age of a set counts from the request, however long the response took.
#[actix_web::test]
async fn the_age_of_a_set_counts_from_the_question() {
    let set = TestIssuer::new().jwks();
    let server = Server::start_with(move |_, mut stream| {
        std::thread::sleep(Duration::from_millis(1500));
        let _ = stream.write_all(&answer("200 OK", "application/json", "Cache-Control: max-age=4\r\n", &set));
    });
    let source = KeySource::url(server.url()).unwrap();
    source.ready().await.unwrap();
    // Requested at 0 s, received at 1.5 s, requested again at 3 s and not at 4.5 s.
    std::thread::sleep(Duration::from_millis(2200));
    assert_eq!(server.hits(), 2);
}

/// A server without a usable lifetime is not asked all the time.
#[actix_web::test]
async fn a_set_that_must_not_be_kept_is_kept_for_a_while() {
    let set = TestIssuer::new().jwks();
    for cache_control in ["max-age=0", "no-store", "no-cache, max-age=1"] {
        let (set, header) = (set.clone(), format!("Cache-Control: {cache_control}\r\n"));
        let server = Server::start(move |_| answer("200 OK", "application/json", &header, &set));
        let source = KeySource::url(server.url()).unwrap();
        source.ready().await.unwrap();
        std::thread::sleep(Duration::from_millis(1500));
        assert_eq!(server.hits(), 1, "{cache_control}");
    }
}

/// RFC 6761, section 6.3: a localhost name is loopback, by IPv4 and IPv6, whatever the system's
/// resolver says.
#[actix_web::test]
async fn localhost_names_are_loopback_whatever_the_resolver_says() {
    let issuer = TestIssuer::new();
    let set = issuer.jwks();
    let server = Server::start(move |_| jwks(&set));
    let url = format!("http://auth.sso.localhost:{}/.well-known/jwks.json", server.port);
    let source = KeySource::url(url.parse().unwrap()).unwrap();
    assert!(source.ready().await.is_some());
    let Ok(six) = std::net::TcpListener::bind("[::1]:0") else { return };
    let (port, set) = (six.local_addr().unwrap().port(), issuer.jwks());
    std::thread::spawn(move || {
        for stream in six.incoming() {
            let mut stream = stream.unwrap();
            let _ = std::io::Read::read(&mut stream, &mut [0; 2048]);
            let _ = stream.write_all(&jwks(&set));
        }
    });
    let source = KeySource::url(format!("http://auth.sso.localhost:{port}/jwks").parse().unwrap()).unwrap();
    assert!(source.ready().await.is_some());
}

/// An https server without a trusted certificate is no source of keys.
#[actix_web::test]
async fn https_without_a_trusted_certificate_gives_no_keys() {
    let issuer = TestIssuer::new();
    let set = issuer.jwks();
    let plain = Server::start(move |_| jwks(&set));
    let url = format!("https://auth.sso.localhost:{}/jwks", plain.port);
    let source = KeySource::url(url.parse().unwrap()).unwrap();
    assert!(source.ready().await.is_none());
}

#[test]
fn keys_are_not_fetched_over_open_networks_without_https() {
    for url in
        ["http://auth.example.org/jwks", "http://8.8.8.8/jwks", "ftp://localhost/jwks", "file:///etc/passwd"]
    {
        let refused = KeySource::url(url.parse().unwrap());
        assert!(matches!(refused, Err(KeySourceError::InsecureUrl)), "{url}");
    }
}

#[test]
fn a_file_is_read_again_when_it_changes_and_a_bad_version_is_passed_over() {
    let (old, new) = (TestIssuer::new(), TestIssuer::new());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    std::fs::write(&path, old.jwks()).unwrap();
    let source = KeySource::file(&path).unwrap();
    assert_eq!(ids(&source), [old.key_id()]);
    std::fs::write(&path, "{").unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(ids(&source), [old.key_id()]);
    std::fs::write(&path, new.jwks()).unwrap();
    eventually("the new key", || ids(&source) == [new.key_id()]);
    std::fs::remove_file(&path).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(ids(&source), [new.key_id()]);
}

#[test]
fn a_file_that_is_no_set_of_keys_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jwks.json");
    assert!(matches!(KeySource::file(&path), Err(KeySourceError::File(_))));
    std::fs::write(&path, "{\"keys\":[]}").unwrap();
    assert!(matches!(KeySource::file(&path), Err(KeySourceError::Keys(_))));
    std::fs::write(&path, " ".repeat(300_000)).unwrap();
    assert!(matches!(KeySource::file(&path), Err(KeySourceError::TooLarge)));
}

/// Each source ends its thread, so that many can be created one after the other, as in tests.
#[actix_web::test]
async fn the_thread_ends_with_the_last_clone() {
    let set = TestIssuer::new().jwks();
    let server = Server::start(move |_| jwks(&set));
    let threads = || {
        std::fs::read_dir("/proc/self/task").map_or(0, |tasks| {
            tasks
                .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok())
                .filter(|name| name.starts_with("shared-claims"))
                .count()
        })
    };
    let sources: Vec<_> = (0..50).map(|_| KeySource::url(server.url()).unwrap()).collect();
    for source in &sources {
        source.ready().await;
    }
    drop(sources);
    // Other tests of this process have some threads of their own.
    eventually("their end", || threads() < 20);
}

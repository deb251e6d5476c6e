//! Test support: tokens, and small servers that misbehave.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use shared_claims::testing::{TestAlgorithm, TestIssuer};
use shared_claims::{Claims, KeySet, Rejection, Verifier};

/// The time of every check, so that nothing depends on the clock.
pub const NOW: i64 = 1_800_000_000;

/// An issuer, the claims that it signs, and the verifier that trusts it.
pub struct Mint {
    pub issuer: TestIssuer,
    pub keys: KeySet,
    pub verifier: Verifier,
}

impl Mint {
    pub fn new() -> Self {
        Self::of(TestIssuer::new())
    }

    /// One for each algorithm.
    pub fn of_each() -> [Self; 3] {
        [TestAlgorithm::Es256, TestAlgorithm::EdDsa, TestAlgorithm::Hs512]
            .map(|algorithm| Self::of(TestIssuer::with_algorithm(algorithm)))
    }

    pub fn of(issuer: TestIssuer) -> Self {
        let keys = issuer.keys();
        Self { issuer, keys, verifier: Verifier::new("http://auth.sso.localhost:8000", "sso.localhost") }
    }

    pub fn claims(&self) -> Claims {
        let mut claims = self.issuer.claims_for("ada@example.org");
        (claims.iat, claims.nbf, claims.exp, claims.auth_time) = (NOW, NOW, NOW + 300, NOW - 60);
        claims.jti = uuid::uuid!("01234567-89ab-8def-8123-456789abcdef");
        claims
    }

    pub fn header(&self) -> Raw {
        let alg = format!("\"{}\"", self.issuer.algorithm().name());
        Raw::new(&[("alg", &alg), ("typ", "\"at+jwt\"")])
            .with("kid", &format!("\"{}\"", self.issuer.key_id()))
    }

    pub fn payload(&self) -> Raw {
        Raw::of(&serde_json::to_value(self.claims()).unwrap())
    }

    /// A token with the valid payload under this header.
    pub fn under(&self, header: &str) -> String {
        self.issuer.sign_raw(header, &self.payload().text())
    }

    /// A token with the valid header over this payload.
    pub fn over(&self, payload: &str) -> String {
        self.issuer.sign_raw(&self.header().text(), payload)
    }

    /// The smallest valid token of at least so many bytes. Base64 makes four letters of three
    /// bytes, so not every length is possible.
    pub fn of_bytes(&self, least: usize) -> String {
        let padded =
            |n: usize| self.over(&self.payload().with("x", &format!("\"{}\"", "a".repeat(n))).text());
        let mut lengths = least * 3 / 5..least;
        lengths
            .find_map(|n| Some(padded(n)).filter(|token| token.len() >= least))
            .expect("a length that fits")
    }

    pub fn judge(&self, token: &str) -> Result<Claims, Rejection> {
        self.verifier.verify_at(token, &self.keys, NOW)
    }
}

/// A JSON object as text, so that it can have faults that a JSON library would not write.
#[derive(Clone)]
pub struct Raw(Vec<(String, String)>);

impl Raw {
    pub fn new(members: &[(&str, &str)]) -> Self {
        Self(members.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    pub fn of(value: &Value) -> Self {
        Self(value.as_object().unwrap().iter().map(|(n, v)| (n.clone(), v.to_string())).collect())
    }

    /// Sets a member, or adds it at the end.
    pub fn with(mut self, name: &str, json: &str) -> Self {
        match self.0.iter_mut().find(|(n, _)| n == name) {
            Some(member) => member.1 = json.to_owned(),
            None => self.0.push((name.to_owned(), json.to_owned())),
        }
        self
    }

    /// Adds a member even if the name exists already.
    pub fn and(mut self, name: &str, json: &str) -> Self {
        self.0.push((name.to_owned(), json.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(n, _)| n != name);
        self
    }

    pub fn text(&self) -> String {
        let members: Vec<_> = self.0.iter().map(|(n, v)| format!("\"{n}\":{v}")).collect();
        format!("{{{}}}", members.join(","))
    }
}

/// A loopback server that counts requests and responds to each with the given bytes.
pub struct Server {
    pub port: u16,
    hits: Arc<AtomicUsize>,
}

impl Server {
    /// `answer` gets the number of the request, from 1, and returns the bytes to send.
    pub fn start(answer: impl Fn(usize) -> Vec<u8> + Send + 'static) -> Self {
        Self::start_with(move |n, mut stream| {
            let _ = stream.write_all(&answer(n));
        })
    }

    pub fn start_with(serve: impl Fn(usize, TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let hits = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&hits);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
                read_head(&mut stream);
                serve(counter.fetch_add(1, Ordering::SeqCst) + 1, stream);
            }
        });
        Self { port, hits }
    }

    pub fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }

    pub fn url(&self) -> url::Url {
        format!("http://127.0.0.1:{}/.well-known/jwks.json", self.port).parse().unwrap()
    }
}

fn read_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
}

/// A response with this status line, content type and body.
pub fn answer(status: &str, content_type: &str, more: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n{more}Connection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A good response with a key set.
pub fn jwks(body: &str) -> Vec<u8> {
    answer("200 OK", "application/jwk-set+json", "Cache-Control: public, max-age=300\r\n", body)
}

/// Waits until a condition holds, for at most ten seconds.
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("never came true: {what}");
}

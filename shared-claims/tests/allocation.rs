//! Allocation test: a million hostile strings, and the memory of the cache (J11). It is a program
//! of its own without a test harness, because every allocation of the process counts.

use std::alloc::System;

use shared_claims::cookie::{Candidates, candidates};
use shared_claims::testing::{TestAlgorithm, TestIssuer};
use shared_claims::{Claims, Identity, Verifier};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The most that all allocations for one string may add up to.
const LIMIT: usize = 64 * 1024;

fn main() {
    many_ordinary_tokens_take_little_memory();
    many_tokens_as_large_as_they_may_be_take_bounded_memory();
    signed_payloads_that_want_to_grow_do_not();
    a_million_random_strings_cause_no_panic_and_no_large_allocation();
}

/// Pseudo-random numbers, the same in every run (xorshift64*).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % n
    }
}

/// Bytes of one of several kinds, from noise to a valid token with small changes.
fn make(kind: usize, good: &[u8], chance: &mut Chance, bytes: &mut Vec<u8>) {
    bytes.clear();
    match kind {
        // Noise.
        0 => (0..chance.below(300)).for_each(|_| bytes.push(chance.next().to_le_bytes()[7])),
        // Letters and dots, as in a token.
        1 => {
            let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_...";
            (0..chance.below(600)).for_each(|_| bytes.push(letters[chance.below(letters.len())]));
        }
        // Up to the largest size and beyond.
        2 if chance.below(10) == 0 => bytes.resize(8000 + chance.below(400), b'A'),
        // A valid token, cut off.
        3 => bytes.extend_from_slice(&good[..chance.below(good.len())]),
        // A valid token with a few bytes changed, added or removed, mostly in its header.
        _ => {
            bytes.extend_from_slice(good);
            let end = if chance.below(50) == 0 { good.len() } else { 80 };
            for _ in 0..=chance.below(3) {
                let place = chance.below(end.min(bytes.len()));
                match chance.below(3) {
                    0 => bytes[place] ^= 1 << chance.below(8),
                    1 => bytes.insert(place, b"._-=A%\xff\0"[chance.below(8)]),
                    _ => drop(bytes.remove(place)),
                }
            }
        }
    }
}

/// J11
fn a_million_random_strings_cause_no_panic_and_no_large_allocation() {
    let issuer = TestIssuer::new();
    let claims = issuer.claims_for("ada@example.org");
    let verifier = Verifier::new(claims.iss.clone(), claims.aud.clone());
    let keys = issuer.keys();
    let good = issuer.sign(&claims);
    let mut chance = Chance(0x5EED_5EED_5EED_5EED);
    let mut bytes = Vec::with_capacity(16_384);
    let mut most = 0;
    for n in 0..1_000_000 {
        make(n % 6, good.as_bytes(), &mut chance, &mut bytes);
        let region = Region::new(COUNTED);
        // As a cookie, and as a token if it is valid text.
        let header: [&[u8]; 1] = [&bytes];
        if n % 8 < 2
            && let Candidates::Few(found) = candidates(header, "A")
        {
            assert!(found.len() <= bytes.len());
        }
        if let Ok(token) = std::str::from_utf8(&bytes) {
            let accepted = verifier.verify_at(token, &keys, claims.iat).is_ok();
            // Accepted only if unchanged. Changes may undo each other.
            assert_eq!(accepted, token == good, "{token}");
            most = most.max(region.change().bytes_allocated);
        }
    }
    assert!(most < LIMIT, "{most} bytes for one string");
    println!("most for one string: {most} bytes");
}

/// J11: payloads that are expensive to store, validly signed and of the largest size.
fn signed_payloads_that_want_to_grow_do_not() {
    let issuer = TestIssuer::new();
    let claims = issuer.claims_for("ada@example.org");
    let verifier = Verifier::new(claims.iss.clone(), claims.aud.clone());
    let keys = issuer.keys();
    let header = format!("{{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"{}\"}}", issuer.key_id());
    let members = |n: usize| (0..n).map(|i| format!("\"{i:x}\":0")).collect::<Vec<_>>().join(",");
    let room = 5900;
    for (name, payload) in [
        ("many members", format!("{{{}}}", members(700))),
        ("many nested members", format!("{{\"a\":{{{}}}}}", members(690))),
        ("many strings", format!("{{\"a\":[{}\"\"]}}", "\"\",".repeat(room / 3 - 5))),
        ("many numbers", format!("{{\"a\":[{}0]}}", "0,".repeat(room / 2 - 5))),
        ("many objects", format!("{{\"a\":[{}{{}}]}}", "{},".repeat(room / 3 - 5))),
        ("depth", format!("{{\"a\":{}", "[".repeat(room))),
        ("one long string", format!("{{\"a\":\"{}\"}}", "a".repeat(room))),
        ("one long escaped string", format!("{{\"a\":\"{}\"}}", "\\u0001".repeat(room / 6))),
        ("one long number", format!("{{\"a\":{}}}", "9".repeat(room))),
        ("one long fraction", format!("{{\"a\":0.{}1}}", "0".repeat(room))),
    ] {
        let token = issuer.sign_raw(&header, &payload);
        assert!(token.len() <= 8192, "{name}: {}", token.len());
        let region = Region::new(COUNTED);
        assert!(verifier.verify_at(&token, &keys, claims.iat).is_err(), "{name}");
        let taken = region.change().bytes_allocated;
        println!("{name}: {taken}");
        assert!(taken < LIMIT, "{name}: {taken} bytes");
    }
}

/// Bytes that a login keeps after ten thousand people with such claims have made a request.
fn remembered(claims: impl Fn(&TestIssuer, usize) -> Claims) -> isize {
    // HS512 signs fastest.
    let issuer = TestIssuer::with_algorithm(TestAlgorithm::Hs512);
    let login = issuer.login();
    let region = Region::new(COUNTED);
    for n in 0..10_000 {
        let claims = claims(&issuer, n);
        let cookie = issuer.cookie(&claims);
        assert!(matches!(login.identify_at([cookie.as_bytes()], claims.iat), Identity::Person(_)));
    }
    let change = region.change();
    let held =
        isize::try_from(change.bytes_allocated).unwrap() - isize::try_from(change.bytes_deallocated).unwrap();
    drop(login);
    held
}

/// The sizes that design.md and README.md state.
fn many_ordinary_tokens_take_little_memory() {
    let held = remembered(|issuer, n| issuer.claims_for(&format!("somebody-number-{n}@example.org")));
    println!("remembered of ordinary tokens: {held} bytes");
    assert!((500_000..2_500_000).contains(&held), "{held}");
}

/// A domain where people have very long names and a hundred roles.
fn many_tokens_as_large_as_they_may_be_take_bounded_memory() {
    let held = remembered(|issuer, n| {
        let mut claims = issuer.claims_for(&format!("{n}@example.org"));
        claims.roles = vec!["r".to_owned(); 127];
        claims.user_first_name = "a".repeat(1800);
        assert!((3900..=4096).contains(&issuer.sign(&claims).len()), "{}", issuer.sign(&claims).len());
        claims
    });
    println!("remembered of large tokens: {held} bytes");
    assert!((10_000_000..30_000_000).contains(&held), "{held}");
}

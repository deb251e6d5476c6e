//! Cookie parsing: headers that hostile siblings and faulty programs send.

use actix_web::http::header::HeaderValue;
use shared_claims::cookie::{Candidates, MAX_CANDIDATES, candidates};
use shared_claims::testing::TestIssuer;
use shared_claims::{Identity, Rejection};

use crate::support_web::{ask, opens};

const NAME: &str = "__Secure-sso_access";

fn found(headers: &[&[u8]]) -> Vec<String> {
    match candidates(headers.iter().copied(), NAME) {
        Candidates::Few(values) => values.into_iter().map(str::to_owned).collect(),
        other => panic!("{other:?}"),
    }
}

/// C4: a name that equals ours only after decoding or trimming is another name.
#[test]
fn names_are_compared_as_bytes() {
    for planted in [
        "%5F%5FSecure-sso_access=B",
        "__%53ecure-sso_access=B",
        "\u{2000}__Secure-sso_access=B",
        "\u{a0}__Secure-sso_access=B",
        "\u{85}__Secure-sso_access=B",
        "\u{feff}__Secure-sso_access=B",
        "\u{b}__Secure-sso_access=B",
        "__secure-sso_access=B",
        "__Secure-sso_accessx=B",
        "x__Secure-sso_access=B",
        "\"__Secure-sso_access\"=B",
        "=__Secure-sso_access=B",
        "__Secure-sso_access",
        "__Secure-sso_access:B",
        "__Secure-sso_access[]=B",
        "$Version=1, __Secure-sso_access=B",
    ] {
        let header = format!("{planted}; __Secure-sso_access=A");
        assert_eq!(found(&[header.as_bytes()]), ["A"], "{planted:?}");
    }
}

#[test]
fn spaces_and_tabs_around_names_and_values_are_no_part_of_them() {
    assert_eq!(found(&[b"a=1;\t __Secure-sso_access \t=\t A \t;b=2"]), ["A"]);
    assert_eq!(found(&[b"__Secure-sso_access=A=B=="]), ["A=B=="]);
    assert!(found(&[b"__Secure-sso_access= ; __Secure-sso_access="]).is_empty());
}

/// C6: a browser may split its cookies over several headers.
#[test]
fn cookies_split_over_several_headers_are_one_list() {
    assert_eq!(found(&[b"a=1", b"__Secure-sso_access=A; b=2", b"__Secure-sso_access=B"]), ["A", "B"]);
}

#[test]
fn the_same_cookie_twice_counts_once() {
    assert_eq!(found(&[b"__Secure-sso_access=A; __Secure-sso_access=A", b"__Secure-sso_access=A"]), ["A"]);
}

/// C8: a malformed cookie of another service does not hide ours.
#[test]
fn malformed_foreign_cookies_are_passed_over() {
    for foreign in [&b"x=\xff\xfe"[..], b"\xff=1", b"===", b";;;", b"x=\"unclosed", b"x=%zz", b"\0=\0", b""] {
        let header = [foreign, b"; __Secure-sso_access=A; ", foreign].concat();
        assert_eq!(found(&[&header]), ["A"], "{foreign:?}");
    }
    assert!(found(&[b"__Secure-sso_access=\xff"]).is_empty());
}

/// C8 in a whole service: the person is recognized.
#[actix_web::test]
async fn a_malformed_foreign_cookie_costs_nobody_their_login() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let header = [b"x=\xff\xfe; ", ada.as_bytes(), b"; y=%"].concat();
    let request = opens("/private").insert_header(("Cookie", HeaderValue::from_bytes(&header).unwrap()));
    assert_eq!(ask(&issuer.login(), request).await.body, "hello ada@example.org");
}

#[test]
fn more_cookies_than_an_honest_browser_has_are_a_conflict() {
    let many = |n: usize| (0..n).map(|i| format!("{NAME}=x{i}")).collect::<Vec<_>>().join("; ");
    assert_eq!(found(&[many(MAX_CANDIDATES).as_bytes()]).len(), MAX_CANDIDATES);
    assert_eq!(candidates([many(MAX_CANDIDATES + 1).as_bytes()], NAME), Candidates::TooMany);
    let issuer = TestIssuer::new();
    let header =
        format!("{}; {}", many(MAX_CANDIDATES), issuer.cookie(&issuer.claims_for("ada@example.org")));
    assert_eq!(issuer.login().try_identify([header.as_bytes()]), Identity::Conflict);
}

/// A cookie planted beside the real one, before or after it, gains nothing.
#[test]
fn one_that_holds_counts_whatever_was_planted_beside_it() {
    let issuer = TestIssuer::new();
    let login = issuer.login();
    let ada = issuer.claims_for("ada@example.org");
    let good = issuer.cookie(&ada);
    let other = TestIssuer::new();
    let forged = other.cookie(&other.claims_for("mallory@example.org"));
    let late = issuer.cookie(&issuer.expired_claims_for("mallory@example.org"));
    for planted in [&forged, &late, &format!("{NAME}=x"), &format!("{NAME}={}", "A".repeat(9000))] {
        for header in [format!("{planted}; {good}"), format!("{good}; {planted}")] {
            assert_eq!(login.try_identify([header.as_bytes()]), Identity::Person(Box::new(ada.clone())));
        }
    }
}

/// C7: two valid tokens are refused unless both are of the same person. Then the newer one counts.
#[test]
fn two_that_hold_are_a_conflict_only_if_they_are_two_people() {
    let issuer = TestIssuer::new();
    let login = issuer.login();
    let ada = issuer.claims_for("ada@example.org");
    let mut older = ada.clone();
    (older.iat, older.nbf) = (ada.iat - 60, ada.nbf - 60);
    let headers = [
        format!("{}; {}", issuer.cookie(&older), issuer.cookie(&ada)),
        format!("{}; {}", issuer.cookie(&ada), issuer.cookie(&older)),
    ];
    for header in headers {
        assert_eq!(login.try_identify([header.as_bytes()]), Identity::Person(Box::new(ada.clone())));
    }
    let mallory = issuer.claims_for("mallory@example.org");
    let header = format!("{}; {}", issuer.cookie(&ada), issuer.cookie(&mallory));
    assert_eq!(login.try_identify([header.as_bytes()]), Identity::Conflict);
    // Also when they come in two headers.
    let (first, second) = (issuer.cookie(&ada), issuer.cookie(&mallory));
    assert_eq!(login.try_identify([first.as_bytes(), second.as_bytes()]), Identity::Conflict);
}

#[test]
fn the_log_learns_why_nobody_was_let_in() {
    let issuer = TestIssuer::new();
    let late = issuer.cookie(&issuer.expired_claims_for("ada@example.org"));
    assert_eq!(issuer.login().try_identify([late.as_bytes()]), Identity::Nobody(Some(Rejection::Expired)));
    assert_eq!(issuer.login().try_identify([]), Identity::Nobody(None));
}

//! Cookie conflict: cookies of two people at once.

use actix_web::http::StatusCode;
use shared_claims::testing::TestIssuer;

use crate::support_web::{Answer, ask, calls, opens, sends};

fn two_people(issuer: &TestIssuer) -> String {
    let cookie = |email| issuer.cookie(&issuer.claims_for(email));
    format!("{}; theme=dark; {}", cookie("ada@example.org"), cookie("mallory@example.org"))
}

async fn asked(issuer: &TestIssuer, request: actix_web::test::TestRequest) -> Answer {
    ask(&issuer.login(), request.insert_header(("Cookie", two_people(issuer)))).await
}

/// C7: no person is accepted, and the page explains why.
#[actix_web::test]
async fn cookies_of_two_people_let_nobody_in() {
    let issuer = TestIssuer::new();
    let page = asked(&issuer, opens("/private?page=2&page=3")).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.body.contains("Two logins at once"));
    for field in ["name=\"page\" value=\"2\"", "name=\"page\" value=\"3\"", "name=\"sso_clear\" value=\"1\""]
    {
        assert!(page.body.contains(field), "{field}");
    }
    assert!(page.body.contains("<form method=\"get\" action=\"http://demo.sso.localhost:8001/private\">"));
    assert!(!page.body.contains("ada@") && !page.body.contains("mallory@"));
    let script = asked(&issuer, calls("/private")).await;
    assert_eq!(
        (script.status, script.json()["code"].as_str()),
        (StatusCode::CONFLICT, Some("cookie_conflict"))
    );
    assert_eq!(asked(&issuer, sends("/private", "a=b")).await.status, StatusCode::CONFLICT);
    assert_eq!(asked(&issuer, opens("/")).await.body, "hello stranger");
}

/// C7: the button clears the cookies and leads to the login, with two responses of this service and
/// one redirect.
#[actix_web::test]
async fn the_button_clears_the_cookies_and_leads_to_the_login() {
    let issuer = TestIssuer::new();
    let click = opens("/private?page=2&sso_clear=1").insert_header(("Sec-Fetch-Site", "same-origin"));
    let answer = asked(&issuer, click).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    // `Clear-Site-Data` would delete the cookies of every sibling.
    assert_eq!(answer.header("clear-site-data"), "");
    assert_eq!(answer.header("cache-control"), "no-store");
    let next = "http%3A%2F%2Fdemo.sso.localhost%3A8001%2Fprivate%3Fpage%3D2";
    assert_eq!(answer.header("location"), format!("http://auth.sso.localhost:8000/login?next={next}"));
    let deleted: Vec<_> = answer.headers.get_all("set-cookie").map(|v| v.to_str().unwrap()).collect();
    let end = "Max-Age=0; HttpOnly; SameSite=Lax; Secure";
    let mut expected = Vec::new();
    for kind in ["", "; Partitioned"] {
        for path in ["/", "/private"] {
            for domain in ["", "; Domain=sso.localhost", "; Domain=demo.sso.localhost"] {
                expected.push(format!("__Secure-sso_access={domain}; Path={path}; {end}{kind}"));
            }
        }
    }
    assert_eq!(deleted, expected);
}

/// C7: an attacker chooses the path of a planted cookie. If one response cannot delete all, the
/// next one continues.
#[actix_web::test]
async fn below_a_long_path_the_clearing_goes_on_for_as_many_answers_as_it_takes() {
    let issuer = TestIssuer::new();
    let page = "/a-long-name/another-long-name/a-third-long-name/a-fourth/and/a/last/one";
    let mut address = format!("{page}?sso_clear=1&page=2");
    let mut deleted = std::collections::BTreeSet::new();
    let mut answers = 0;
    let to_the_login = loop {
        let click = opens(&address).insert_header(("Sec-Fetch-Site", "same-origin"));
        let answer = asked(&issuer, click).await;
        answers += 1;
        let lines: Vec<_> =
            answer.headers.get_all("set-cookie").map(|v| v.to_str().unwrap().to_owned()).collect();
        assert!(lines.iter().map(|line| line.len() + 14).sum::<usize>() <= 2048, "most proxies take no more");
        assert!(!lines.is_empty() && lines.iter().all(|line| deleted.insert(line.clone())), "{lines:?}");
        let to = answer.header("location").to_owned();
        match to.strip_prefix("http://demo.sso.localhost:8001") {
            Some(next) => address = next.to_owned(),
            None => break to,
        }
    };
    assert!(answers > 2, "{answers}");
    // `/`, seven folders with and without a slash, and the page; three domains; two kinds.
    assert_eq!(deleted.len(), (1 + 2 * 7 + 1) * 3 * 2);
    let next = url::form_urlencoded::byte_serialize(
        format!("http://demo.sso.localhost:8001{page}?page=2").as_bytes(),
    )
    .collect::<String>();
    assert_eq!(to_the_login, format!("http://auth.sso.localhost:8000/login?next={next}"));
}

/// A foreign page cannot press that button, and without a conflict it does nothing.
#[actix_web::test]
async fn cookies_are_cleared_only_at_a_conflict_and_by_our_own_page() {
    let issuer = TestIssuer::new();
    for site in ["cross-site", "same-site", "none", "same-origin, same-origin"] {
        let answer =
            asked(&issuer, opens("/private?sso_clear=1").insert_header(("Sec-Fetch-Site", site))).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{site}");
        assert_eq!(answer.header("clear-site-data"), "");
    }
    for query in ["sso_clear=0", "sso_clear", "x=sso_clear=1"] {
        let click = opens(&format!("/private?{query}")).insert_header(("Sec-Fetch-Site", "same-origin"));
        assert_eq!(asked(&issuer, click).await.status, StatusCode::CONFLICT, "{query}");
    }
    let script = calls("/private?sso_clear=1");
    assert_eq!(asked(&issuer, script).await.status, StatusCode::CONFLICT);
    let ours = |cookie: String| {
        opens("/private?sso_clear=1")
            .insert_header(("Sec-Fetch-Site", "same-origin"))
            .insert_header(("Cookie", cookie))
    };
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    let alone = ask(&issuer.login(), ours(ada)).await;
    assert_eq!((alone.status, alone.header("clear-site-data")), (StatusCode::SEE_OTHER, ""));
    assert_eq!(alone.header("location"), "http://demo.sso.localhost:8001/private");
    assert_eq!(alone.header("set-cookie"), "");
    let nobody = ask(&issuer.login(), ours(String::new())).await;
    assert_eq!((nobody.status, nobody.header("clear-site-data")), (StatusCode::SEE_OTHER, ""));
}

/// The conflict page does not pass its clearing query on to the next conflict page.
#[actix_web::test]
async fn the_clearing_query_is_not_repeated() {
    let issuer = TestIssuer::new();
    let page = asked(&issuer, opens("/private?sso_clear=1&page=2")).await;
    assert_eq!(page.body.matches("sso_clear").count(), 1);
}

fn lines(answer: &Answer) -> Vec<String> {
    answer.headers.get_all("set-cookie").map(|line| line.to_str().unwrap().to_owned()).collect()
}

/// C7: the form is kept while the cookies are cleared, and is sent as the person who is logged in
/// afterwards.
#[actix_web::test]
async fn a_form_that_was_sent_with_cookies_of_two_people_is_kept_and_offered_after_the_clearing() {
    let issuer = TestIssuer::new();
    let form = "text=buy+milk&password=opensesame";
    let page = asked(&issuer, sends("/notes?tab=2&sso_for=AAAAAAAAAAAAAAAA", form)).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    let clear = "http://demo.sso.localhost:8001/notes?tab=2&amp;sso_for=AAAAAAAAAAAAAAAA&amp;sso_clear=1";
    assert!(page.body.contains(&format!("<form method=\"post\" action=\"{clear}\"")), "{}", page.body);
    assert!(page.body.contains("name=\"text\" value=\"buy milk\""), "{}", page.body);
    assert!(!page.body.contains("opensesame") && page.body.contains("name=\"password\" value=\"\""));
    assert!(page.body.contains("What you typed is not lost"), "{}", page.body);

    let press = sends("/notes?tab=2&sso_for=AAAAAAAAAAAAAAAA&sso_clear=1", "text=buy+milk&password=");
    let cleared = asked(&issuer, press).await;
    assert_eq!(cleared.status, StatusCode::UNAUTHORIZED);
    let deleted = lines(&cleared);
    assert!(deleted.len() >= 12 && deleted.iter().all(|line| line.contains("Max-Age=0")), "{deleted:?}");
    assert!(cleared.body.contains("are deleted"), "{}", cleared.body);
    assert!(cleared.body.contains("name=\"text\" value=\"buy milk\""), "{}", cleared.body);
    assert!(cleared.body.contains("type=\"password\" name=\"password\""), "asked for once, here");
    assert!(cleared.body.contains("/login/frame"), "renews the login that there is");
    let again = "formaction=\"http://demo.sso.localhost:8001/notes?tab=2&amp;sso_for=AAAAAAAAAAAAAAAA\"";
    assert!(cleared.body.contains(again), "still theirs who typed it: {}", cleared.body);
}

/// C7: the handler never runs for a form sent by that button, whichever of the two people remains.
#[actix_web::test]
async fn the_button_that_clears_before_a_form_does_nothing_else() {
    let issuer = TestIssuer::new();
    let ada = issuer.cookie(&issuer.claims_for("ada@example.org"));
    for cookies in [String::new(), ada, two_people(&issuer)] {
        let press = || sends("/notes?sso_clear=1", "text=milk").insert_header(("Cookie", cookies.clone()));
        let answer = ask(&issuer.login(), press()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.body.contains("value=\"milk\""), "{}", answer.body);
        for site in ["same-site", "cross-site"] {
            let foreign = ask(&issuer.login(), press().insert_header(("Sec-Fetch-Site", site))).await;
            assert_eq!((foreign.status, lines(&foreign).len()), (StatusCode::FORBIDDEN, 0), "{site}");
        }
    }
}

/// C7: below a long path the form is carried through as many responses as the clearing takes.
#[actix_web::test]
async fn a_form_travels_through_all_answers_of_the_clearing() {
    let issuer = TestIssuer::new();
    let mut address =
        "/a-long-name/another-long-name/a-third-long-name/a-fourth/and/a/last/one?sso_clear=1".to_owned();
    let mut rounds = 0;
    let end = loop {
        let answer = asked(&issuer, sends(&address, "text=milk")).await;
        rounds += 1;
        assert!(rounds < 20 && !lines(&answer).is_empty());
        if answer.status != StatusCode::TEMPORARY_REDIRECT {
            break answer;
        }
        answer
            .header("location")
            .trim_start_matches("http://demo.sso.localhost:8001")
            .clone_into(&mut address);
    };
    assert!(rounds > 2, "{rounds}");
    assert_eq!(end.status, StatusCode::UNAUTHORIZED);
    assert!(end.body.contains("value=\"milk\"") && !end.body.contains("sso_clear"), "{}", end.body);
}

/// C7: a form that cannot be kept is not shown as a form without fields, before the clearing or
/// after it.
#[actix_web::test]
async fn a_form_that_could_not_be_kept_is_said_to_be_lost_after_the_clearing_too() {
    let issuer = TestIssuer::new();
    let large = format!("text={}", "x".repeat(70_000));
    let files = || sends("/private", "").insert_header(("Content-Type", "multipart/form-data; boundary=x"));
    for (page, kind, says) in [
        (asked(&issuer, sends("/private", &large)).await, "text/plain", "at most 64 KB"),
        (asked(&issuer, files().set_payload("--x\r\n")).await, "multipart/form-data", "at most 16 MB"),
    ] {
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(
            page.body.contains(says) && page.body.contains(&format!("enctype=\"{kind}\"")),
            "{}",
            page.body
        );
        let press = sends("/private?sso_clear=1", "").insert_header(("Content-Type", kind));
        let after = asked(&issuer, press).await;
        assert!(after.body.contains(says) && after.body.contains("go back one page"), "{}", after.body);
        assert!(!after.body.contains("There is nothing to type again"), "{}", after.body);
    }
}

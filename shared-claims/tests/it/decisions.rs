//! The decision as a table. It is a pure function: no clock, no framework, no keys.

use shared_claims::testing::TestIssuer;
use shared_claims::web::{
    Context, Decision, Denial, LoopCause, RequestInfo, Requirement, check_origin, decide, needs_reachability,
};
use shared_claims::{Claims, Identity, Rejection, Settings};

use crate::support::NOW;

type Headers = Vec<(&'static str, String)>;

/// The sender of a request.
#[derive(Debug, Clone, Copy)]
enum By {
    /// A person opening a page in a tab.
    Tab,
    /// A person sending a form of ours.
    Form,
    /// A script of our page.
    Script,
}
use By::{Form, Script, Tab};

fn request(by: By) -> (&'static str, Headers) {
    let (method, mode, dest) = match by {
        Tab => ("GET", "navigate", "document"),
        Form => ("POST", "navigate", "document"),
        Script => ("GET", "cors", "empty"),
    };
    let sent = [("sec-fetch-mode", mode), ("sec-fetch-dest", dest), ("sec-fetch-site", "same-origin")];
    (method, sent.map(|(name, value)| (name, value.to_owned())).to_vec())
}

fn settings() -> Settings {
    TestIssuer::new().settings()
}

fn facts() -> Context {
    Context::at(NOW)
}

fn ada() -> Claims {
    let mut claims = TestIssuer::new().claims_for("ada@example.org");
    (claims.iat, claims.nbf, claims.exp, claims.auth_time) = (NOW - 100, NOW - 100, NOW + 200, NOW - 3600);
    claims
}

fn person() -> Identity {
    Identity::Person(Box::new(ada()))
}

fn refused(cause: Rejection) -> Identity {
    Identity::Nobody(Some(cause))
}

fn forbidden() -> Denial {
    Denial::Forbidden { name: Some(ada().full_name()) }
}

fn staff() -> Requirement {
    Requirement::right(|claims| claims.user_is_staff)
}

fn decided(by: By, target: &str, identity: Identity, need: Requirement) -> Decision {
    let (method, headers) = request(by);
    decide(&RequestInfo::new(method, target, &headers), identity, need, &settings(), &facts())
}

/// The same in a browser that has just been sent to the login by this service.
fn decided_after_trips(by: By, target: &str, identity: Identity, need: Requirement) -> Decision {
    let (method, mut headers) = request(by);
    headers.push(("cookie", "__Host-sso_sent=AAAAAAAAAAAAAAAA".to_owned()));
    let target = format!("{target}{}sso_trip=AAAAAAAAAAAAAAAA", if target.contains('?') { '&' } else { '?' });
    decide(&RequestInfo::new(method, &target, &headers), identity, need, &settings(), &facts())
}

#[test]
fn who_is_logged_in_is_served() {
    for by in [Tab, Form, Script] {
        for need in [Requirement::user(), Requirement::visitor()] {
            assert_eq!(decided(by, "/", person(), need), Decision::Serve(Box::new(ada())), "{by:?}");
        }
    }
}

#[test]
fn every_row_of_the_table_of_answers() {
    let nobody = || Identity::Nobody(None);
    let late = || refused(Rejection::Expired);
    for (by, target, identity, need, expected) in [
        (Tab, "/", nobody(), Requirement::user(), Denial::RedirectToLogin { clear: false, max_age: None }),
        (Tab, "/", late(), Requirement::user(), Denial::RedirectToLogin { clear: false, max_age: None }),
        (Form, "/", nobody(), Requirement::user(), Denial::KeepForm { max_age: None }),
        (Form, "/", late(), Requirement::user(), Denial::KeepForm { max_age: None }),
        (Script, "/", nobody(), Requirement::user(), Denial::Unauthorized { max_age: None }),
        (Script, "/", late(), Requirement::user(), Denial::Unauthorized { max_age: None }),
        (
            Tab,
            "/",
            refused(Rejection::BadSignature),
            Requirement::user(),
            Denial::RedirectToLogin { clear: true, max_age: None },
        ),
        (
            Form,
            "/",
            refused(Rejection::BadSignature),
            Requirement::user(),
            Denial::KeepForm { max_age: None },
        ),
        (
            Script,
            "/",
            refused(Rejection::BadSignature),
            Requirement::user(),
            Denial::Unauthorized { max_age: None },
        ),
        (Tab, "/", nobody(), staff(), Denial::RedirectToLogin { clear: false, max_age: None }),
        (Tab, "/", person(), staff(), forbidden()),
        (Form, "/", person(), staff(), forbidden()),
        (Script, "/", person(), staff(), forbidden()),
        (Tab, "/", Identity::Conflict, Requirement::user(), Denial::Conflict),
        (Tab, "/?sso_clear=0", Identity::Conflict, Requirement::user(), Denial::Conflict),
        (Tab, "/?sso_clear=1", Identity::Conflict, Requirement::user(), Denial::Clear),
        (Form, "/", Identity::Conflict, Requirement::user(), Denial::Conflict),
        (Form, "/?sso_clear=1", Identity::Conflict, Requirement::user(), Denial::ClearCookiesAndKeepForm),
        (Form, "/?sso_clear=1-9", person(), Requirement::user(), Denial::ClearCookiesAndKeepForm),
        (Form, "/?sso_clear=1-9", nobody(), Requirement::visitor(), Denial::ClearCookiesAndKeepForm),
        (Script, "/?sso_clear=1", Identity::Conflict, Requirement::user(), Denial::Conflict),
        (Tab, "/", Identity::NoKeys, Requirement::user(), Denial::NoKeys),
        (Script, "/", Identity::NoKeys, Requirement::user(), Denial::NoKeys),
    ] {
        let row = format!("{by:?} {target} {identity:?}");
        assert_eq!(decided(by, target, identity, need), Decision::Deny(expected), "{row}");
    }
}

/// A person without a conflict has nothing to clear. A form without an `action` is sent to its
/// page's URL, and with the query there it would never reach its handler.
#[test]
fn a_page_has_no_order_to_clear_in_its_address() {
    for target in ["/?sso_clear=1", "/?a=1&sso_clear=1-9", "/?%73so_clear=1"] {
        for requirement in [Requirement::user(), Requirement::visitor()] {
            let page = decided(Tab, target, person(), requirement);
            assert_eq!(page, Decision::Deny(Denial::StripLoopMarker), "{target}");
        }
        let script = decided(Script, target, person(), Requirement::user());
        assert_eq!(script, Decision::Serve(Box::new(ada())), "{target}");
    }
    let other = decided(Tab, "/?a=sso_clear", person(), Requirement::user());
    assert_eq!(other, Decision::Serve(Box::new(ada())));
}

/// After the third round trip, the request leads to the page or to an error page.
#[test]
fn every_row_of_the_table_of_loops() {
    let nobody = || Identity::Nobody(None);
    let late = || refused(Rejection::Expired);
    let ends = |cause, clear| Decision::Deny(Denial::Loop { cause, clear });
    let expired = || LoopCause::Refused(Rejection::Expired);
    for (by, target, identity, need, expected) in [
        (Tab, "/?sso_loop=3", nobody(), Requirement::user(), ends(LoopCause::NoCookie, false)),
        (Tab, "/?sso_loop=3", nobody(), staff(), ends(LoopCause::NoCookie, false)),
        (Tab, "/?a=1&sso_loop=17", late(), Requirement::user(), ends(expired(), false)),
        (Tab, "/?%73so_loop=3", late(), Requirement::user(), ends(expired(), false)),
        (Script, "/?sso_loop=3", late(), Requirement::user(), ends(expired(), false)),
        (
            Tab,
            "/?sso_loop=3",
            refused(Rejection::WrongIssuer),
            Requirement::user(),
            ends(LoopCause::Refused(Rejection::WrongIssuer), true),
        ),
        (
            Form,
            "/?sso_loop=3",
            nobody(),
            Requirement::user(),
            Decision::Deny(Denial::KeepForm { max_age: None }),
        ),
        (Tab, "/?sso_loop=3", person(), Requirement::user(), Decision::Deny(Denial::StripLoopMarker)),
        (Tab, "/?sso_loop=3", person(), Requirement::visitor(), Decision::Deny(Denial::StripLoopMarker)),
        (Tab, "/?sso_loop=3", person(), staff(), Decision::Deny(forbidden())),
        (Form, "/?sso_loop=3", person(), Requirement::user(), Decision::Serve(Box::new(ada()))),
        (Script, "/?sso_loop=3", person(), Requirement::user(), Decision::Serve(Box::new(ada()))),
        // An open page stays open in a redirect loop too.
        (Tab, "/?sso_loop=3", nobody(), Requirement::visitor(), Decision::ServeAnonymous),
        (Tab, "/?sso_loop=3", Identity::Conflict, Requirement::user(), Decision::Deny(Denial::Conflict)),
        (Tab, "/?sso_loop=3", Identity::NoKeys, Requirement::user(), Decision::Deny(Denial::NoKeys)),
        (
            Tab,
            "/?sso_loopy=3&x=sso_loop",
            nobody(),
            Requirement::user(),
            Decision::Deny(Denial::RedirectToLogin { clear: false, max_age: None }),
        ),
    ] {
        let row = format!("{by:?} {target} {identity:?}");
        assert_eq!(decided_after_trips(by, target, identity, need), expected, "{row}");
    }
}

/// No redirect to the login begins again after three that did not help, whatever cookies the
/// browser has.
#[test]
fn nobody_who_comes_back_from_a_loop_is_sent_into_the_next() {
    let (_, mut headers) = request(Tab);
    headers.push(("cookie", "__Secure-sso_hint=1".to_owned()));
    let asked = RequestInfo::new("GET", "/?sso_loop=3", &headers);
    let mut old = ada();
    old.exp = NOW + 10;
    for (identity, expected) in [
        (Identity::Nobody(None), Decision::ServeAnonymous),
        (Identity::Person(Box::new(old.clone())), Decision::Serve(Box::new(old))),
    ] {
        assert_eq!(decide(&asked, identity, Requirement::visitor(), &settings(), &facts()), expected);
    }
}

#[test]
fn every_row_of_the_table_of_fresh_logins() {
    let proved = |seconds_ago| {
        let mut claims = ada();
        claims.auth_time = NOW - seconds_ago;
        Identity::Person(Box::new(claims))
    };
    let fresh = Requirement::fresh(600);
    let max_age = Some(600);
    for (by, target, identity, expected) in [
        (Tab, "/", proved(606), Denial::RedirectToLogin { clear: false, max_age }),
        (Form, "/", proved(606), Denial::KeepForm { max_age }),
        (Script, "/", proved(606), Denial::Unauthorized { max_age }),
        (Tab, "/?sso_loop=3", proved(606), Denial::Loop { cause: LoopCause::NotFresh, clear: false }),
        // A person who is not logged in gets one redirect only. Whether the renewed login is fresh
        // is decided at the next request.
        (Tab, "/", Identity::Nobody(None), Denial::RedirectToLogin { clear: false, max_age }),
        (Form, "/", Identity::Nobody(None), Denial::KeepForm { max_age: None }),
        (Script, "/", Identity::Nobody(None), Denial::Unauthorized { max_age: None }),
        (Tab, "/?sso_loop=3", proved(10), Denial::StripLoopMarker),
    ] {
        let row = format!("{by:?} {target} {identity:?}");
        assert_eq!(decided_after_trips(by, target, identity, fresh), Decision::Deny(expected), "{row}");
    }
    // Ten minutes, and five seconds of leeway for clocks.
    for by in [Tab, Form, Script] {
        assert!(matches!(decided(by, "/", proved(605), fresh), Decision::Serve(_)));
    }
}

/// A cookie is deleted if it cannot become valid at any time or with any key.
#[test]
fn only_what_can_never_hold_is_deleted() {
    let unknown = || Rejection::UnknownKey("k".to_owned());
    for (cause, keys_are_current, clear) in [
        (Rejection::Expired, true, false),
        (Rejection::NotYetValid, true, false),
        (Rejection::IssuedInFuture, true, false),
        (Rejection::AuthTimeInFuture, true, false),
        (unknown(), false, false),
        (unknown(), true, true),
        (Rejection::BadSignature, false, true),
        (Rejection::WrongIssuer, false, true),
        (Rejection::WrongAudience, false, true),
        (Rejection::NotThreeParts, false, true),
    ] {
        let (method, headers) = request(Tab);
        let asked = RequestInfo::new(method, "/", &headers);
        let mut facts = facts();
        facts.keys_are_current = keys_are_current;
        if cause == unknown() {
            assert!(needs_reachability(
                &asked,
                &refused(unknown()),
                Requirement::user(),
                &settings(),
                &facts
            ));
        }
        let decision = decide(&asked, refused(cause.clone()), Requirement::user(), &settings(), &facts);
        assert_eq!(
            decision,
            Decision::Deny(Denial::RedirectToLogin { clear, max_age: None }),
            "{cause} {keys_are_current}"
        );
    }
}

#[test]
fn an_open_page_serves_whom_it_does_not_know() {
    for identity in
        [Identity::Nobody(None), refused(Rejection::BadSignature), Identity::Conflict, Identity::NoKeys]
    {
        for by in [Tab, Form, Script] {
            assert_eq!(decided(by, "/", identity.clone(), Requirement::visitor()), Decision::ServeAnonymous);
        }
    }
}

#[test]
fn only_our_own_page_may_change_something() {
    for (method, site, expected) in [
        ("GET", "cross-site", None),
        ("HEAD", "cross-site", None),
        ("POST", "same-origin", None),
        ("POST", "none", None),
        ("POST", "same-site", Some(Denial::CrossSite)),
        ("DELETE", "cross-site", Some(Denial::CrossSite)),
    ] {
        let headers = vec![("Sec-Fetch-Site", site)];
        assert_eq!(
            check_origin(&RequestInfo::new(method, "/", &headers), &settings()),
            expected,
            "{method} {site}"
        );
    }
}

//! The one decision, row by row. It is a pure function: no clock, no framework, no keys.

use shared_claims::edge::{
    Asked, Decision, Facts, Instead, LoopCause, Need, decide, depends_on_contact, guard,
};
use shared_claims::testing::TestIssuer;
use shared_claims::{Claims, Identity, Rejection, Settings};

use crate::support::NOW;

type Headers = Vec<(&'static str, String)>;

/// Who sends the request.
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

fn facts() -> Facts {
    Facts::at(NOW)
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

fn staff() -> Need {
    Need::right(|claims| claims.user_is_staff)
}

fn decided(by: By, target: &str, identity: Identity, need: Need) -> Decision {
    let (method, headers) = request(by);
    decide(&Asked::new(method, target, &headers), identity, need, &settings(), &facts())
}

/// The same in a browser that comes back from a trip to the login on which this service has sent it.
fn decided_after_trips(by: By, target: &str, identity: Identity, need: Need) -> Decision {
    let (method, mut headers) = request(by);
    headers.push(("cookie", "__Host-sso_sent=AAAAAAAAAAAAAAAA".to_owned()));
    let target = format!("{target}{}sso_trip=AAAAAAAAAAAAAAAA", if target.contains('?') { '&' } else { '?' });
    decide(&Asked::new(method, &target, &headers), identity, need, &settings(), &facts())
}

#[test]
fn who_is_logged_in_is_served() {
    for by in [Tab, Form, Script] {
        for need in [Need::user(), Need::visitor()] {
            assert_eq!(decided(by, "/", person(), need), Decision::Serve(Box::new(ada())), "{by:?}");
        }
    }
}

#[test]
fn every_row_of_the_table_of_answers() {
    let nobody = || Identity::Nobody(None);
    let late = || refused(Rejection::Expired);
    for (by, target, identity, need, expected) in [
        (Tab, "/", nobody(), Need::user(), Instead::SendToLogin { clear: false, max_age: None }),
        (Tab, "/", late(), Need::user(), Instead::SendToLogin { clear: false, max_age: None }),
        (Form, "/", nobody(), Need::user(), Instead::KeepForm { max_age: None }),
        (Form, "/", late(), Need::user(), Instead::KeepForm { max_age: None }),
        (Script, "/", nobody(), Need::user(), Instead::Refuse401 { max_age: None }),
        (Script, "/", late(), Need::user(), Instead::Refuse401 { max_age: None }),
        (
            Tab,
            "/",
            refused(Rejection::BadSignature),
            Need::user(),
            Instead::SendToLogin { clear: true, max_age: None },
        ),
        (Form, "/", refused(Rejection::BadSignature), Need::user(), Instead::KeepForm { max_age: None }),
        (Script, "/", refused(Rejection::BadSignature), Need::user(), Instead::Refuse401 { max_age: None }),
        (Tab, "/", nobody(), staff(), Instead::SendToLogin { clear: false, max_age: None }),
        (Tab, "/", person(), staff(), Instead::Forbidden),
        (Form, "/", person(), staff(), Instead::Forbidden),
        (Script, "/", person(), staff(), Instead::Forbidden),
        (Tab, "/", Identity::Conflict, Need::user(), Instead::Conflict),
        (Tab, "/?sso_clear=0", Identity::Conflict, Need::user(), Instead::Conflict),
        (Tab, "/?sso_clear=1", Identity::Conflict, Need::user(), Instead::Clear),
        (Form, "/", Identity::Conflict, Need::user(), Instead::Conflict),
        (Form, "/?sso_clear=1", Identity::Conflict, Need::user(), Instead::ClearAndKeepForm),
        (Form, "/?sso_clear=1-9", person(), Need::user(), Instead::ClearAndKeepForm),
        (Form, "/?sso_clear=1-9", nobody(), Need::visitor(), Instead::ClearAndKeepForm),
        (Script, "/?sso_clear=1", Identity::Conflict, Need::user(), Instead::Conflict),
        (Tab, "/", Identity::NoKeys, Need::user(), Instead::NoKeys),
        (Script, "/", Identity::NoKeys, Need::user(), Instead::NoKeys),
    ] {
        let row = format!("{by:?} {target} {identity:?}");
        assert_eq!(decided(by, target, identity, need), Decision::Instead(expected), "{row}");
    }
}

/// The way back from the third round trip leads to the page, or to an end.
#[test]
fn every_row_of_the_table_of_loops() {
    let nobody = || Identity::Nobody(None);
    let late = || refused(Rejection::Expired);
    let ends = |cause, clear| Decision::Instead(Instead::Loop { cause, clear });
    let expired = || LoopCause::Refused(Rejection::Expired);
    for (by, target, identity, need, expected) in [
        (Tab, "/?sso_loop=3", nobody(), Need::user(), ends(LoopCause::NoCookie, false)),
        (Tab, "/?sso_loop=3", nobody(), staff(), ends(LoopCause::NoCookie, false)),
        (Tab, "/?a=1&sso_loop=17", late(), Need::user(), ends(expired(), false)),
        (Tab, "/?%73so_loop=3", late(), Need::user(), ends(expired(), false)),
        (Script, "/?sso_loop=3", late(), Need::user(), ends(expired(), false)),
        (
            Tab,
            "/?sso_loop=3",
            refused(Rejection::WrongIssuer),
            Need::user(),
            ends(LoopCause::Refused(Rejection::WrongIssuer), true),
        ),
        (
            Form,
            "/?sso_loop=3",
            nobody(),
            Need::user(),
            Decision::Instead(Instead::KeepForm { max_age: None }),
        ),
        (Tab, "/?sso_loop=3", person(), Need::user(), Decision::Instead(Instead::StripMarker)),
        (Tab, "/?sso_loop=3", person(), Need::visitor(), Decision::Instead(Instead::StripMarker)),
        (Tab, "/?sso_loop=3", person(), staff(), Decision::Instead(Instead::Forbidden)),
        (Form, "/?sso_loop=3", person(), Need::user(), Decision::Serve(Box::new(ada()))),
        (Script, "/?sso_loop=3", person(), Need::user(), Decision::Serve(Box::new(ada()))),
        // An open page is open to who loops, too.
        (Tab, "/?sso_loop=3", nobody(), Need::visitor(), Decision::ServeNobody),
        (Tab, "/?sso_loop=3", Identity::Conflict, Need::user(), Decision::Instead(Instead::Conflict)),
        (Tab, "/?sso_loop=3", Identity::NoKeys, Need::user(), Decision::Instead(Instead::NoKeys)),
        (
            Tab,
            "/?sso_loopy=3&x=sso_loop",
            nobody(),
            Need::user(),
            Decision::Instead(Instead::SendToLogin { clear: false, max_age: None }),
        ),
    ] {
        let row = format!("{by:?} {target} {identity:?}");
        assert_eq!(decided_after_trips(by, target, identity, need), expected, "{row}");
    }
}

/// Neither kind of detour begins again where the last three did not help, whatever the browser remembers.
#[test]
fn nobody_who_comes_back_from_a_loop_is_sent_into_the_next() {
    let (_, mut headers) = request(Tab);
    headers.push(("cookie", "__Secure-sso_hint=1".to_owned()));
    let asked = Asked::new("GET", "/?sso_loop=3", &headers);
    let mut old = ada();
    old.exp = NOW + 10;
    for (identity, expected) in [
        (Identity::Nobody(None), Decision::ServeNobody),
        (Identity::Person(Box::new(old.clone())), Decision::Serve(Box::new(old))),
    ] {
        assert_eq!(decide(&asked, identity, Need::visitor(), &settings(), &facts()), expected);
    }
}

#[test]
fn every_row_of_the_table_of_fresh_logins() {
    let proved = |seconds_ago| {
        let mut claims = ada();
        claims.auth_time = NOW - seconds_ago;
        Identity::Person(Box::new(claims))
    };
    let fresh = Need::fresh(600);
    let max_age = Some(600);
    for (by, target, identity, expected) in [
        (Tab, "/", proved(606), Instead::SendToLogin { clear: false, max_age }),
        (Form, "/", proved(606), Instead::KeepForm { max_age }),
        (Script, "/", proved(606), Instead::Refuse401 { max_age }),
        (Tab, "/?sso_loop=3", proved(606), Instead::Loop { cause: LoopCause::NotFresh, clear: false }),
        // One trip is enough for who is not logged in at all; what a renewed login is worth, the next request tells.
        (Tab, "/", Identity::Nobody(None), Instead::SendToLogin { clear: false, max_age }),
        (Form, "/", Identity::Nobody(None), Instead::KeepForm { max_age: None }),
        (Script, "/", Identity::Nobody(None), Instead::Refuse401 { max_age: None }),
        (Tab, "/?sso_loop=3", proved(10), Instead::StripMarker),
    ] {
        let row = format!("{by:?} {target} {identity:?}");
        assert_eq!(decided_after_trips(by, target, identity, fresh), Decision::Instead(expected), "{row}");
    }
    // Ten minutes, and five seconds for clocks that differ.
    for by in [Tab, Form, Script] {
        assert!(matches!(decided(by, "/", proved(605), fresh), Decision::Serve(_)));
    }
}

/// A cookie is deleted when no time and no key will make it hold.
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
        let asked = Asked::new(method, "/", &headers);
        let mut facts = facts();
        facts.keys_are_current = keys_are_current;
        if cause == unknown() {
            assert!(depends_on_contact(&asked, &refused(unknown()), Need::user(), &settings(), &facts));
        }
        let decision = decide(&asked, refused(cause.clone()), Need::user(), &settings(), &facts);
        assert_eq!(
            decision,
            Decision::Instead(Instead::SendToLogin { clear, max_age: None }),
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
            assert_eq!(decided(by, "/", identity.clone(), Need::visitor()), Decision::ServeNobody);
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
        ("POST", "same-site", Some(Instead::CrossSite)),
        ("DELETE", "cross-site", Some(Instead::CrossSite)),
    ] {
        let headers = vec![("Sec-Fetch-Site", site)];
        assert_eq!(guard(&Asked::new(method, "/", &headers), &settings()), expected, "{method} {site}");
    }
}

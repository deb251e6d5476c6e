//! The one decision, row by row. It is a pure function: no clock, no framework, no keys.

use shared_claims::edge::{Asked, Decision, Facts, Instead, Need, decide, guard};
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
        (Tab, "/", nobody(), Need::user(), Instead::SendToLogin),
        (Tab, "/", late(), Need::user(), Instead::SendToLogin),
        (Form, "/", nobody(), Need::user(), Instead::KeepForm),
        (Form, "/", late(), Need::user(), Instead::KeepForm),
        (Script, "/", nobody(), Need::user(), Instead::Refuse401),
        (Script, "/", late(), Need::user(), Instead::Refuse401),
        (Tab, "/", nobody(), staff(), Instead::SendToLogin),
        (Tab, "/", person(), staff(), Instead::Forbidden),
        (Form, "/", person(), staff(), Instead::Forbidden),
        (Script, "/", person(), staff(), Instead::Forbidden),
        (Tab, "/", Identity::Conflict, Need::user(), Instead::Conflict),
        (Tab, "/?sso_clear=0", Identity::Conflict, Need::user(), Instead::Conflict),
        (Tab, "/?sso_clear=1", Identity::Conflict, Need::user(), Instead::Clear),
        (Form, "/?sso_clear=1", Identity::Conflict, Need::user(), Instead::Conflict),
        (Script, "/?sso_clear=1", Identity::Conflict, Need::user(), Instead::Conflict),
        (Tab, "/", Identity::NoKeys, Need::user(), Instead::NoKeys),
        (Script, "/", Identity::NoKeys, Need::user(), Instead::NoKeys),
    ] {
        let row = format!("{by:?} {target} {identity:?}");
        assert_eq!(decided(by, target, identity, need), Decision::Instead(expected), "{row}");
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

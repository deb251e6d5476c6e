//! The client's address in the trail and on the page: T5, ASVS 15.3.4.

use auth_service::config::ServeFlags;

use super::session_list::{FIREFOX, PATH, logins};
use crate::support::{PASSWORD, Person, TestApp, Tweaks};

async fn behind(proxies: Option<&str>) -> TestApp {
    let flags = ServeFlags { trusted_proxies: proxies.map(str::to_owned), ..ServeFlags::default() };
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    app.user("ada@example.org", PASSWORD).await;
    app
}

/// A person whose requests have these `X-Forwarded-For` lines, in order.
fn forwarded(app: &TestApp, lines: &[impl AsRef<[u8]>]) -> Person {
    let person = app.person().using(FIREFOX);
    lines.iter().fold(person, |person, line| person.sending("x-forwarded-for", line))
}

/// The address of a login with these headers in the trail, the session and the page.
async fn seen(app: &TestApp, lines: &[impl AsRef<[u8]>]) -> String {
    let person = forwarded(app, lines);
    assert_eq!(person.log_in("ada@example.org", PASSWORD).await.status, 303);
    let session = app.session_of(&person).await;
    let row =
        app.events("login").await.into_iter().find(|row| row.session() == Some(session.id.uuid())).unwrap();
    let address = row.address.expect("an address");
    assert_eq!(session.address.as_deref(), Some(&*address));
    let page = person.get(PATH).await;
    assert!(logins(&page)[0].text.contains(&format!("<li>{address}</li>")), "{}", page.text);
    person.log_out().await;
    address
}

/// T5: by default no proxy is trusted.
#[tokio::test]
async fn without_trusted_proxies_what_a_client_says_about_itself_is_ignored() {
    let app = behind(None).await;
    for lines in [&[][..], &["203.0.113.7"], &["203.0.113.7, 127.0.0.1"], &["garbage"], &["::1", "10.0.0.1"]]
    {
        assert_eq!(seen(&app, lines).await, "127.0.0.1");
    }
    let other = app.person().using(FIREFOX);
    let other = ["x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip", "x-client-ip"]
        .into_iter()
        .fold(other, |person, name| person.sending(name, "203.0.113.7"));
    other.log_in("ada@example.org", PASSWORD).await;
    assert_eq!(app.session_of(&other).await.address.as_deref(), Some("127.0.0.1"));
}

/// T5: the client is the last hop that is not a trusted proxy. A client can write the entries
/// before it.
#[tokio::test]
async fn behind_a_trusted_proxy_the_rightmost_untrusted_hop_is_the_client() {
    let app = behind(Some("127.0.0.1, 10.0.0.0/8, 2001:db8:ffff::/48")).await;
    let lines: &[(&[&str], &str)] = &[
        (&[], "127.0.0.1"),
        (&[""], "127.0.0.1"),
        (&["203.0.113.7"], "203.0.113.7"),
        (&["  203.0.113.7  "], "203.0.113.7"),
        (&["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        (&["127.0.0.1, 203.0.113.7"], "203.0.113.7"),
        (&["198.51.100.1,203.0.113.7,10.1.2.3"], "203.0.113.7"),
        (&["198.51.100.1, 10.9.9.9, 203.0.113.7, 10.1.2.3, 10.4.5.6"], "203.0.113.7"),
        // Several lines are one list (RFC 9110, 5.3).
        (&["198.51.100.1", "203.0.113.7"], "203.0.113.7"),
        (&["198.51.100.1, 203.0.113.7", "10.1.2.3"], "203.0.113.7"),
        (&["garbage", "203.0.113.7", "10.1.2.3, 10.4.5.6"], "203.0.113.7"),
        // Only trusted proxies: the outermost of them.
        (&["10.1.2.3, 10.4.5.6"], "10.1.2.3"),
        // IPv6 addresses are normalized.
        (&["2001:DB8:0:0:0:0:0:7"], "2001:db8::7"),
        (&["198.51.100.1, 2001:db8::7, 2001:db8:ffff::1"], "2001:db8::7"),
        (&["::ffff:203.0.113.7"], "203.0.113.7"),
        (&["::ffff:10.1.2.3"], "10.1.2.3"),
    ];
    for (lines, client) in lines {
        assert_eq!(seen(&app, lines).await, *client, "{lines:?}");
    }
}

/// T5: invalid entries are ignored, and do not hide valid ones to their right.
#[tokio::test]
async fn what_a_client_writes_cannot_hide_where_it_comes_from() {
    let app = behind(Some("127.0.0.1")).await;
    let left: &[&[u8]] = &[
        b"garbage",
        b"127.0.0.1",
        b"::1, 127.0.0.1, localhost",
        b"<script>alert(1)</script>",
        b"' OR 1=1 --",
        b"203.0.113.7:1234",
        b"[2001:db8::1]:443",
        b"fe80::1%eth0",
        b"0x7f.1",
        b"2130706433",
        b"unknown, _hidden",
        b",,,,",
        b"\xff\xfe",
        "\u{202E}1.2.3.4".as_bytes(),
        b"caf\xe9",
        b"\t",
    ];
    for garbage in left {
        let said = garbage.escape_ascii().to_string();
        // A proxy appends to the line, or adds a line.
        assert_eq!(seen(&app, &[[garbage, &b", 198.51.100.9"[..]].concat()]).await, "198.51.100.9", "{said}");
        assert_eq!(seen(&app, &[garbage, &b"198.51.100.9"[..]]).await, "198.51.100.9", "{said}");
    }
    // If the proxy writes no valid address, the last known one is the proxy's.
    for garbage in [&b"garbage"[..], b"203.0.113.7:", b"unknown", b"\xff"] {
        assert_eq!(seen(&app, &[&b"198.51.100.1"[..], garbage]).await, "127.0.0.1");
    }
    let long = vec!["198.51.100.1"; 900].join(",");
    assert_eq!(seen(&app, &[format!("{long},203.0.113.7")]).await, "203.0.113.7");
}

/// T5: the notation of some load balancers, and of sockets with both address families.
#[tokio::test]
async fn a_port_and_brackets_behind_a_proxy_hide_nobody() {
    let app = behind(Some("::ffff:127.0.0.1")).await;
    for (forwarded, client) in [
        ("203.0.113.7:1234", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7:1234", "203.0.113.7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
    ] {
        assert_eq!(seen(&app, &[forwarded]).await, client, "{forwarded}");
    }
}

/// T5: a peer outside of the trusted networks is not trusted.
#[tokio::test]
async fn a_peer_that_is_no_trusted_proxy_is_not_believed() {
    let app = behind(Some("10.0.0.0/8")).await;
    assert_eq!(seen(&app, &["203.0.113.7"]).await, "127.0.0.1");
    assert_eq!(seen(&app, &["203.0.113.7, 10.0.0.1"]).await, "127.0.0.1");
}

/// S3: the session has the latest address, and each event its own.
#[tokio::test]
async fn a_session_that_moves_is_listed_where_it_was_used_last() {
    let app = behind(Some("127.0.0.1")).await;
    let home = forwarded(&app, &["203.0.113.7"]);
    home.log_in("ada@example.org", PASSWORD).await;
    let train = forwarded(&app, &["2001:db8::42"]);
    assert_eq!(train.refresh(&home.refresh_token()).await.status, 200);
    let page = home.get(PATH).await;
    assert!(logins(&page)[0].text.contains("<li>2001:db8::42</li>"), "{}", page.text);
    let of = |rows: Vec<crate::support::Row>| rows[0].address.clone();
    assert_eq!(of(app.events("login").await).as_deref(), Some("203.0.113.7"));
    assert_eq!(of(app.events("renewal").await).as_deref(), Some("2001:db8::42"));
    // The log has the client's address on every line of the request.
    let request = app.events("renewal").await[0].request().unwrap().to_string();
    let log = app.log();
    let mut lines = log.lines().filter(|line| line.contains(&request));
    assert!(lines.all(|line| line.contains("client=2001:db8::42")));
}

/// L3: a copied token that is used in time gets the same successor as the owner's. The trail shows
/// its address.
#[tokio::test]
async fn a_token_that_comes_again_from_another_network_shows_in_the_trail() {
    let app = behind(Some("127.0.0.1")).await;
    let home = forwarded(&app, &["203.0.113.7"]);
    home.log_in("ada@example.org", PASSWORD).await;
    let first = home.refresh_token();
    home.get("/login").await;
    for (from, detail) in [("203.0.113.99", None), ("198.51.100.1", Some("another_network"))] {
        let thief = forwarded(&app, &[from]);
        assert_eq!(thief.refresh(&first).await.status, 200);
        let last = app.events("renewal_grace").await.pop().unwrap();
        assert_eq!((last.address.as_deref(), last.detail.as_deref()), (Some(from), detail));
    }
}

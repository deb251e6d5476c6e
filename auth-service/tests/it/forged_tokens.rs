//! Forged refresh tokens, and what forging one would take.

use auth_service::config::SecretKey;
use auth_service::sessions::{RefreshKey, Session};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;

use crate::support::{ACCESS, PASSWORD, Person, REFRESH, TestApp};

async fn two_people(app: &TestApp) -> (Person, Person) {
    let (ada, bob) = (app.person(), app.person());
    app.user("ada@example.org", PASSWORD).await;
    app.user("bob@example.org", PASSWORD).await;
    ada.log_in("ada@example.org", PASSWORD).await;
    bob.log_in("bob@example.org", PASSWORD).await;
    // With different generations, so that exchanging parts changes them.
    for _ in 0..3 {
        bob.get("/login").await;
    }
    (ada, bob)
}

/// Forgeries made from two valid tokens.
fn forgeries(a: &str, b: &str) -> Vec<String> {
    let part = |text: &str, n: usize| text.split('.').nth(n).unwrap().to_owned();
    let (sid, code, other_sid, other_code) = (part(a, 1), part(a, 3), part(b, 1), part(b, 3));
    let mut all: Vec<String> =
        ["0", "2", "3", "4", "5", "-1", "-2147483648", "2147483647", "2147483648", "4294967297"]
            .into_iter()
            .chain([
                "9223372036854775807",
                "9223372036854775808",
                "18446744073709551617",
                "",
                "01",
                "+1",
                "1.0",
            ])
            .chain(["1e0", "0x1", "\u{661}", "1 "])
            .map(|generation| format!("v1.{sid}.{generation}.{code}"))
            .collect();
    all.extend([
        format!("v1.{other_sid}.1.{code}"),
        format!("v1.{other_sid}.4.{code}"),
        format!("v1.{sid}.1.{other_code}"),
        format!("v1.{sid}.4.{other_code}"),
        format!("v1.{}.1.{code}", BASE64.encode([0; 16])),
        format!("v1.{}.1.{code}", BASE64.encode([0; 17])),
        format!("v1..1.{code}"),
        format!("v1.{sid}.1."),
        format!("v1.{sid}.1"),
        format!("v1.{sid}.1.{code}="),
        format!("v1.{sid}.1.{code}.x"),
        format!("v1.{sid}=.1.{code}"),
        format!("v1.{sid}.1.{}", "A".repeat(43)),
        format!("v1.{sid}.1.{}", BASE64.encode([0; 32])),
        format!("v1.{sid}.1.{}", &code[..42]),
        format!("v1.{sid}.1.{code}AA"),
        format!("v1.{sid}.1.{}", code.to_uppercase()),
        format!("v0.{sid}.1.{code}"),
        format!("V1.{sid}.1.{code}"),
        format!("v2.{sid}.1.{code}"),
        format!("{sid}.1.{code}"),
        a.replace('.', "%2E"),
        format!("\"{a}\""),
        format!("{a},{b}"),
        "x".repeat(4000),
    ]);
    // Each letter of the MAC counts, including the unused bits of the last.
    for at in 0..code.len() {
        let other = if code.as_bytes()[at] == b'A' { "B" } else { "A" };
        all.push(format!("v1.{sid}.1.{}{other}{}", &code[..at], &code[at + 1..]));
    }
    all
}

/// R13: they identify no person and change no row, by a renewal or a logout.
#[tokio::test]
async fn a_forged_token_is_nobody_and_changes_no_row() {
    let app = TestApp::start().await;
    let (ada, bob) = two_people(&app).await;
    let before = (app.session_of(&ada).await, app.session_of(&bob).await);
    let forger = app.person();
    for forged in forgeries(&ada.refresh_token(), &bob.refresh_token()) {
        forger.set_cookie(REFRESH, &forged);
        assert!(!forger.is_logged_in().await, "{forged}");
        let form = forger.get("/login").await;
        assert_eq!(form.status, 200, "{forged}");
        assert!(form.cookie(REFRESH).is_none() && form.cookie(ACCESS).is_none(), "{forged}");
    }
    for forged in forgeries(&ada.refresh_token(), &bob.refresh_token()).into_iter().step_by(5) {
        forger.set_cookie(REFRESH, &forged);
        assert_eq!(forger.log_out().await.status, 303, "{forged}");
    }
    assert!((app.session_of(&ada).await, app.session_of(&bob).await) == before);
    assert!(ada.is_logged_in().await && bob.is_logged_in().await);
}

/// R13: a login with a forged cookie ends no other session.
#[tokio::test]
async fn a_login_ends_only_a_session_that_the_browser_really_held() {
    let app = TestApp::start().await;
    let (ada, bob) = two_people(&app).await;
    let forger = app.person();
    let code = bob.refresh_token().rsplit('.').next().unwrap().to_owned();
    let sid = ada.refresh_token().split('.').nth(1).unwrap().to_owned();
    forger.set_cookie(REFRESH, &format!("v1.{sid}.1.{code}"));
    assert_eq!(forger.log_in("bob@example.org", PASSWORD).await.status, 303);
    assert!(ada.is_logged_in().await && bob.is_logged_in().await);
}

fn key(secret: &str) -> RefreshKey {
    RefreshKey::new(&SecretKey::parse("SECRET_KEY", secret).unwrap(), None)
}

async fn opens(app: &TestApp, token: String) -> bool {
    let somebody = app.person();
    somebody.set_cookie(REFRESH, &token);
    somebody.is_logged_in().await
}

/// R14
#[tokio::test]
async fn the_database_alone_or_the_secret_alone_makes_no_token() {
    let app = TestApp::start().await;
    let (ada, _) = two_people(&app).await;
    let row = app.session_of(&ada).await;
    let guessed = |seed: Vec<u8>| Session { seed, ..row.clone() };

    // The whole row, with the thief's own secret.
    let other = key("Zx81qPlm0vKt93Rb6WnYcUj5HsDfGa7E");
    assert!(!opens(&app, other.token_for(&row)).await);
    // The secret and the session's id, which every service sees as `sid`, without the row.
    let real = RefreshKey::new(&app.config.secret_key, None);
    for seed in [vec![0; 32], vec![], row.id.uuid().as_bytes().to_vec(), row.seed[..31].to_vec()] {
        assert!(!opens(&app, real.token_for(&guessed(seed))).await);
    }
    // Both together make a token. Without this line the test would prove nothing.
    assert!(opens(&app, real.token_for(&row)).await);
}

//! The access token: exactly the contract's claims, no longer than the session, and with current
//! rights.

use std::time::Duration;

use auth_service::config::ServeFlags;
use auth_service::db::schema::users;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use serde_json::{Value, json};
use shared_claims::{Claims, KeySet, Rejection, Verifier};

use crate::support::{ACCESS, PASSWORD, Person, Reply, TestApp, Tweaks};

const DAY: Duration = Duration::from_secs(86_400);

/// One part of a token, not verified.
fn part(token: &str, n: usize) -> Value {
    serde_json::from_slice(&BASE64.decode(token.split('.').nth(n).unwrap()).unwrap()).unwrap()
}

fn token(reply: &Reply) -> String {
    reply.cookie(ACCESS).expect("an access cookie").value
}

fn exp(token: &str) -> i64 {
    part(token, 1)["exp"].as_i64().unwrap()
}

async fn keys(app: &TestApp) -> KeySet {
    KeySet::from_json(app.person().get("/.well-known/jwks.json").await.text.as_bytes()).unwrap()
}

fn verifier() -> Verifier {
    Verifier::new("https://auth.example.org", "example.org")
}

async fn ada(app: &TestApp) -> (Person, Reply) {
    app.user("ada@example.org", PASSWORD).await;
    let ada = app.person();
    let welcome = ada.log_in("ada@example.org", PASSWORD).await;
    assert_eq!(welcome.status, 303);
    (ada, welcome)
}

/// contract.md, "Access token": these members and no other.
#[tokio::test]
async fn header_and_claims_are_those_of_the_contract() {
    let app = TestApp::start().await;
    let user = app.user_with("ada@example.org", PASSWORD, |new| new.is_staff = true).await;
    let ada = app.person();
    let earliest = app.clock.now().unix_seconds();
    let token = token(&ada.log_in("Ada@Example.ORG", PASSWORD).await);
    let latest = app.clock.now().unix_seconds();

    let jwks: Value = serde_json::from_str(&app.person().get("/.well-known/jwks.json").await.text).unwrap();
    assert_eq!(part(&token, 0), json!({"alg": "ES256", "typ": "at+jwt", "kid": jwks["keys"][0]["kid"]}));

    let mut claims = part(&token, 1);
    let issued = claims["iat"].as_i64().unwrap();
    assert!((earliest..=latest).contains(&issued));
    let jti = claims.as_object_mut().unwrap().remove("jti").unwrap();
    assert!(uuid::Uuid::parse_str(jti.as_str().unwrap()).is_ok());
    assert_eq!(
        claims,
        json!({
            "iss": "https://auth.example.org", "aud": "example.org",
            "sub": user.id.to_string(), "user_uuid": user.id.to_string(),
            "sid": ada.session_id().to_string(),
            "iat": issued, "nbf": issued, "exp": issued + 300,
            "auth_time": app.session_of(&ada).await.began_at.unix_seconds(),
            "amr": ["pwd"], "token_type": "access",
            "user_email": "ada@example.org", "user_email_verified": false,
            "user_first_name": "Ada", "user_last_name": "Lovelace",
            "user_is_staff": true, "user_is_superuser": false, "roles": [],
        })
    );
}

#[tokio::test]
async fn services_accept_the_token_during_its_life_and_not_after() {
    let app = TestApp::start().await;
    let (_, welcome) = ada(&app).await;
    let (token, keys) = (token(&welcome), keys(&app).await);
    let judge = |now: i64| verifier().verify_at(&token, &keys, now);
    let (issued, expires) = (part(&token, 1)["iat"].as_i64().unwrap(), exp(&token));
    assert_eq!(expires - issued, 300);
    let claims: Claims = judge(issued).unwrap();
    assert_eq!(claims.user_email, "ada@example.org");
    assert!(judge(expires + 4).is_ok() && judge(issued - 5).is_ok());
    assert!(matches!(judge(expires + 5), Err(Rejection::Expired)));
    assert!(matches!(judge(expires + 86_400), Err(Rejection::Expired)));
    assert!(judge(issued - 6).is_err());
    for (issuer, audience) in [
        ("https://auth.example.com", "example.org"),
        ("https://auth.example.org/", "example.org"),
        ("https://auth.example.org", "shop.example.org"),
    ] {
        assert!(Verifier::new(issuer, audience).verify_at(&token, &keys, issued).is_err());
    }
    let other_keys = self::keys(&TestApp::start().await).await;
    assert!(verifier().verify_at(&token, &other_keys, issued).is_err());
}

/// C2: cookie and token end together.
#[tokio::test]
async fn the_life_of_a_token_can_be_set_and_its_cookie_follows() {
    let mut flags = ServeFlags::default();
    flags.key_times.access_token_lifetime = Some("90s".to_owned());
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    let (_, welcome) = ada(&app).await;
    let claims = part(&token(&welcome), 1);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 90);
    assert!((89..=90).contains(&welcome.cookie(ACCESS).unwrap().max_age()));
}

#[tokio::test]
async fn no_token_outlives_the_absolute_end_of_its_session() {
    let app = TestApp::start().await;
    let (ada, _) = ada(&app).await;
    for _ in 0..7 {
        app.wait(4 * DAY);
        ada.get("/login").await;
    }
    app.wait(2 * DAY - Duration::from_secs(100));
    let last = token(&ada.get("/login").await);
    let end = app.session_of(&ada).await.expires_at.unix_seconds();
    assert_eq!(exp(&last), end);
    let keys = keys(&app).await;
    assert!(verifier().verify_at(&last, &keys, end - 1).is_ok());
    assert!(verifier().verify_at(&last, &keys, end + 5).is_err());
}

/// Nor beyond the idle end of the session, if that comes first.
#[tokio::test]
async fn no_token_outlives_the_idle_end_of_its_session() {
    let flags = ServeFlags { refresh_token_lifetime: Some("2m".to_owned()), ..ServeFlags::default() };
    let app = TestApp::start_with(Tweaks { flags, ..Tweaks::default() }).await;
    let (ada, welcome) = ada(&app).await;
    let tab = ada.copy();
    let renewed = ada.get("/login").await;
    app.wait(Duration::from_secs(20));
    for reply in [welcome, renewed, tab.get("/login").await] {
        let end = app.session_of(&ada).await.idle_until.unix_seconds();
        assert!(exp(&token(&reply)) <= end, "the token lives {} s too long", exp(&token(&reply)) - end);
        assert!(reply.cookie(ACCESS).unwrap().max_age() <= 120);
    }
}

/// M9: a renewal is no authentication. The time of the login stays, and only the token is new.
#[tokio::test]
async fn a_renewed_token_is_a_new_one_of_the_same_session() {
    let app = TestApp::start().await;
    let (ada, welcome) = ada(&app).await;
    app.wait(Duration::from_secs(600));
    let (first, second) = (part(&token(&welcome), 1), part(&token(&ada.get("/login").await), 1));
    for same in ["sub", "sid", "auth_time", "amr"] {
        assert_eq!(first[same], second[same], "{same}");
    }
    assert_ne!(first["jti"], second["jti"]);
    assert!(second["iat"].as_i64() >= first["iat"].as_i64().map(|issued| issued + 600));
}

/// R12, at the start: a renewal reads current rights, not those at the login.
#[tokio::test]
async fn a_renewal_reads_rights_and_names_anew() {
    let app = TestApp::start().await;
    let (ada, welcome) = ada(&app).await;
    assert_eq!(part(&token(&welcome), 1)["user_is_superuser"], false);
    for is_superuser in [true, false] {
        let user = app.session_of(&ada).await.user_id;
        app.sql(move |conn| {
            diesel::update(users::table.find(user))
                .set((
                    users::is_superuser.eq(is_superuser),
                    users::first_name.eq(format!("Ada {is_superuser}")),
                ))
                .execute(conn)
        })
        .await;
        let claims = part(&token(&ada.get("/login").await), 1);
        assert_eq!(claims["user_is_superuser"], is_superuser);
        assert_eq!(claims["user_first_name"], format!("Ada {is_superuser}"));
    }
}

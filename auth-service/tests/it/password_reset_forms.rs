//! The forms of a forgotten password: strange input, stale pages, and requests of other sites.

use reqwest::{Method, StatusCode};

use crate::password_reset::{
    ADA, FORGOT, NEW, RESET, ask, assert_done, can_log_in, follow, start, type_code,
};
use crate::support::{PASSWORD, TestApp};

/// I1, V10
#[tokio::test]
async fn what_is_no_address_is_refused_and_shown_again() {
    let app = start().await;
    let long = format!("{}@example.org", "a".repeat(300));
    for email in
        ["", "ada", "ada@", "ada@example.org\r\nBcc: eve@example.org", "Ada <ada@example.org>", &long]
    {
        let reply = app.person().fill_in(FORGOT, &[("email", email)]).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
        assert!(reply.tag("email").contains("aria-invalid=\"true\""));
    }
    assert_eq!(app.person().fill_in(FORGOT, &[("email", "a\0@example.org")]).await.status, 400);
    let huge = "a".repeat(20_000);
    assert_eq!(app.person().fill_in(FORGOT, &[("email", &huge)]).await.status, 413);
    app.assert_no_letter_to(ADA).await;
}

/// T4: one address, however it is spelt.
#[tokio::test]
async fn spellings_of_an_address_are_one_address() {
    let app = start().await;
    ask(&app.person(), " ADA@Example.ORG ").await;
    assert_eq!(app.letter_to(ADA).await.to, ADA);
}

/// I1
#[tokio::test]
async fn strange_tokens_and_codes_get_a_clear_answer() {
    let app = start().await;
    let long = "A".repeat(4_000);
    for token in ["", "x", "%00", "%0d%0aSet-Cookie:%20a=b", "a&token=b", &long, &"A".repeat(43)] {
        let reply = app.person().get(&format!("{RESET}?token={token}")).await;
        // A repeated token is none.
        let expected = if token.contains('&') { 303 } else { 410 };
        assert_eq!(reply.status, expected, "{token}");
    }
    let ada = app.person();
    ask(&ada, ADA).await;
    let letter = app.letter_to(ADA).await;
    let huge = "1".repeat(10_000);
    for code in ["١٢٣٤٥٦", "<script>1", "1' OR 1=1", "1\r\n2"] {
        let reply = type_code(&ada, code, NEW).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
        assert!(!reply.without_our_scripts().contains("<script>1"), "{code}");
    }
    assert_eq!(type_code(&ada, &huge, NEW).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(type_code(&ada, "1\0", NEW).await.status, StatusCode::BAD_REQUEST);
    // Spaces and dashes are how people read digits.
    let code = letter.code();
    assert_done(&type_code(&ada, &format!(" {}-{} ", &code[..3], &code[3..]), NEW).await);
}

/// I3
#[tokio::test]
async fn unknown_and_repeated_fields_are_refused() {
    let app = start().await;
    let ada = app.person();
    ask(&ada, ADA).await;
    for extra in [("user", ADA), ("code", "000000"), ("email", ADA)] {
        let reply = ada.fill_in(RESET, &[("code", "000000"), ("password", NEW), extra]).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{extra:?}");
    }
    app.letter_to(ADA).await;
}

/// P1, P4: a password that is not taken costs no try and no link.
#[tokio::test]
async fn a_weak_password_is_refused_before_the_code_is_used() {
    let app = start().await;
    let ada = app.person();
    ask(&ada, ADA).await;
    let letter = app.letter_to(ADA).await;
    for weak in ["", "short", "123456789012", "ada@example.org1"] {
        let reply = type_code(&ada, &letter.code(), weak).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
        assert!(reply.tag("password").contains("aria-invalid=\"true\""));
        assert_eq!(reply.field("code"), Some(letter.code()));
        assert_eq!(reply.field("password"), None);
        let reply = follow(&app.person(), &letter.link(), weak).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
        assert_eq!(reply.field("token"), Some(letter.token()));
    }
    assert_done(&type_code(&ada, &letter.code(), NEW).await);
}

/// X2: a form that is stale comes back with what was typed.
#[tokio::test]
async fn a_stale_form_changes_nothing_and_loses_nothing() {
    let app = start().await;
    let ada = app.person();
    let stale = ada.post(FORGOT, &[("email", ADA), ("csrf_token", "stale")]).await;
    assert_eq!((stale.status, stale.field("email").as_deref()), (StatusCode::FORBIDDEN, Some(ADA)));
    ask(&ada, ADA).await;
    let letter = app.letter_to(ADA).await;
    let fields = [("code", letter.code()), ("password", NEW.to_owned()), ("csrf_token", "stale".to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let stale = ada.post(RESET, &fields).await;
    assert_eq!((stale.status, stale.field("code")), (StatusCode::FORBIDDEN, Some(letter.code())));
    let somebody = app.person();
    let fields =
        [("token", letter.token()), ("password", NEW.to_owned()), ("csrf_token", "stale".to_owned())];
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let stale = somebody.post(RESET, &fields).await;
    assert_eq!((stale.status, stale.field("token")), (StatusCode::FORBIDDEN, Some(letter.token())));
    assert!(can_log_in(&app, PASSWORD).await);
    let sent_again =
        somebody.fill_in_on(&stale, RESET, &[("token", &letter.token()), ("password", NEW)]).await;
    assert_done(&sent_again);
}

/// X1, X3: no other site asks for letters, and no GET does.
#[tokio::test]
async fn another_site_can_ask_for_nothing() {
    let app = start().await;
    let ada = app.person();
    let token = ada.get(FORGOT).await.field("csrf_token").unwrap();
    let body = format!("email={ADA}&csrf_token={token}");
    for (name, value) in
        [("sec-fetch-site", "same-site"), ("origin", "https://shop.example.org"), ("origin", "null")]
    {
        let request = ada.request(Method::POST, FORGOT).header(name, value);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body.clone());
        assert_eq!(ada.send(request).await.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    ada.get(&format!("{FORGOT}?{body}")).await;
    app.assert_no_letter_to(ADA).await;
    assert!(app.events("reset_requested").await.is_empty());
}

/// X1: HEAD answers like GET.
#[tokio::test]
async fn head_answers_like_get() {
    let app = TestApp::start_with_mail().await;
    let ada = app.person();
    for path in [FORGOT, RESET, "/password/reset?token=x"] {
        let head = ada.send(ada.request(Method::HEAD, path)).await;
        let get = ada.get(path).await;
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
    }
}

//! Hostile values in the fields of a valid form: I1, I5, L3, V10.

use reqwest::StatusCode;

use super::hostile_input::{find, how_many};
use crate::support::{PASSWORD, Person, Reply, TestApp};

async fn register(who: &Person, first: &str, last: &str, email: &str) -> Reply {
    let fields = [("first_name", first), ("last_name", last), ("email", email), ("password", PASSWORD)];
    who.fill_in("/register", &fields).await
}

/// I1: names in any script are stored unchanged and shown as text.
#[tokio::test]
async fn markup_in_a_name_is_kept_as_written_and_shown_as_text() {
    let app = TestApp::start().await;
    for (number, name) in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</title><svg/onload=x>",
        "{{ 1234*5678 }}",
        "{% raw %}",
        "{# x #}",
        "${1234*5678}",
        "%(x)s {0} %s",
        "<%= 1234*5678 %>",
        "&lt;b&gt;",
        "&#x3C;b&#x3E;",
        "'; DROP TABLE users; --",
        "\\'; --",
        "O'Brien \"Bob\"",
        "..\\..\\x",
        "=cmd|'/C calc'!A0",
        "\u{639}\u{627}\u{626}\u{634}\u{629}",
        "\u{1f469}\u{200d}\u{1f4bb}",
        "Z\u{335}a\u{335}lgo",
        "+.-",
    ]
    .into_iter()
    .enumerate()
    {
        let email: &'static str = Box::leak(format!("ada{number}@example.org").into_boxed_str());
        let ada = app.person();
        let reply = register(&ada, name, "Last & Co", email).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{name:?}: {}", reply.text);
        let user = find(&app, email).await.unwrap();
        assert_eq!((user.first_name.as_str(), user.last_name.as_str()), (name, "Last & Co"));
        let account = ada.get("/").await;
        assert_eq!(account.status, StatusCode::OK, "{name:?}");
        assert_shown_as_text(&account, name);
        // Also in the field, when the form is shown again.
        let again = register(&app.person(), name, "a\nb", email).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(again.field("first_name").as_deref(), Some(name));
        assert_shown_as_text(&again, name);
    }
}

fn assert_shown_as_text(page: &Reply, name: &str) {
    assert!(page.says(name), "{name:?} is not in {}", page.text);
    let text = page.without_our_scripts();
    let body = text.split("<body").nth(1).unwrap();
    for live in ["<script", "<img src=x", "<svg/onload", " onmouseover='", ">7006652<", "</title><svg"] {
        assert!(!body.contains(live), "{name:?} is live: {body}");
    }
    assert!(!page.text.contains("<b>") && !page.text.contains("7006652"), "{name:?}: {}", page.text);
}

/// I1, I5, L3: line breaks, direction marks and invisible characters are not allowed in names.
#[tokio::test]
async fn control_characters_in_a_name_are_refused_with_a_message() {
    let app = TestApp::start().await;
    for name in [
        "a\r\nb",
        "a\nb",
        "a\tb",
        "a\u{b}b",
        "\u{1b}[31mred",
        "a\u{7f}b",
        "a\u{85}b",
        "\u{202e}nimda",
        "a\u{2066}b",
        "a\u{2028}b",
        "a\u{feff}b",
        "",
        " ",
        "\u{3000}",
        &"x".repeat(151),
    ] {
        let reply = register(&app.person(), name, "Lovelace", "ada@example.org").await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{name:?}");
        assert!(reply.tag("first_name").contains("aria-invalid=\"true\""), "{name:?}");
        assert!(!reply.tag("last_name").contains("aria-invalid"), "{name:?}");
    }
    let with_nul = register(&app.person(), "a\0b", "Lovelace", "ada@example.org").await;
    assert_eq!(with_nul.status, StatusCode::BAD_REQUEST);
    assert_eq!(how_many(&app).await, 0);
}

/// V10, I1
#[tokio::test]
async fn an_address_that_is_none_is_refused_with_a_message() {
    let app = TestApp::start().await;
    for email in [
        "ada@example.org\r\nBcc: eve@evil.net",
        "ada@example.org\n",
        "a\nb@example.org",
        "<ada@example.org>",
        "Ada <ada@example.org>",
        "ada@example.org, eve@evil.net",
        "\"<script>\"@example.org",
        "ada@\u{202e}gro.elpmaxe",
        "ada\u{200b}@example.org",
        "ada@exam\u{0}ple.org",
        "{{1234*5678}}@{{1234*5678}}",
        "ada@localhost",
        "@",
        &"a".repeat(5000),
    ] {
        let reply = register(&app.person(), "Ada", "Lovelace", email).await;
        if email == "ada@example.org\n" {
            // White space around an address is accepted as a slip.
            assert_eq!(reply.status, StatusCode::SEE_OTHER);
            continue;
        }
        assert!(
            matches!(reply.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST),
            "{email:?}: {}",
            reply.status
        );
        let login = app.person().log_in(email, PASSWORD).await;
        assert!(
            matches!(login.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST),
            "{email:?}: {}",
            login.status
        );
        assert!(!login.without_our_scripts().contains("<script"));
    }
    assert_eq!(how_many(&app).await, 1);
}
